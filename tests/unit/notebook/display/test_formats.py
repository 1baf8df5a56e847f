"""Cells as people read them."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pyarrow as pa
import pytest

from tobit_kernel.notebook.display.formats import Kind, kind_of, texts

SEOUL_SECOND = pa.array([1_500_000], pa.timestamp("us", "Asia/Seoul"))


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        (pa.array([1, -5, None]), ["1", "-5", None]),
        (pa.array([12345678901.0, 0.1, 1e16, -0.5]), ["12345678901", "0.1", "1e+16", "-0.5"]),
        (pa.array([float("nan"), None, float("-inf")]), ["NaN", None, "-Infinity"]),
        (pa.array([0.1, float("nan")], pa.float32()), ["0.1", "NaN"]),
        (pa.array([Decimal("0.0000000001"), Decimal("5")]), ["0.0000000001", "5.0000000000"]),
        (pa.array([True, None]), ["true", None]),
        (pa.array([date(2026, 11, 1)]), ["2026-11-01"]),
        (pa.array([0, 1_500_000], pa.timestamp("us")), ["1970-01-01 00:00:00", "1970-01-01 00:00:01.5"]),
        (SEOUL_SECOND, ["1970-01-01 09:00:01.5+09:00"]),
        (pa.array([10], pa.timestamp("s", "UTC")), ["1970-01-01 00:00:10+00:00"]),
        (pa.array([2**63 - 1, -(2**63)], pa.timestamp("us", "UTC")), ["infinity", "-infinity"]),
        (pa.array([time(9, 30)]), ["09:30:00"]),
        (pa.array([(14, -3, 3_700_000_000_000)], pa.month_day_nano_interval()), ["1 year 2 mons -3 days 01:01:40"]),
        (pa.array([-1500], pa.duration("ms")), ["-00:00:01.5"]),
        (pa.array([[1, None, 3]]), ["[1, null, 3]"]),
        (pa.array([{"가": Decimal("1.50"), "b": b"\x01"}]), ['{"가": "1.50", "b": "\\\\x01"}']),
        (pa.array([b"\x00\xff"]), ["\\x00ff"]),
        (pa.array(["서버", "서버"]).dictionary_encode(), ["서버", "서버"]),
        (pa.array([None], pa.null()), [None]),
    ],
    ids=lambda value: str(getattr(value, "type", ""))[:30],
)
def test_cells(column: pa.Array, shown: list[str | None]) -> None:
    assert texts(pa.chunked_array([column])) == shown


@pytest.mark.parametrize(
    ("kind", "type_name", "expected"),
    [
        (pa.string(), "numeric(10,2)", Kind.NUMBER),
        (pa.string(), "text", Kind.TEXT),
        (pa.dictionary(pa.int8(), pa.string()), "", Kind.TEXT),
        (pa.uuid(), "uuid", Kind.TEXT),
        (pa.json_(), "jsonb", Kind.TEXT),
        (pa.timestamp("us", "UTC"), "timestamptz", Kind.TIME),
        (pa.bool_(), "boolean", Kind.BOOLEAN),
        (pa.list_(pa.int8()), "smallint[]", Kind.OTHER),
        (pa.null(), "", Kind.OTHER),
    ],
)
def test_kinds(kind: pa.DataType, type_name: str, expected: Kind) -> None:
    assert kind_of(kind, type_name) is expected
