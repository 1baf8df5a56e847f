"""A table as an Excel workbook, row by row in constant memory.

Excel has no zones, 15 digits and 1,048,576 rows. Instants become the wall clock of the
column's zone, which the header names; longer numbers, years before 1900 and all other types
are written as text. Text is always a text cell, so ``=cmd`` is never a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from tobit_kernel.errors import LimitReached
from tobit_kernel.notebook.display.words import say

if TYPE_CHECKING:
    import pyarrow as pa
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575
MOST_COLUMNS = 16_384
_LONGEST_TEXT = 32_767
_EXACT = 10**15
_BATCH = 10_000
_FIRST_DAY = datetime(1900, 3, 1)  # before it, Excel counts a 29 February 1900 that never was

Write = Callable[[int, int, Any], Any]


def write_workbook(table: pa.Table, file: IO[bytes], types: Sequence[str] | None = None) -> None:
    """``table`` under a bold, frozen header with a filter; LimitReached when Excel cannot hold it."""
    import xlsxwriter

    _fits(table)
    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet("Result")
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "clock": book.add_format({"num_format": "hh:mm:ss"}),
        }
        writers = [
            _writer(sheet, column.type, types[place] if types else "", formats)
            for place, column in enumerate(table.columns)
        ]
        _head(sheet, table, formats["head"])
        row = 1
        for batch in table.to_batches(max_chunksize=_BATCH):
            for values in zip(
                *(_values(column, table.field(n).type) for n, column in enumerate(batch.columns)), strict=True
            ):
                for place, value in enumerate(values):
                    if value is not None:
                        writers[place](row, place, value)
                row += 1
        if table.num_columns:
            sheet.autofilter(0, 0, max(row - 1, 1), table.num_columns - 1)


def _fits(table: pa.Table) -> None:
    if table.num_rows > MOST_ROWS or table.num_columns > MOST_COLUMNS:
        size = say("{rows:,} rows × {columns:,} columns").format(rows=table.num_rows, columns=table.num_columns)
        raise LimitReached(
            say("A sheet of Excel holds 1,048,575 rows below its header and 16,384 columns, not {size}.").format(
                size=size
            ),
            say("Export CSV or Parquet, or filter the rows first."),
        )


def _head(sheet: Worksheet, table: pa.Table, bold: Format) -> None:
    import pyarrow.types as pt

    for place, column in enumerate(table.schema):
        zone = f" ({column.type.tz})" if pt.is_timestamp(column.type) and column.type.tz else ""
        sheet.set_column(place, place, 20 if pt.is_timestamp(column.type) else 14)
        sheet.write_string(0, place, (column.name + zone)[:_LONGEST_TEXT], bold)
    sheet.freeze_panes(1, 0)


def _values(column: pa.Array, kind: pa.DataType) -> list[Any]:
    """Python values of a column: numbers, wall clocks, truth values; else texts."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    from tobit_kernel.notebook.display.formats import plain, texts

    chunked = plain(pa.chunked_array([column]))
    kind = chunked.type
    if pt.is_integer(kind) or pt.is_floating(kind) or pt.is_boolean(kind) or pt.is_decimal(kind):
        values: list[Any] = chunked.to_pylist()
        return values
    if pt.is_date(kind) or pt.is_timestamp(kind) or pt.is_time(kind):
        try:
            wall = pc.local_timestamp(chunked) if pt.is_timestamp(kind) and kind.tz else chunked
            wall = wall.cast(pa.timestamp("us"), safe=False) if pt.is_timestamp(kind) else wall
            values = wall.to_pylist()
            return values
        except (ValueError, OverflowError, pa.ArrowInvalid):  # a year that Python has not, or no zone database
            pass
    return texts(chunked)


def _writer(sheet: Worksheet, kind: pa.DataType, type_name: str, formats: dict[str, Format]) -> Write:
    """How a column's values go into cells."""
    from tobit_kernel.notebook.display.formats import is_numeric_text

    numeric = is_numeric_text(kind, type_name)

    def write(row: int, place: int, value: Any) -> None:
        if isinstance(value, bool):
            sheet.write_boolean(row, place, value)
        elif isinstance(value, str):
            if numeric and _short_number(value):
                sheet.write_number(row, place, float(value))
            else:
                sheet.write_string(row, place, _cut(value))
        elif isinstance(value, int | float | Decimal):
            _number(sheet, row, place, value)
        else:
            _moment(sheet, row, place, value, formats)

    return write


def _number(sheet: Worksheet, row: int, place: int, value: int | float | Decimal) -> None:
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, float):
        if value - value == 0:  # neither NaN nor infinite
            sheet.write_number(row, place, value)
        else:
            sheet.write_string(row, place, "NaN" if value != value else "Infinity" if value > 0 else "-Infinity")
    elif _short_number(text):
        sheet.write_number(row, place, float(value))
    else:
        sheet.write_string(row, place, text)


def _short_number(text: str) -> bool:
    """Whether Excel keeps every digit."""
    digits = text.lstrip("+-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit() and len(digits.strip("0")) <= 15


def _moment(sheet: Worksheet, row: int, place: int, value: Any, formats: dict[str, Format]) -> None:
    if isinstance(value, datetime) and value >= _FIRST_DAY:
        sheet.write_datetime(row, place, value, formats["time"])
    elif isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY.date():
        sheet.write_datetime(row, place, value, formats["date"])
    elif isinstance(value, time | timedelta):
        sheet.write_datetime(row, place, value, formats["clock"])
    else:
        sheet.write_string(row, place, str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
