"""A pattern finds tables by the names that people write."""

from collections.abc import Iterator

import pytest

from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.workbench import Workbench
from tobit_kernel.server.store.database import Addresses
from tobit_kernel.server.store.tenancy import Neighbours, personal_schema

LOCAL = Principal("default", "local", "admin")


class Unbound:
    """A catalog needs no binding."""

    def bind(self, reader: object, principal: object) -> None: ...
    def unbind(self, reader: object) -> None: ...

    def neighbours(self, principal: object) -> Neighbours:
        return Neighbours()


@pytest.fixture
def workbench(database: Addresses) -> Iterator[Workbench]:
    schema = personal_schema("local")
    with database.app.connect() as connection:
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"grant usage on schema {schema} to tobit_reader")
        connection.execute(f"create table if not exists {schema}.readings (a int)")
        connection.execute(f"grant select on {schema}.readings to tobit_reader")
    opened = Workbench(database.reader, Unbound())
    yield opened
    opened.close()


@pytest.mark.parametrize("pattern", ["my.*", "my.readings", "my.r", "readings", "read*"])
def test_the_own_schema_is_called_my(workbench: Workbench, pattern: str) -> None:
    assert [f"{table.db_schema}.{table.name}" for table in workbench.tables(LOCAL, pattern)] == ["my.readings"]


def test_a_pattern_of_another_schema(workbench: Workbench) -> None:
    assert {table.db_schema for table in workbench.tables(LOCAL, "ops.*")} == {"ops"}
    assert workbench.tables(LOCAL, "ops.readings") == []
