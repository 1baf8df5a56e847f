"""Which type a column of text gets, and how given types read it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tobit_kernel.errors import RowsRejected

from .conftest import Opened


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ("1|-2| 3 |", "bigint"),
        ("9223372036854775807", "bigint"),
        ("9223372036854775808|1", "numeric"),
        ("1.5|2|.5|5.", "double precision"),
        ("1e+05|2.5E-3|NaN|-inf", "double precision"),
        ("true|FALSE", "boolean"),
        ("2024-01-05|2024/1/5|2024.01.05", "date"),
        ("2024-01-05 10:00|2024-01-05T10:00:01.123456789", "timestamp"),
        ("2024-01-05|2024-01-05 10:00", "timestamp"),
        ("2024-01-05T10:00:00Z|2024-01-05 10:00+0900", "timestamptz"),
        # nothing may be lost
        ("00123|456", "text"),
        ("01012345678", "text"),
        ("+821012345678", "text"),
        ("1E5|2E7", "text"),
        ("0x1F|12", "text"),
        ("1_000", "text"),
        ("1,234|5", "text"),
        ("1,5|2,5", "text"),
        ("2024-01-05 10:00|2024-01-05 10:00Z", "text"),
        ("2024-02-30", "text"),
        ("05/01/2024", "text"),
        ("10:11:12", "text"),
        ("20240105|x", "text"),
        ("", "text"),
        ("t|f", "text"),
        ("2024.1.5.7", "text"),
    ],
)
def test_inferred_types(opened: Opened, values: str, kind: str) -> None:
    content = "a;b\n" + "".join(f"{value};x\n" for value in values.split("|"))
    inspection, table = opened("x.csv", content)
    assert inspection.columns[0].type == kind
    if kind == "text":
        assert table.column("a").to_pylist() == [value or None for value in values.split("|")]


def test_a_column_that_starts_empty_is_looked_at_to_its_end(opened: Opened) -> None:
    inspection, _ = opened("x.csv", "a,b\n" + ",1\n" * 10_000 + "2024-01-05,1\n")
    assert inspection.columns[0].type == "date"


def test_decimal_commas_are_read_where_asked_for(opened: Opened) -> None:
    _, table = opened("x.csv", "a;b\n1,5;x\n-2;y\n", types={"a": "double precision"})
    assert table.column("a").to_pylist() == [1.5, -2.0]
    with pytest.raises(RowsRejected):  # 1,234 may be a thousand
        opened("x.csv", 'a,b\n"1,234",x\n', types={"a": "double precision"})


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("bigint", "007", "12.5"),
        ("smallint", "12.0", "40000"),
        ("numeric(5,2)", "123.456", "1234.5"),
        ("boolean", "Yes", "2"),
        ("date", "20240105", "2024-13-01"),
        ("timestamp", "2024-01-05", "2024-01-05 10:00Z"),
        ("timestamptz", "2024-01-05 10:00 +09:00", "today"),
        ("time", "9:05", "25:00"),
        ("interval", "1 day 2 hours", "soon"),
        ("uuid", "550e8400-e29b-41d4-a716-446655440000", "x"),
        ("jsonb", "[1]", "{a}"),
        ("bytea", "\\x00ff", "00ff"),
    ],
)
def test_given_types_take_and_refuse(opened: Opened, kind: str, good: str, bad: str) -> None:
    inspection, _ = opened("x.csv", f"a;b\n{good};x\n;y\n", types={"a": kind})
    assert inspection.columns[0].type == kind
    with pytest.raises(RowsRejected) as caught:
        opened("x.csv", f"a;b\n{good};x\n{bad};y\n", types={"a": kind})
    assert [(row["line"], row["value"]) for row in caught.value.details["rows"]] == [(3, bad)]


def test_times_without_a_zone_are_the_users(opened: Opened) -> None:
    _, table = opened("x.csv", "a;b\n2024-01-05 10:00;x\n", types={"a": "timestamptz"}, zone="Asia/Seoul")
    assert table.column("a")[0].as_py() == datetime(2024, 1, 5, 1, tzinfo=UTC)


def test_a_zone_that_is_too_much_is_named(opened: Opened) -> None:
    with pytest.raises(RowsRejected) as caught:
        opened("x.csv", "a\n2024-01-05T10:00:00Z\n", types={"a": "timestamp"})
    assert caught.value.details["rows"][0]["reason"] == "has a time zone; use timestamptz"
