"""What every data source does. A new one inherits it:

    from tests.contracts.sources import *  # noqa: F403

    @pytest.fixture(scope="module")
    def lab() -> Iterator[Lab]: …

The source of a ``Lab`` holds the table ``numbers``: i 1 … 30,000 (an integer type), half = i / 2 (a float type),
name ``n1`` …, every seventh null, moment = 2026-01-01 + i seconds; and ``empty`` with the same columns and no rows.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest

from tobit_kernel.errors import Cancelled, InputError, NotFound, Refused, StatementError, TimedOut, TobitError
from tobit_kernel.registry import Registry
from tobit_kernel.server.identity.principal import LOCAL
from tobit_kernel.server.sources.source import Cancellation, Prepared, Source
from tobit_kernel.wire.stream import TYPE_KEY

ROWS = 30_000
#: Runs for minutes anywhere.
SLOW = "select count(*) as n from numbers a, numbers b, numbers c where sin(a.half * b.half * c.half) = 2"


@dataclass
class Lab:
    """A source with the tables of this contract, and the schema that they are in."""

    source: Source
    schema: str
    #: How ``numbers`` is named in a statement of this source.
    names: dict[str, str] = field(default_factory=dict)
    #: Fails at row 29,001.
    failing: str = "select cast(case when i > 29000 then 'x' else '1' end as integer) as n from numbers"

    def text(self, statement: str) -> str:
        for name in ("numbers", "empty"):
            statement = statement.replace(f" {name}", f" {self.names.get(name, name)}")
        return statement

    def ask(self, statement: str, *values: Any, limit: int | None = None, timeout_s: float = 60.0) -> pa.Table:
        """All rows of a statement."""
        prepared = Prepared(self.text(statement), list(values), limit, timeout_s)
        run = self.source.start(LOCAL, prepared, Cancellation())
        try:
            return pa.Table.from_batches(run.batches(), run.schema)
        finally:
            run.close()


def test_its_type_is_registered_under_its_name(lab: Lab) -> None:
    assert Registry("tobit.sources", "type of source")[lab.source.type] is type(lab.source)
    assert lab.source.dialect in ("postgres", "duckdb", "mysql", "sqlite")


def test_it_answers_a_check_in_a_few_words(lab: Lab) -> None:
    assert 0 < len(lab.source.check()) < 80


def test_it_lists_its_tables_with_an_estimate(lab: Lab) -> None:
    tables = {table.name: table for table in lab.source.tables(LOCAL)}
    assert {"numbers", "empty"} <= set(tables)
    assert tables["numbers"].db_schema == lab.schema
    rows = tables["numbers"].rows
    assert rows is None or 0.5 * ROWS < rows < 2 * ROWS


@pytest.mark.parametrize(
    ("pattern", "found"), [("numb", True), ("NUMBERS", True), ("num*", True), ("zzz", False), ("%", False)]
)
def test_a_pattern_finds_tables(lab: Lab, pattern: str, found: bool) -> None:
    assert ("numbers" in {table.name for table in lab.source.tables(LOCAL, pattern)}) is found


def test_a_pattern_finds_a_schema(lab: Lab) -> None:
    assert {table.db_schema for table in lab.source.tables(LOCAL, f"{lab.schema}.*")} == {lab.schema}


def test_it_describes_a_table_by_either_name(lab: Lab) -> None:
    for name in ("numbers", f"{lab.schema}.numbers", "NUMBERS"):
        table = lab.source.table(LOCAL, name)
        assert [column.name for column in table.columns] == ["i", "half", "name", "moment"]
        assert all(column.type for column in table.columns)


def test_an_unknown_table_names_near_ones(lab: Lab) -> None:
    with pytest.raises(NotFound, match="numbrs") as caught:
        lab.source.table(LOCAL, "numbrs")
    assert "numbers" in caught.value.hint


def test_rows_come_with_names_types_and_values(lab: Lab) -> None:
    table = lab.ask("select i, half, name, moment from numbers where i <= 7 order by i")
    assert table.column_names == ["i", "half", "name", "moment"]
    assert table["half"].to_pylist() == [n / 2 for n in range(1, 8)]
    assert table["name"].to_pylist() == [*(f"n{n}" for n in range(1, 7)), None]
    assert str(table["moment"].to_pylist()[0].replace(tzinfo=None)) == "2026-01-01 00:00:01"
    assert all((column.metadata or {}).get(TYPE_KEY) for column in table.schema)


def test_all_rows_arrive_in_batches_of_one_schema(lab: Lab) -> None:
    run = lab.source.start(LOCAL, Prepared(lab.text("select * from numbers")), Cancellation())
    batches = list(run.batches())
    run.close()
    assert sum(batch.num_rows for batch in batches) == ROWS
    assert {batch.schema for batch in batches} == {run.schema}


@pytest.mark.parametrize("values", [[], [0]])
@pytest.mark.parametrize("limit", [0, 1, 100, ROWS - 1])
def test_a_limit_brings_one_row_more_that_shows_there_are_more(lab: Lab, limit: int, values: list[int]) -> None:
    statement = "select i from numbers" + (" where i > $1" if values else "")
    assert lab.ask(statement, *values, limit=limit).num_rows == limit + 1


def test_a_limit_beyond_the_rows_brings_them_all(lab: Lab) -> None:
    assert lab.ask("select i from numbers", limit=ROWS + 5).num_rows == ROWS
    assert lab.ask("select i from numbers", limit=ROWS).num_rows == ROWS


@pytest.mark.parametrize(
    ("statement", "values", "rows"),
    [
        ("select i from numbers where i = $1", [5], 1),
        ("select i from numbers where name = $1", ["n5"], 1),
        ("select i from numbers where name = $1", ["'; drop table numbers --"], 0),
        ("select i from numbers where i = any($1)", [[1, 2, 99_999]], 2),
        ("select i from numbers where name = any($1)", [["n1", "x"]], 1),
        ("select i from numbers where i = any($1)", [[]], 0),
        ("select i from numbers where half > $1 and half < $2", [1.0, 2.0], 1),
        ("select i from numbers where i = $1 or i = $1", [3], 1),
    ],
)
def test_values_are_bound(lab: Lab, statement: str, values: list[Any], rows: int) -> None:
    assert lab.ask(statement, *values).num_rows == rows


def test_null_is_bound(lab: Lab) -> None:
    assert lab.ask("select i from numbers where name = $1", None).num_rows == 0


def test_an_empty_result_has_its_columns(lab: Lab) -> None:
    for statement in ("select * from empty", "select * from numbers where i < 0"):
        table = lab.ask(statement)
        assert (table.num_rows, table.column_names) == (0, ["i", "half", "name", "moment"])
    assert lab.ask("select * from numbers where i < $1", 0).num_rows == 0


def test_columns_may_have_one_name_or_a_korean_one(lab: Lab) -> None:
    table = lab.ask('select i as a, half as a, name as "이름" from numbers where i = 1')
    assert table.column_names == ["a", "a", "이름"]
    assert [column.to_pylist() for column in table.columns] == [[1], [0.5], ["n1"]]


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("select nope from numbers", "nope"),
        ("select '한글', nope from numbers", "nope"),
        ("select 1 frm numbers x", None),
    ],
)
def test_an_error_in_the_statement_knows_its_place(lab: Lab, statement: str, at: str | None) -> None:
    with pytest.raises(StatementError) as caught:
        lab.ask(statement)
    assert caught.value.message and "\n" not in caught.value.message
    if at is not None:
        assert lab.text(statement)[caught.value.details["position"] :].startswith(at)


def test_parse_tells_the_error_without_running(lab: Lab) -> None:
    lab.source.parse(LOCAL, lab.text("select i from numbers where i = $1"))
    with pytest.raises(StatementError):
        lab.source.parse(LOCAL, lab.text("select nope from numbers"))


def test_an_error_half_way_comes_from_the_rows(lab: Lab) -> None:
    with pytest.raises(StatementError):
        lab.ask(lab.failing)


@pytest.mark.parametrize(
    "statement",
    ["drop table numbers", "delete from numbers", "insert into numbers select * from numbers", "create table t (a int)",
     "update numbers set i = 1", "commit", "set x = 1"],
)  # fmt: skip
def test_it_only_reads(lab: Lab, statement: str) -> None:
    with pytest.raises((Refused, StatementError, InputError)):
        lab.ask(statement)
    assert lab.ask("select i from numbers").num_rows == ROWS


def test_a_time_limit_ends_it(lab: Lab) -> None:
    began = time.monotonic()
    with pytest.raises(TimedOut):
        lab.ask(SLOW, timeout_s=0.5)
    assert time.monotonic() - began < 10


def test_it_ends_when_it_is_cancelled(lab: Lab) -> None:
    cancellation = Cancellation()
    timers = [threading.Timer(0.5 + number / 10, cancellation.cancel) for number in range(20)]
    for timer in timers:
        timer.start()
    try:
        with pytest.raises(Cancelled):
            run = lab.source.start(LOCAL, Prepared(lab.text(SLOW)), cancellation)
            try:
                list(run.batches())
            finally:
                run.close()
    finally:
        for timer in timers:
            timer.cancel()
    assert lab.ask("select i from numbers where i = 1").num_rows == 1


def test_a_run_that_nobody_reads_to_its_end_gives_its_connection_back(lab: Lab) -> None:
    for _ in range(12):
        run = lab.source.start(LOCAL, Prepared(lab.text("select * from numbers")), Cancellation())
        next(iter(run.batches()))
        run.close()
        run.close()
    assert lab.ask("select i from numbers where i = 1").num_rows == 1


def test_many_ask_at_the_same_time(lab: Lab) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(lab.ask("select * from numbers").num_rows)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [ROWS] * 6


def test_a_plan_is_text(lab: Lab) -> None:
    assert len(lab.source.explain(LOCAL, Prepared(lab.text("select * from numbers where i > $1"), [5]))) > 10
    with pytest.raises(TobitError):
        lab.source.explain(LOCAL, Prepared(lab.text("select nope from numbers")))
