"""Python values as typed parameters of a PostgreSQL statement.

Text would be bound as ``text``, which PostgreSQL does not compare with dates, enums or
addresses. So the server is asked which type each ``$n`` has, and text goes as
``$n::text::thattype``: still bound, and checked by the type's own input function.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tobit_kernel.errors import InputError
from tobit_kernel.server.sources.mapped import Mapped, Origin, rewritten
from tobit_kernel.wire.parameters import tokens

_AS_TEXT = {"text", "varchar", "name", "unknown", "_text", "_varchar", "_name", ""}
_NATIVE = (bool, float, datetime, date)


def needs_types(values: list[Any]) -> bool:
    """Whether the server must be asked what types the parameters have."""
    return any(not _is_native(value) for value in values)


def _is_native(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_native(item) and item is not None for item in value)
    return value is None or isinstance(value, _NATIVE) or (isinstance(value, int) and abs(value) < 2**63)


def with_casts(statement: str, values: list[Any], types: list[str]) -> Mapped:
    """``statement`` with a cast behind each ``$n`` whose value travels as text."""
    changes = []
    for token in tokens(statement):
        if token.kind == "position":
            number = int(token.text[1:]) - 1
            changes.append((token.start, token.end, token.text + _cast(values[number], types[number])))
    return rewritten(statement, changes, lambda at: Origin(None, at))


def _cast(value: Any, pg_type: str) -> str:
    if _is_native(value) or pg_type in _AS_TEXT:
        return ""
    return f"::text[]::{pg_type}" if isinstance(value, list) else f"::text::{pg_type}"


def bound(values: list[Any]) -> pa.RecordBatch:
    """One row with a column per parameter, as the driver binds it."""
    arrays = [_array(value) for value in values]
    return pa.RecordBatch.from_arrays(arrays, names=[str(number + 1) for number in range(len(values))])


def _array(value: Any) -> pa.Array:
    try:
        if isinstance(value, list):
            if any(isinstance(item, list) for item in value):
                raise InputError("A list within a list can't be a parameter.", "Give a flat list.")
            return pa.array([_list(value)]) if value else pa.array([[]], pa.list_(pa.string()))
        return pa.array([_scalar(value)])
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        raise InputError(
            f"The values of {value!r} are not of one type.", "Give a list of numbers or one of texts."
        ) from None


def _list(values: list[Any]) -> list[Any]:
    if all(_is_native(item) for item in values):
        return values
    return [None if item is None else str(_scalar(item)) for item in values]


def _scalar(value: Any) -> Any:
    if isinstance(value, timedelta):
        return f"{value.total_seconds()} seconds"
    if isinstance(value, time | Decimal) or (isinstance(value, int) and not _is_native(value)):
        return str(value)
    return value
