"""Names of tables as users write them."""

from __future__ import annotations

import pytest

from tobit_kernel.errors import InputError, Refused
from tobit_kernel.server.identity.principal import LOCAL
from tobit_kernel.server.tables.naming import TableName, name_for, resolve


@pytest.mark.parametrize(
    ("given", "shown", "schema"),
    [
        ("orders", "my.orders", "my_local"),
        ("my.Orders", "my.orders", "my_local"),
        ("my_local.orders", "my.orders", "my_local"),
        ("nab.machine_temperature", "nab.machine_temperature", "nab"),
        ("공장.실적", "공장.실적", "공장"),
    ],
)
def test_names(given: str, shown: str, schema: str) -> None:
    name = resolve(LOCAL, given)
    assert (name.shown, name.schema) == (shown, schema)


@pytest.mark.parametrize("given", ["", "a b", 'a"b', "a.b.c", "1a", "a;b", ".a", "a.", "x" * 64, "가" * 22])
def test_what_is_no_name(given: str) -> None:
    with pytest.raises(InputError):
        resolve(LOCAL, given)


@pytest.mark.parametrize("given", ["gate.x", "PG_CATALOG.x", "pg_temp.x", "information_schema.x", "ops.x", "my_bob.x"])
def test_schemas_that_nobody_loads_into(given: str) -> None:
    with pytest.raises(Refused):
        resolve(LOCAL, given)


def test_an_administrator_may_name_tables_of_others() -> None:
    assert resolve(LOCAL, "my_bob.x", of_others=True) == TableName("my_bob", "x", False)


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("machine_temperature.csv", "machine_temperature"),
        ("2024 생산 (1).xlsx", "_2024_생산_1"),
        ("Orders.PARQUET", "orders"),
        ("???.csv", "table"),
        ("/tmp/x/y.csv", "y"),
        ("가" * 30 + ".csv", "가" * 21),
    ],
)
def test_names_made_of_files(file: str, table: str) -> None:
    assert name_for(file) == table
    resolve(LOCAL, table)
