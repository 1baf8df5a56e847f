"""Rows as JSON values, the same behind the gate and on the command line."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from tobit_kernel.wire.stream import Tail, type_name

if TYPE_CHECKING:
    import pyarrow as pa


#: PostgreSQL's times without an end as its driver sends them: it counts on from 1970 and runs over.
_ENDLESS = {
    -2147472692: "infinity",
    -2147472691: "-infinity",
    -9222425352054775809: "infinity",
    -9222425352054775808: "-infinity",
}


def as_data(table: pa.Table, tail: Tail) -> dict[str, Any]:
    """A result as the envelope's ``data`` has it."""
    return {
        "columns": [{"name": column.name, "type": type_name(column)} for column in table.schema],
        "rows": rows(table),
        "row_count": tail.row_count,
        "truncated": tail.truncated,
        "cached": tail.cached,
        "elapsed_ms": round(tail.elapsed_ms, 3),
        "trace_id": tail.trace_id,
    }


def rows(table: pa.Table) -> list[list[Any]]:
    """Rows of JSON values: times ISO 8601, durations in seconds, bytes as hex, NaN as null.

    Times beyond the years 1 to 9999, PostgreSQL's infinity among them, are text.
    """
    columns = [_values(column) for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _values(column: pa.ChunkedArray) -> list[Any]:
    try:
        return [plain(value) for value in column.to_pylist()]
    except (ValueError, OverflowError):  # Python's dates end there
        return [_value(item) for item in column]


def _value(item: pa.Scalar) -> Any:
    try:
        return plain(item.as_py())
    except (ValueError, OverflowError):
        if hasattr(item, "values"):
            return [_value(each) for each in item.values]
        return _ENDLESS.get(int(item.value)) or str(item.cast("string")).strip("<>")


def plain(value: Any) -> Any:
    """``value`` as JSON has it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else str(value)
