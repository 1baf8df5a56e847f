"""What a person sees of a column: its kind, and every cell as text.

One definition of a cell's text serves the grid, the static table, filters and CSV, so that
a filter finds what the eye sees. Null stays None everywhere; NaN is the text ``NaN``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from tobit_kernel.notebook.display import entities

_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


class Kind(StrEnum):
    """How a column behaves in a grid; fixes alignment and which filters make sense."""

    #: compared as numbers, aligned right
    NUMBER = "number"
    #: compared as text
    TEXT = "text"
    #: dates, instants, times of day
    TIME = "time"
    #: true or false
    BOOLEAN = "boolean"
    #: durations, nested values, bytes
    OTHER = "other"


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """``column`` without extension and dictionary wrappers: the storage that sorts and compares."""
    if isinstance(column.type, pa.BaseExtensionType):
        if pt.is_fixed_size_binary(column.type.storage_type) and column.type.extension_name == "arrow.uuid":
            return _each(column, str)
        column = column.cast(column.type.storage_type)
    if pt.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pt.is_run_end_encoded(column.type):
        column = pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], column.type.value_type)
    if pt.is_string_view(column.type):
        column = column.cast(pa.large_string())
    if pt.is_binary_view(column.type):
        column = column.cast(pa.large_binary())
    return column


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds text."""
    return bool(pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind))


def is_numeric_text(kind: pa.DataType, type_name: str) -> bool:
    """Whether numbers of any precision travel as text, as PostgreSQL's ``numeric`` does."""
    if isinstance(kind, pa.OpaqueType):
        return bool(kind.type_name == "numeric")
    return is_text(kind) and type_name.partition("(")[0].strip().lower() in ("numeric", "decimal")


def kind_of(kind: pa.DataType, type_name: str = "") -> Kind:
    """The ``Kind`` of a column of Arrow type ``kind`` that its source calls ``type_name``."""
    if is_numeric_text(kind, type_name):
        return Kind.NUMBER
    if isinstance(kind, pa.BaseExtensionType):
        return Kind.TEXT if kind.extension_name == "arrow.uuid" else kind_of(kind.storage_type)
    if pt.is_dictionary(kind) or pt.is_run_end_encoded(kind):
        return kind_of(kind.value_type)
    if pt.is_boolean(kind):
        return Kind.BOOLEAN
    if pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind):
        return Kind.NUMBER
    if pt.is_date(kind) or pt.is_timestamp(kind) or pt.is_time(kind):
        return Kind.TIME
    return Kind.TEXT if is_text(kind) else Kind.OTHER


def texts(column: pa.ChunkedArray) -> list[str | None]:
    """Every cell of ``column`` as a person reads it, None for null.

    Instants are ISO 8601 with a space, in the column's zone with its offset; floats are as
    short as they can be; intervals are PostgreSQL's (``1 day 02:00:00``); bytes are ``\\x…``;
    lists and structs are JSON.
    """
    texts_of: list[str | None] = text_column(column).to_pylist()
    return texts_of


def text_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """As ``texts``, as an Arrow column of ``large_string``; 1M integers or instants < 0.3 s, floats 0.6 s."""
    column = plain(column)
    kind = column.type
    if pt.is_timestamp(kind) or pt.is_time(kind):
        return _times(column)
    if pt.is_float64(kind):
        return _each(column, _float)
    if pt.is_floating(kind):
        return _each(
            column.cast(pa.string()),
            lambda text: {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text),
        )
    if pt.is_decimal(kind):
        return _each(column, lambda value: format(value, "f"))
    if pt.is_duration(kind):
        per_second = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}[kind.unit]
        return _each(column.cast(pa.int64()), lambda value: interval_text(0, 0, value * (10**9 // per_second)))
    if pt.is_interval(kind):
        return _each(column, lambda value: interval_text(value.months, value.days, value.nanoseconds))
    if pt.is_binary(kind) or pt.is_large_binary(kind) or pt.is_fixed_size_binary(kind):
        return _each(column, lambda value: "\\x" + value.hex())
    if pt.is_nested(kind):
        return _each(column, lambda value: json.dumps(_jsonable(value), ensure_ascii=False, default=_leaf))
    return column.cast(pa.large_string())


def rows(table: pa.Table, longest: int | None = None) -> list[list[str | None]]:
    """The rows of ``table`` as texts; cells of more than ``longest`` letters are cut with a mark."""
    if not table.num_columns:
        return [[] for _ in range(table.num_rows)]
    columns: Iterable[list[str | None]] = (
        [entities.text_of(cell) for cell in column.to_pylist()] if entities.is_entity(field) else texts(column)
        for field, column in zip(table.schema, table.columns, strict=True)
    )
    if longest is not None:
        columns = ([_cut(text, longest) for text in column] for column in columns)
    return [list(row) for row in zip(*columns, strict=True)]


def interval_text(months: int, days: int, nanoseconds: int) -> str:
    """An interval as PostgreSQL writes it: ``1 year 2 mons 3 days 04:05:06.7``."""
    years, months = int(months / 12), months - int(months / 12) * 12
    named = [(years, "year"), (months, "mon"), (days, "day")]
    parts = [f"{number} {noun}{'' if abs(number) == 1 else 's'}" for number, noun in named if number]
    if nanoseconds or not parts:
        seconds, rest = divmod(abs(nanoseconds), 10**9)
        fraction = f".{rest:09d}".rstrip("0") if rest else ""
        sign = "-" if nanoseconds < 0 else ""
        parts.append(f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}")
    return " ".join(parts)


def _float(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value).removesuffix(".0")


def _times(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Arrow writes all digits of the unit and ``+0900`` or ``Z``; people read 12:00:00+09:00."""
    try:
        text = column.cast(pa.large_string())
    except (pa.ArrowInvalid, OSError):  # no zone database on this machine: the instant in UTC
        text = column.cast(pa.timestamp(column.type.unit, "UTC")).cast(pa.large_string())
    text = pc.replace_substring_regex(text, r"(\.\d*?)0+(Z|[+-]\d{4})?$", r"\1\2")
    text = pc.replace_substring_regex(text, r"\.(Z|[+-]\d{4})?$", r"\1")
    if not pt.is_timestamp(column.type) or column.type.tz is None:
        return _out_of_range(column, text)
    text = pc.replace_substring_regex(text, r"Z$", "+00:00")
    return _out_of_range(column, pc.replace_substring_regex(text, r"([+-]\d{2})(\d{2})$", r"\1:\2"))


def _out_of_range(column: pa.ChunkedArray, text: pa.ChunkedArray) -> pa.ChunkedArray:
    """PostgreSQL's ``infinity`` arrives as the largest or smallest count; Arrow calls it out of range."""
    if not pt.is_timestamp(column.type):
        return text
    instants = column.cast(pa.int64())
    ends = pc.is_in(instants, value_set=pa.array([2**63 - 1, -(2**63)]))
    strange = pc.or_(ends, pc.starts_with(text, "<value out of range"))
    if not pc.any(strange).as_py():
        return text
    name = pc.if_else(pc.greater(instants, 0), "infinity", "-infinity")
    return pc.if_else(strange, name.cast(pa.large_string()), text)


def _each(column: pa.ChunkedArray, text: Callable[[Any], str]) -> pa.ChunkedArray:
    """``text`` of every value that is not null, through Python objects."""
    chunks = [
        pa.array([None if value is None else text(value) for value in chunk.to_pylist()], pa.large_string())
        for chunk in column.chunks
    ]
    return pa.chunked_array(chunks, pa.large_string())


def _jsonable(value: Any) -> Any:
    """Maps arrive as lists of pairs and may have keys that JSON has not; structs as dicts."""
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value


def _leaf(value: Any) -> str | float | None:
    """The JSON of a value that JSON has no form for: bytes in hex, decimals and times as text."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _cut(text: str | None, longest: int) -> str | None:
    if text is None or len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text):,})"
