"""The database that the gateway works with: made ready and reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tobit_kernel.errors import SourceUnavailable, StorageFull
from tobit_kernel.server.store import cluster
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.bootstrap import bootstrap, reached
from tobit_kernel.server.store.budget import APP_OVERFLOW, APP_POOL
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.server.store.migration import migrate
from tobit_kernel.server.store.passwords import Passwords

#: The database in the embedded server.
DATABASE = "tobit"


@dataclass(frozen=True)
class Addresses:
    """Where the three roles reach the database, and which revision it has."""

    owner: Address
    app: Address
    reader: Address
    revision: str


def prepared(admin: Address, home: Path, *, ours: bool = False) -> Addresses:
    """The addresses after roles, rights and migrations; blocks. Errors say what is missing."""
    owner, app, reader = bootstrap(admin, Passwords(home), ours=ours)
    return Addresses(owner, app, reader, migrate(owner.url))


def superuser(server: EmbeddedPostgres, database: str = DATABASE) -> Address:
    """The embedded server's superuser in ``database``."""
    words = {"host": str(server.place.socket), "port": str(cluster.PORT), "dbname": database}
    return Address(words).as_role(cluster.SUPERUSER, server.passwords.kept(cluster.SUPERUSER))


def make_database(server: EmbeddedPostgres, name: str = DATABASE) -> Address:
    """The superuser's address in database ``name`` of a running embedded server, made when missing."""
    with reached(superuser(server, "postgres"), autocommit=True) as connection:
        if connection.execute("select from pg_database where datname = %s", (name,)).fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return superuser(server, name)


@contextmanager
def said_in_words() -> Iterator[None]:
    """Turns what a driver says of a lost server or a full disk into our errors."""
    try:
        yield
    except (psycopg.OperationalError, OperationalError) as error:
        cause = error.orig if isinstance(error, OperationalError) else error
        reason = (str(cause).strip().splitlines() or ["the connection was lost"])[0]
        if isinstance(cause, psycopg.errors.DiskFull):
            raise StorageFull(f"PostgreSQL's disk is full: {reason}.", "Free some space and start again.") from error
        raise SourceUnavailable(f"PostgreSQL did not go on: {reason}.", "Start again.") from error


def app_engine(url: URL) -> AsyncEngine:
    """The pool of the role ``tobit_app``; values of parameters never appear in errors."""
    return create_async_engine(
        url,
        pool_size=APP_POOL,
        max_overflow=APP_OVERFLOW,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"application_name": "tobit gateway", "connect_timeout": 10},
    )
