"""Reads one sheet of a workbook into an Arrow file; runs in a process of its own.

A cell at XFD1048576 makes any reader claim memory for all cells before it, and parsing holds
the interpreter for seconds: neither may happen to the gate. ``excel.py`` starts this with
``python -m``; it answers one JSON object on standard output.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any

MEMORY_BYTES = 4 << 30
CPU_S = 600
#: The column that holds each row's number in the sheet, from 1.
ROW = "\x01row"
_CHUNK_ROWS = 20_000
_TITLE_ROWS = 20


def main(book: str, sheet: str, target: str) -> dict[str, Any]:
    """Writes ``sheet`` ("" is the first with cells) to ``target``.

    ``{names, start_column, sheet, sheets, header_row}``; or ``{error}``, in words.
    """
    import pyarrow as pa
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_path(book)
        found = _sheet(workbook, sheet)
        rows = enumerate(found.iter_rows(), 1)
    except PasswordError:
        return {"error": "it is protected by a password", "hint": "Save it without one."}
    except CalamineError as error:
        return {"error": str(error).splitlines()[0], "hint": "Open it in a spreadsheet and save it again."}
    except LookupError as error:
        return {"error": str(error), "hint": f"It has: {', '.join(workbook.sheet_names)}."}
    header_row, header, body = _headed(rows)
    start = found.start[1] if found.start else 0
    columns, numbers = _columns(body, len(header))
    kept = [index for index, column in enumerate(columns) if header[index] or column.kind != "null"]
    arrays = [columns[index].array() for index in kept]
    names = [str(position) for position in range(len(kept))]
    table = pa.table([*arrays, pa.array(numbers, pa.int32())], names=[*names, ROW])
    with pa.OSFile(target, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=_CHUNK_ROWS)
    return {
        "names": [header[index] for index in kept],
        "columns": [start + index for index in kept],
        "sheet": found.name,
        "sheets": workbook.sheet_names,
        "header_row": header_row,
    }


def _sheet(workbook: Any, name: str) -> Any:
    if name and name not in workbook.sheet_names:
        raise LookupError(f"there is no sheet {name!r}")
    sheets = (workbook.get_sheet_by_name(each) for each in ([name] if name else workbook.sheet_names))
    with_cells = (sheet for sheet in sheets if sheet.start is not None)
    sheet = next(with_cells, None)
    if sheet is None:
        raise LookupError("it has no cells")
    return sheet


def _headed(rows: Iterator[tuple[int, list[Any]]]) -> tuple[int, list[str], Iterator[tuple[int, list[Any]]]]:
    """Number of the header's row (0: there is none), its texts, and the rows below.

    Rows above the first that fills more than half of the columns are titles, and skipped.
    """
    top = list(islice(((number, row) for number, row in rows if any(cell != "" for cell in row)), _TITLE_ROWS))
    width = max(sum(cell != "" for cell in row) for _, row in top)
    at = next(index for index, (_, row) in enumerate(top) if 2 * sum(cell != "" for cell in row) > width)
    number, first = top[at]
    if any(isinstance(cell, str) and cell for cell in first):
        return number, [text_of(cell) or "" for cell in first], chain(top[at + 1 :], rows)
    return 0, [f"column{index}" for index in range(1, len(first) + 1)], chain(top[at:], rows)


def _columns(rows: Iterator[tuple[int, list[Any]]], width: int) -> tuple[list[_Column], list[int]]:
    columns = [_Column() for _ in range(width)]
    numbers: list[int] = []
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        filled = [(number, row) for number, row in chunk if any(cell != "" for cell in row)]
        numbers += [number for number, _ in filled]
        for index, column in enumerate(columns):
            column.add([None if row[index] == "" else row[index] for _, row in filled])
    return columns, numbers


class _Column:
    """The cells of a column, in pieces; its type is what holds them all."""

    def __init__(self) -> None:
        self._pieces: list[Any] = []
        self.kind = "null"

    def add(self, cells: list[Any]) -> None:
        import pyarrow as pa

        kind = _joined({_kind(cell) for cell in cells if cell is not None})
        self.kind = _joined({self.kind, kind} - {"null"})
        self._pieces.append(pa.array(_prepared(cells, kind), _arrow(kind)))

    def array(self) -> Any:
        import pyarrow as pa

        target = _arrow(self.kind)
        pieces = [
            piece if piece.type == target else pa.array(_prepared(piece.to_pylist(), self.kind), target)
            for piece in self._pieces
        ]
        return pa.chunked_array(pieces, target)


def _kind(cell: Any) -> str:
    if isinstance(cell, float):
        return "int" if cell.is_integer() and abs(cell) < 2**53 else "float"
    return type(cell).__name__


#: What holds both kinds of cells.
_WIDE = {"float": "int", "datetime": "date", "timedelta": "time"}


def _joined(kinds: set[str]) -> str:
    if len(kinds) <= 1:
        return next(iter(kinds), "null")
    return next((wide for wide, narrow in _WIDE.items() if kinds <= {wide, narrow}), "str")


def _arrow(kind: str) -> Any:
    import pyarrow as pa

    return {
        "null": pa.null(),
        "bool": pa.bool_(),
        "int": pa.int64(),
        "float": pa.float64(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us"),
        "time": pa.time64("us"),
        "timedelta": pa.duration("us"),
    }.get(kind, pa.string())


def _prepared(cells: Sequence[Any], kind: str) -> list[Any]:
    how: Any = {
        "int": int,
        "float": float,
        "str": text_of,
        "datetime": _as_datetime,
        "timedelta": _as_delta,
    }.get(kind)
    return [None if cell is None else how(cell) for cell in cells] if how else list(cells)


def _as_datetime(cell: date) -> datetime:
    return cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)


def _as_delta(cell: time | timedelta) -> timedelta:
    if isinstance(cell, timedelta):
        return cell
    return timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)


def text_of(cell: Any) -> str:
    """A cell as a person reads it: 12, not 12.0."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    print(json.dumps(main(*sys.argv[1:])))
