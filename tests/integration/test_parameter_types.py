"""Parameters of types that PostgreSQL knows only in a schema."""

from collections.abc import Iterator

import pytest

from tobit_kernel.errors import StatementError
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.postgresql import Postgresql
from tobit_kernel.server.sources.source import Cancellation, Prepared
from tobit_kernel.server.store.database import Addresses

LOCAL = Principal("default", "local", "admin")


@pytest.fixture
def source(database: Addresses) -> Iterator[Postgresql]:
    opened = Postgresql(database.reader)
    yield opened
    opened.close()


def answer(source: Postgresql, statement: str, *values: object) -> list[object]:
    run = source.start(LOCAL, Prepared(statement, list(values), None, 10), Cancellation())
    try:
        return [row for batch in run.batches() for row in batch.column(0).to_pylist()]
    finally:
        run.close()


def test_text_is_compared_with_an_enum(source: Postgresql) -> None:
    assert answer(source, "select 'error'::ops.severity = $1", "error") == [True]
    assert answer(source, "select 'error'::ops.severity = any($1)", ["info", "warning"]) == [False]


def test_an_enum_beside_other_types(source: Postgresql) -> None:
    statement = "select 'error'::ops.severity > $1 and date '2026-03-01' > $2 and 1.5 < $3 and 'a' = $4"
    assert answer(source, statement, "info", "2026-02-28", 2, "a") == [True]


def test_a_value_that_the_enum_does_not_have_is_named(source: Postgresql) -> None:
    with pytest.raises(StatementError, match="loud"):
        answer(source, "select 'error'::ops.severity = $1", "loud")
