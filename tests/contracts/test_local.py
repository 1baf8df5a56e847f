"""``--source local`` keeps what of the sources' contract fits a kernel without a gate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tobit_kernel.errors import Cancelled, ParameterMissing, Refused, StatementError, TimedOut, TobitError
from tobit_kernel.verbs.call import Surroundings
from tobit_kernel.verbs.local import run_local
from tobit_kernel.wire.models import QueryRequest
from tobit_kernel.wire.parameters import encode
from tobit_kernel.wire.stream import Result, Tail

FRAME = pd.DataFrame({"i": range(1, 30_001), "half": [n / 2 for n in range(1, 30_001)], "이름": "x"})


def ask(statement: str, limit: int | None = None, timeout_s: float = 30.0, **values: Any) -> Result:
    given = {name: encode(value) for name, value in values.items()}
    place = Surroundings(
        variables={"numbers": FRAME, "lines": pl.DataFrame({"a": [1, 2]}), "arrow": pa.table({"b": [3]}), "five": 5},
        results={"kept": Result(pa.table({"c": [7]}), Tail(row_count=1))},
    )
    request = QueryRequest(statement=statement, parameters=given, source="local", limit=limit, timeout_s=timeout_s)
    return run_local(request, None, place)


def test_frames_of_every_kind_and_earlier_results_are_tables() -> None:
    assert ask("select count(*) as n from numbers").table["n"].to_pylist() == [30_000]
    assert ask("select a + b + c as s from lines, arrow, kept where a = 1").table["s"].to_pylist() == [11]
    assert ask('select "이름" from numbers limit 1').table["이름"].to_pylist() == ["x"]


@pytest.mark.parametrize("limit", [0, 1, 100, 29_999])
def test_a_limit_cuts_and_says_so(limit: int) -> None:
    result = ask("select i from numbers", limit=limit)
    assert (len(result), result.tail.row_count, result.tail.truncated) == (limit, limit, True)


def test_a_limit_beyond_the_rows_brings_them_all() -> None:
    for limit in (None, 30_000, 30_001):
        result = ask("select i from numbers", limit=limit)
        assert (len(result), result.tail.truncated) == (30_000, False)


@pytest.mark.parametrize(
    ("statement", "values", "rows"),
    [
        ("select i from numbers where i = :n", {"n": 5}, 1),
        ("select i from numbers where i in (:n)", {"n": [1, 2, 99_999]}, 2),
        ("select i from numbers where i not in (:n)", {"n": [1, 2]}, 29_998),
        ("select i from numbers where i = any(:n)", {"n": [1, 2]}, 2),
        ("select i from numbers where \"이름\" = :n", {"n": "'; drop table numbers --"}, 0),
        ("select i from numbers where half = :n", {"n": Decimal("0.5")}, 1),
        ("select 1 where date '2026-01-02' = :d", {"d": date(2026, 1, 2)}, 1),
        ("select ':n' as a, '1'::int as b -- :n", {}, 1),
    ],
)  # fmt: skip
def test_values_are_bound(statement: str, values: dict[str, Any], rows: int) -> None:
    assert len(ask(statement, **values)) == rows


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(ParameterMissing, match=":nope"):
        ask("select :nope")


@pytest.mark.parametrize(
    "statement", ["select nope from numbers", "select '한글', nope from numbers", "select 1,\n nope from numbers"]
)
def test_an_error_has_its_caret(statement: str) -> None:
    with pytest.raises(StatementError) as caught:
        ask(statement)
    assert caught.value.details["text"][caught.value.details["column"] - 1 :].startswith("nope")
    assert caught.value.details["line"] == statement.count("\n") + 1


def test_an_error_half_way_is_an_error_of_the_statement() -> None:
    with pytest.raises(StatementError):
        ask("select cast(case when i > 29000 then 'x' else '1' end as integer) as n from numbers")


@pytest.mark.parametrize(
    "statement",
    [
        "drop table numbers",
        "copy numbers to '/tmp/tobit-local.csv'",
        "select 1; select 2",
        "attach ':memory:' as x",
        "set threads = 1",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('/etc/*')",
        "select * from read_blob('/proc/self/environ')",
        "select * from parquet_scan('/etc/passwd')",
        "select * from query('copy (select 1) to ''/tmp/tobit-local.csv'' ')",
        "select * from read_csv('https://example.invalid/a.csv')",
        "set enable_external_access = true",
        "reset lock_configuration",
        "install httpfs",
        "load httpfs",
        "select * from sqlite_scan('/tmp/x', 'y')",
    ],
)
def test_it_only_reads(statement: str) -> None:
    with pytest.raises((Refused, StatementError)):
        ask(statement)


def test_other_variables_are_no_tables() -> None:
    with pytest.raises(TobitError):
        ask("select * from five")
    with pytest.raises(TobitError):
        ask("select * from FRAME")


def test_a_time_limit_ends_it() -> None:
    with pytest.raises((TimedOut, Cancelled)) as caught:
        ask(
            "select count(*) from numbers a, numbers b, numbers c where sin(a.half * b.half * c.half) = 2",
            timeout_s=0.5,
        )
    assert isinstance(caught.value, TimedOut)


def test_an_empty_result_has_its_columns() -> None:
    result = ask("select * from numbers where i < 0")
    assert (len(result), result.columns) == (0, ["i", "half", "이름"])
