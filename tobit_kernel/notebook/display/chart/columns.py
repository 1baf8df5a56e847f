"""A result's column as what a chart draws: numbers, moments or categories, with its unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from tobit_kernel.errors import InputError
from tobit_kernel.notebook.display.chart.specification import Kind as ChartKind
from tobit_kernel.notebook.display.filters import sort_key
from tobit_kernel.notebook.display.formats import Kind, kind_of, plain, text_column
from tobit_kernel.notebook.display.words import say

if TYPE_CHECKING:
    import pandas

    from tobit_kernel.wire.stream import Result


class Scale(StrEnum):
    """How an axis is laid out."""

    #: float64; durations in seconds
    NUMBER = "number"
    #: datetime64, the wall clock of the column's zone
    TIME = "time"
    #: text
    CATEGORY = "category"


@dataclass(frozen=True)
class Axis:
    """A column's name, scale, and the unit of its values (``%``, ``ms``, a time zone) if it tells one."""

    name: str
    scale: Scale
    unit: str = ""

    @property
    def label(self) -> str:
        """The name, and the unit where the name does not already say it."""
        told = not self.unit or self.unit.casefold() in self.name.casefold()
        return self.name if told else f"{self.name} ({self.unit})"


#: Units that a name's last word tells: ``elapsed_ms``, ``cpu_pct``.
_UNITS = {
    word: unit
    for unit, words in {
        "%": "pct percent percentage",
        "ns": "ns", "µs": "us", "ms": "ms", "s": "s sec secs seconds", "min": "min minutes", "h": "h hours",
        "days": "days",
        "B": "bytes", "KB": "kb", "MB": "mb", "GB": "gb", "KiB": "kib", "MiB": "mib", "GiB": "gib",
        "°C": "degc celsius", "°F": "degf fahrenheit", "W": "watts w", "kW": "kw", "kWh": "kwh", "V": "volts",
        "A": "amps", "Hz": "hz", "rpm": "rpm", "bar": "bar", "Pa": "pa", "kPa": "kpa", "mm": "mm", "kg": "kg",
        "₩": "krw won", "$": "usd", "€": "eur",
    }.items()
    for word in words.split()
}  # fmt: skip
_IN_BRACKETS = re.compile(r"[(\[]\s*([\w°%/µ·²³₩$€]{1,8})\s*[)\]]\s*$")
#: Drawn for null where null is a group of its own.
NULL = "NULL"


def unit_of(name: str) -> str:
    """The unit that a column's name tells: ``cpu_pct`` → ``%``, ``온도 (°C)`` → ``°C``."""
    bracketed = _IN_BRACKETS.search(name)
    if bracketed:
        return bracketed[1]
    head, underscore, last = name.rpartition("_")
    return _UNITS.get(last.casefold(), "") if underscore and head else ""


def read(result: Result, place: int, forced: Scale | None = None) -> tuple[Axis, pandas.Series]:
    """The column at ``place`` as ``(axis, values)``; null is NaN, NaT or None.

    ``forced`` CATEGORY makes texts of anything; infinite numbers count as null.
    """
    import pandas

    column, type_name, name = result.table.column(place), result.types[place], result.columns[place]
    scale, unit = _scale(column.type, type_name), unit_of(name)
    if forced is Scale.CATEGORY or scale is Scale.CATEGORY:
        codes = text_column(column).combine_chunks().dictionary_encode()
        return Axis(name, Scale.CATEGORY), pandas.Series(codes.to_pandas(), dtype="category")
    if scale is Scale.NUMBER:
        values, seconds = _numbers(column, type_name)
        return Axis(name, scale, unit or ("s" if seconds else "")), pandas.Series(values)
    moments = plain(column)
    if pt.is_timestamp(moments.type) and moments.type.tz:
        unit = moments.type.tz
        moments = pc.local_timestamp(moments)
    values = moments.cast(pa.timestamp("ms"), safe=False).to_numpy()
    # Beyond what an axis can lay out (PostgreSQL's infinity among them).
    strange = (values < np.datetime64("0001-01-01")) | (values > np.datetime64("9999-12-31"))
    return Axis(name, scale, unit), pandas.Series(np.where(strange, np.datetime64("NaT", "ms"), values))


def read_numbers(result: Result, place: int, chart: ChartKind) -> tuple[Axis, pandas.Series]:
    """As ``read``; InputError when the column does not hold numbers."""
    axis, values = read(result, place)
    if axis.scale is Scale.NUMBER:
        return axis, values
    message = say("A {chart} chart cannot measure {name!r}: it is {type}, not a number.")
    numbers = [
        name for n, name in enumerate(result.columns)
        if _scale(result.table.schema.field(n).type, result.types[n]) is Scale.NUMBER
    ]  # fmt: skip
    hint = say("Numbers here: {names}.").format(names=", ".join(numbers[:20]) or say("none"))
    if chart in (ChartKind.BAR, ChartKind.PIE):
        hint += " " + say("{kind}:{name} alone counts rows.").format(kind=chart.value, name=axis.name)
    raise InputError(message.format(chart=chart.value, name=axis.name, type=result.types[place]), hint)


def _scale(kind: pa.DataType, type_name: str) -> Scale:
    seen = kind_of(kind, type_name)
    if seen is Kind.NUMBER or pt.is_duration(kind) or pt.is_interval(kind):
        return Scale.NUMBER
    return Scale.TIME if seen is Kind.TIME and not pt.is_time(kind) else Scale.CATEGORY


def _numbers(column: pa.ChunkedArray, type_name: str) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], bool]:
    """float64 values, NaN for null and infinite; and whether they are seconds of a duration."""
    key = sort_key(column, type_name)
    if key is None:
        return np.full(len(column), np.nan), False
    per_second = 0.0
    if pt.is_interval(plain(column).type):
        per_second = 1e6
    elif pt.is_duration(key.type):
        per_second = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[key.type.unit]
        key = key.cast(pa.int64())
    values = key.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    values = np.where(np.isfinite(values), values, np.nan)
    return (values / per_second, True) if per_second else (values, False)
