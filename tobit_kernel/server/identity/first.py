"""The first administrator of a team's gate, and the link by which they come in."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.identity.one_time import Links

NAME = "admin"
FILE = "first-admin-link"

#: Only one gate of a database makes the account; it may have been made and its link never used.
_TURN = text("select pg_advisory_xact_lock(hashtext('tobit first administrator'))")
_PEOPLE = text(
    "select count(*) filter (where id <> :name or password_hash is not null or origin <> 'own') from gate.account"
    " where id <> 'local'"
)
_ADD = text(
    "insert into gate.account (id, tenant_id, name, role) values (:name, 'default', 'Administrator', 'admin')"
    " on conflict do nothing"
)


async def first_link(engine: AsyncEngine, home: Path, url: str) -> str | None:
    """The first administrator's address while nobody else can come in, also kept in ``home`` (0600); else None."""
    async with engine.begin() as connection:
        await connection.execute(_TURN)
        if await connection.scalar(_PEOPLE, {"name": NAME}):
            forget(home)
            return None
        await connection.execute(_ADD, {"name": NAME})
        link = await Links(engine).make(connection, "default", NAME, "system")
    address = link.at(url)
    _write(home / FILE, address)
    return address


def forget(home: Path) -> None:
    """Removes the kept address: it was used."""
    (home / FILE).unlink(missing_ok=True)


def _write(file: Path, address: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(address + "\n")
    fresh.replace(file)
