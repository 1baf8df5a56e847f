"""A real database with the tables of Tobit, one for all tests of this folder."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.database import Addresses, make_database, prepared
from tobit_kernel.server.store.embedded import EmbeddedPostgres

Connect = Callable[..., psycopg.Connection[Any]]


@pytest.fixture(scope="session")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """Owner, app and reader of a database that is at the newest revision."""
    home = tmp_path_factory.mktemp("demo")
    server = EmbeddedPostgres(home)
    server.start()
    try:
        yield prepared(make_database(server), home, ours=True)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def app(addresses: Addresses) -> Iterator[psycopg.Connection[Any]]:
    """A connection of tobit_app, as the gateway has it."""
    with addresses.app.connect(autocommit=True) as connection:
        yield connection


@pytest.fixture
def reading(addresses: Addresses, app: psycopg.Connection[Any]) -> Iterator[Callable[[str], psycopg.Connection[Any]]]:
    """Gives a connection of tobit_reader that is bound to a tenant; an empty name binds nobody."""
    opened: list[psycopg.Connection[Any]] = []

    def bound(tenant: str) -> psycopg.Connection[Any]:
        connection = _reader(addresses.reader)
        opened.append(connection)
        if tenant:
            app.execute(
                "insert into gate.bound (pid, backend_start, tenant_id, actor, role, scopes)"
                " values (%(pid)s, gate.backend_start(%(pid)s), %(tenant)s, 'local', 'admin', '{\"all\": [\"*\"]}')",
                {"pid": connection.info.backend_pid, "tenant": tenant},
            )
        return connection

    yield bound
    for connection in opened:
        connection.close()


def _reader(address: Address) -> psycopg.Connection[Any]:
    return address.connect(autocommit=True)
