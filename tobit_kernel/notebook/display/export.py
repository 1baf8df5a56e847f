"""A table as a file: CSV, Excel, Parquet. No IPython here: the command line uses it too."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any

from tobit_kernel.errors import InputError
from tobit_kernel.notebook.display.words import say

if TYPE_CHECKING:
    import pyarrow as pa


class Format(StrEnum):
    """A kind of file; the value is also the ending of its name."""

    #: text with commas, UTF-8
    CSV = "csv"
    #: an Excel workbook of one sheet
    XLSX = "xlsx"
    #: Apache Parquet, with types
    PARQUET = "parquet"

    @property
    def mime(self) -> str:
        """The media type."""
        return _MIMES[self]


_MIMES = {
    Format.CSV: "text/csv;charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PARQUET: "application/vnd.apache.parquet",
}
_BOM = b"\xef\xbb\xbf"


def write(
    table: pa.Table, file: IO[bytes], form: Format | str, *, types: Sequence[str] | None = None, for_excel: bool = False
) -> None:
    """Writes ``table`` into the open binary ``file``.

    ``types``: the source's names of the column types (``Result.types``), so that ``numeric`` that
    travels as text becomes numbers in Excel. ``for_excel`` starts a CSV with the byte order mark
    without which Excel reads Korean as CP949. InputError for another format;
    LimitReached for more than Excel's 1,048,576 rows.
    """
    try:
        chosen = Format(form)
    except ValueError:
        hint = say("There are: {formats}.").format(formats=", ".join(Format))
        raise InputError(say("There is no export format {name!r}.").format(name=str(form)), hint) from None
    if chosen is Format.XLSX:
        from tobit_kernel.notebook.display.workbook import write_workbook

        write_workbook(table, file, types)
    elif chosen is Format.PARQUET:
        write_parquet(table, file)
    else:
        write_csv(table, file, for_excel)


def write_csv(table: pa.Table, file: IO[bytes], for_excel: bool = False) -> None:
    """Null is nothing between the commas, empty text is ``""``; values as the grid shows them.

    A text such as ``=cmd|…`` is written as it is: a changed value would not come back
    the same. Only the workbook can tell Excel that a cell is text.
    """
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.types as pt

    from tobit_kernel.notebook.display.formats import is_text, plain, text_column

    if for_excel:
        file.write(_BOM)
    if not table.num_columns:
        return
    columns = []
    for column in table.columns:
        column = plain(column)
        kind = column.type
        floating = pt.is_float32(kind) or pt.is_float64(kind)
        native = floating or pt.is_integer(kind) or pt.is_boolean(kind) or pt.is_date(kind) or is_text(kind)
        columns.append(column if native else text_column(column))
    pyarrow.csv.write_csv(pa.Table.from_arrays(columns, names=table.column_names), file)


def write_parquet(table: pa.Table, file: IO[bytes]) -> None:
    """All types kept but intervals, which Parquet files of Arrow cannot hold: they become text.

    Column names that repeat get ``_2``, ``_3`` …: readers refuse them otherwise.
    """
    import pyarrow as pa
    import pyarrow.parquet
    import pyarrow.types as pt

    from tobit_kernel.notebook.display.formats import text_column
    from tobit_kernel.wire.stream import unique

    columns: list[Any] = [text_column(column) if pt.is_interval(column.type) else column for column in table.columns]
    names = unique(table.column_names)
    pyarrow.parquet.write_table(pa.Table.from_arrays(columns, names=names), file, compression="zstd")
