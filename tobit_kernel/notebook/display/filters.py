"""Which rows a person's filter keeps, and by what a column sorts.

All values become integers, floats, decimals or text of Arrow; nothing that was typed is run
as code or as a pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from unicodedata import normalize
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from tobit_kernel.notebook.display import entries
from tobit_kernel.notebook.display.formats import is_numeric_text, is_text, plain, text_column

_PER_SECOND = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}
_EPOCH = datetime(1970, 1, 1)


class Op(StrEnum):
    """How a filter compares."""

    #: the text of the cell contains the value, whatever the case
    CONTAINS = "contains"
    EQUAL = "="
    #: all rows that ``=`` leaves out, null ones too
    DIFFERENT = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    #: null, or text without a letter
    EMPTY = "empty"
    NOT_EMPTY = "not empty"


@dataclass(frozen=True)
class Filter:
    """Keep rows whose cell in ``column`` (position from 0) stands in ``op`` to the typed ``value``."""

    column: int
    op: Op
    value: str = ""


def mask(column: pa.ChunkedArray, type_name: str, op: Op, value: str) -> pa.ChunkedArray:
    """True where ``column`` passes; never null. InputError when ``value`` does not suit the column."""
    if op is Op.DIFFERENT:
        return pc.invert(mask(column, type_name, Op.EQUAL, value))
    if op is Op.NOT_EMPTY:
        return pc.invert(mask(column, type_name, Op.EMPTY, value))
    if op is Op.EMPTY:
        empty = pc.is_null(column)
        return pc.or_(empty, pc.fill_null(pc.equal(plain(column), ""), False)) if is_text(plain(column).type) else empty
    if op is Op.CONTAINS:
        return pc.fill_null(_contains(text_column(column), value), False)
    return pc.fill_null(_compared(plain(column), type_name, op, value), False)


def sort_key(column: pa.ChunkedArray, type_name: str) -> pa.ChunkedArray | None:
    """What ``column`` sorts by, in a type that Arrow sorts; None when all rows are alike.

    Text sorts by code point, numeric text by number, intervals with months of 30 days, nested
    values and bytes by their text.
    """
    column = plain(column)
    kind = column.type
    if pt.is_null(kind):
        return None
    if is_numeric_text(kind, type_name):
        return _decimals(column)
    if pt.is_float16(kind):
        return column.cast(pa.float32())
    if pt.is_interval(kind):
        return _interval_us(column)
    if pt.is_nested(kind):
        return text_column(column)
    return column


def _contains(text: pa.ChunkedArray, value: str) -> pa.ChunkedArray:
    """Composed and decomposed Hangul (of macOS file names) look the same, so both are found."""
    found = [pc.match_substring(text, form, ignore_case=True) for form in _forms(value)]
    return found[0] if len(found) == 1 else pc.or_(*found)


def _forms(value: str) -> list[str]:
    return sorted({normalize("NFC", value), normalize("NFD", value)})


def _compared(column: pa.ChunkedArray, type_name: str, op: Op, value: str) -> pa.ChunkedArray:
    kind = column.type
    if is_numeric_text(kind, type_name):
        return _compare_decimals(_decimals(column), op, entries.number(value))
    if pt.is_boolean(kind):
        wanted = int(entries.boolean(value))
        return _between(column.cast(pa.int8()), op, wanted, wanted + 1)
    if pt.is_integer(kind):
        return _compare_integers(column, op, entries.number(value))
    if pt.is_floating(kind):
        return _compare_floats(column, op, entries.number(value))
    if pt.is_decimal(kind):
        return _compare_decimals(column, op, entries.number(value))
    if pt.is_duration(kind) or pt.is_interval(kind):
        return _compare_spans(column, op, entries.span(value))
    if pt.is_time(kind):
        return _compare_clocks(column, op, value)
    if pt.is_date(kind) or pt.is_timestamp(kind):
        return _compare_times(column, op, value)
    return _compare_text(text_column(column), op, value)


def _compare_text(column: pa.ChunkedArray, op: Op, value: str) -> pa.ChunkedArray:
    if op is Op.EQUAL:
        return pc.is_in(column, value_set=pa.array(_forms(value), column.type))
    return _ORDERED[op](column, pa.scalar(value, column.type))


def _compare_integers(column: pa.ChunkedArray, op: Op, value: Decimal) -> pa.ChunkedArray:
    if not value.is_finite():
        return _compare_floats(column.cast(pa.float64(), safe=False), op, value)
    # Clipped first: ceil of 1e999999 would build a number of a million digits.
    value = max(min(value, Decimal(10) ** 30), -(Decimal(10) ** 30))
    return _between(column, op, ceil(value), floor(value) + 1)


def _compare_floats(column: pa.ChunkedArray, op: Op, value: Decimal) -> pa.ChunkedArray:
    if value.is_nan():
        return pc.is_nan(column) if op is Op.EQUAL else _never(column)
    if pt.is_float16(column.type):
        column = column.cast(pa.float32())
    return _ORDERED[op](column, pa.scalar(float(value), column.type))


def _compare_decimals(column: pa.ChunkedArray, op: Op, value: Decimal) -> pa.ChunkedArray:
    """Exact where 76 digits hold both sides, else as floats."""
    if value.is_finite() and pt.is_decimal(column.type):
        digits = max(column.type.scale, -int(value.as_tuple().exponent), 0)
        wide = pa.decimal256(76, min(digits, 76))
        try:
            return _ORDERED[op](column.cast(wide), pa.scalar(value, pa.decimal256(76, wide.scale)))
        except (pa.ArrowInvalid, ValueError):
            pass
    return _compare_floats(column.cast(pa.float64(), safe=False), op, value)


def _compare_spans(column: pa.ChunkedArray, op: Op, seconds: Fraction) -> pa.ChunkedArray:
    if pt.is_interval(column.type):
        column, unit = _interval_us(column), 10**6
    else:
        column, unit = column.cast(pa.int64()), _PER_SECOND[column.type.unit]
    return _between(column, op, ceil(seconds * unit), floor(seconds * unit) + 1)


def _compare_clocks(column: pa.ChunkedArray, op: Op, value: str) -> pa.ChunkedArray:
    moment, step = entries.clock(value)
    unit = _PER_SECOND[column.type.unit]
    start_us = ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 10**6 + moment.microsecond
    bounds = [
        ceil(Fraction(us * unit, 10**6)) for us in (start_us, start_us + step.seconds * 10**6 + step.microseconds)
    ]
    counts = column.cast(pa.int32() if pt.is_time32(column.type) else pa.int64())
    return _between(counts, op, *bounds)


def _compare_times(column: pa.ChunkedArray, op: Op, value: str) -> pa.ChunkedArray:
    """A typed time covers a period: ``= 2026-11`` is any moment of that month, ``> 2026-11`` begins in December."""
    kind = column.type
    zone = _zone_of(kind.tz) if pt.is_timestamp(kind) and kind.tz else None
    covered = entries.period(value, zone)
    if pt.is_timestamp(kind):
        unit = Fraction(_PER_SECOND[kind.unit])
    else:
        unit = Fraction(1, 86400) if pt.is_date32(kind) else Fraction(1000)
    bounds = [ceil(_seconds(moment) * unit) for moment in (covered.start, covered.end)]
    return _between(column.cast(pa.int32() if pt.is_date32(kind) else pa.int64()), op, *bounds)


def _zone_of(name: str) -> tzinfo:
    try:
        if name[:1] in "+-":
            return datetime.strptime(name, "%z").tzinfo or UTC
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _seconds(moment: datetime) -> Fraction:
    since = moment.replace(tzinfo=None) - _EPOCH
    return since.days * 86400 + since.seconds + Fraction(since.microseconds, 10**6)


def _between(column: pa.ChunkedArray, op: Op, low: int, high: int) -> pa.ChunkedArray:
    """Integers against a value that covers ``low`` ≤ x < ``high`` (nothing when they are equal)."""
    if op is Op.LESS:
        return _below(column, low)
    if op is Op.AT_MOST:
        return _below(column, high)
    if op is Op.MORE:
        return pc.invert(_below(column, high))
    if op is Op.AT_LEAST:
        return pc.invert(_below(column, low))
    return pc.and_(pc.invert(_below(column, low)), _below(column, high))


def _below(column: pa.ChunkedArray, bound: int) -> pa.ChunkedArray:
    """``column < bound``, also for a bound that the column's type cannot hold."""
    bits = column.type.bit_width
    signed = pt.is_signed_integer(column.type)
    least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    if bound <= least:
        return _never(column)
    if bound > most:
        return pc.if_else(pc.is_valid(column), True, pa.scalar(None, pa.bool_()))
    return pc.less(column, pa.scalar(bound, column.type))


def _never(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.is_valid(column), False, pa.scalar(None, pa.bool_()))


def _decimals(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numeric text as exact decimals; as floats when a value is NaN, infinite or beyond 38 digits a side."""
    try:
        return column.cast(pa.decimal256(76, 38))
    except pa.ArrowInvalid:
        return pc.replace_substring_regex(column, "(?i)^(-?)infinity$", r"\1inf").cast(pa.float64())


def _interval_us(column: pa.ChunkedArray) -> pa.ChunkedArray:
    values = [
        None if value is None else (value.months * 30 + value.days) * 86_400_000_000 + value.nanoseconds // 1000
        for value in column.to_pylist()
    ]
    return pa.chunked_array([pa.array(values, pa.int64())])


_ORDERED = {
    Op.EQUAL: pc.equal,
    Op.LESS: pc.less,
    Op.AT_MOST: pc.less_equal,
    Op.MORE: pc.greater,
    Op.AT_LEAST: pc.greater_equal,
}
