"""Rows of Python values as Arrow. Types come from the server where it tells them, else from the first rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tobit_kernel.errors import StatementError
from tobit_kernel.wire.stream import TYPE_KEY

INTEGER, FLOAT, TEXT, BYTES, BOOLEAN = pa.int64(), pa.float64(), pa.string(), pa.binary(), pa.bool_()
DATE, TIME, SPAN = pa.date32(), pa.time64("us"), pa.duration("us")
MOMENT, AWARE = pa.timestamp("us"), pa.timestamp("us", "UTC")
_NAMES = {
    BOOLEAN: "boolean", INTEGER: "bigint", FLOAT: "double precision", TEXT: "text", BYTES: "bytea", DATE: "date",
    TIME: "time", SPAN: "interval", MOMENT: "timestamp", AWARE: "timestamptz",
}  # fmt: skip
_KINDS: list[tuple[type, pa.DataType]] = [
    (bool, BOOLEAN), (int, INTEGER), (float, FLOAT), (Decimal, FLOAT), (datetime, MOMENT), (date, DATE),
    (time, TIME), (timedelta, SPAN), (bytes, BYTES), (bytearray, BYTES), (memoryview, BYTES), (str, TEXT),
]  # fmt: skip
_INTEGERS = range(-(2**63), 2**63)


def schema_of(names: Sequence[str], hints: Sequence[pa.DataType | None], rows: Sequence[Sequence[Any]]) -> pa.Schema:
    """The columns; ``hints`` are the server's own types, None where it has none."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    kinds = [_agreed(hint, column) for hint, column in zip(hints, columns, strict=True)]
    return pa.schema(
        [pa.field(name, kind, metadata={TYPE_KEY: _NAMES[kind]}) for name, kind in zip(names, kinds, strict=True)]
    )


def batch_of(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    """``rows`` in the types of ``schema``; ``StatementError`` names a column whose values are of several kinds."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.RecordBatch.from_arrays(
        [_array(field, column) for field, column in zip(schema, columns, strict=True)], schema=schema
    )


def _agreed(hint: pa.DataType | None, values: Sequence[Any]) -> pa.DataType:
    found = {_kind(value) for value in values if value is not None}
    if hint is not None and (not found or found <= {hint} or {hint, *found} <= {FLOAT, INTEGER} or hint == TEXT):
        return FLOAT if hint == INTEGER and FLOAT in found else hint
    if hint in (MOMENT, DATE) and found <= {MOMENT, DATE, TEXT}:
        return hint  # MySQL's 0000-00-00 is no day, and comes as text
    if len(found) == 1:
        return found.pop()
    if found and found <= {INTEGER, FLOAT, BOOLEAN}:
        return FLOAT if FLOAT in found else INTEGER
    return MOMENT if found == {MOMENT, DATE} else TEXT


def _kind(value: Any) -> pa.DataType:
    for kind, arrow in _KINDS:
        if isinstance(value, kind):
            if isinstance(value, datetime) and value.tzinfo is not None:
                return AWARE
            return FLOAT if kind is int and value not in _INTEGERS else arrow
    return TEXT


def _array(field: pa.Field, values: Sequence[Any]) -> pa.Array:
    try:
        return pa.array(values, field.type)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        pass
    try:
        return pa.array([_as(field.type, value) for value in values], field.type)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise StatementError(
            f"Column {field.name!r} holds values of several kinds.",
            f"It began as {_NAMES[field.type]}: `cast(… as …)` gives all rows one type.",
        ) from error


def _as(kind: pa.DataType, value: Any) -> Any:
    """``value`` for a column of ``kind``, where that says the same."""
    if value is None:
        return None
    if kind == TEXT:
        return _text(value)
    if kind == FLOAT:
        return float(value)
    if kind in (MOMENT, DATE) and isinstance(value, str):
        return None if value.startswith("0000") else (datetime if kind == MOMENT else date).fromisoformat(value)
    if kind == MOMENT and not isinstance(value, datetime) and isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if kind == BOOLEAN and value in (0, 1):
        return bool(value)
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)
