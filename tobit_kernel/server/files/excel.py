"""Excel and ODS workbooks: one sheet is a table, its cells say the types.

A formula counts as its last result; one that ended in an error (#N/A, #DIV/0!) is NULL.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import InputError
from tobit_kernel.server import child
from tobit_kernel.server.files.arrow import relation_of
from tobit_kernel.server.files.format import Format
from tobit_kernel.server.files.relation import Relation
from tobit_kernel.server.files.scratch import storage
from tobit_kernel.server.files.sheet import ROW

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: What a workbook may be unpacked.
MAX_UNPACKED_BYTES = 1 << 30
_TOO_LARGE = "Save the sheet as CSV and load that."


def read_excel(connection: DuckDBPyConnection, path: Path, name: str, sheet: str | None, folder: Path) -> Relation:
    """The relation of one sheet: ``sheet``, else the first with cells."""
    import pyarrow as pa

    _require_bounded(path, name)
    target = folder / "sheet.arrow"
    answer = _extract(path, name, sheet, target)

    def table() -> Any:
        with pa.memory_map(str(target)) as source:
            return pa.ipc.open_file(source).read_all().rename_columns([*_spelled(answer["names"]), ROW])

    places = _Cells(answer["sheet"], table().column(ROW), answer["columns"])
    relation = relation_of(connection, table, name, Format.EXCEL, places.cells, hidden=ROW)
    places.columns = [raw.name for raw in relation.columns]
    others = [each for each in answer["sheets"] if each != answer["sheet"]]
    if others:
        relation.notes.insert(0, f"Sheet {answer['sheet']!r} was read; there are also: {', '.join(others)}.")
    if answer["header_row"] > 1:
        relation.notes.append(f"Row {answer['header_row']} holds the column names; the rows above were skipped.")
    return relation


def _spelled(names: Sequence[str]) -> list[str]:
    return [name.replace(ROW, "") for name in names]


def _extract(path: Path, name: str, sheet: str | None, target: Path) -> dict[str, Any]:
    """The answer of ``sheet.py``, which has written ``target``."""
    program = [sys.executable, "-P", "-m", "tobit_kernel.server.files.sheet", str(path), sheet or "", str(target)]
    environment = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}  # others reserve more than the limit allows
    with storage():
        done = subprocess.run(  # noqa: S603 - our own program
            child.command(program), capture_output=True, env=environment, check=False
        )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise _given_up(name, done.returncode, done.stderr.decode(errors="replace")) from None
    if "error" in answer:
        raise InputError(f"{name!r} cannot be read: {answer['error']}.", answer["hint"])
    return answer


def _given_up(name: str, code: int, told: str) -> InputError:
    if code < 0 or "MemoryError" in told or "memory allocation" in told:
        return InputError(f"{name!r} needs more memory or time than the gate gives to a workbook.", _TOO_LARGE)
    last = told.strip().splitlines()[-1:] or ["no reason given"]
    return InputError(f"{name!r} cannot be read as a workbook: {last[0]}", _TOO_LARGE)


def _require_bounded(path: Path, name: str) -> None:
    """``InputError`` when the workbook unpacks to too much, whatever its directory claims."""
    if not zipfile.is_zipfile(path):
        return  # xls is not packed
    total = 0
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for entry in archive.infolist():
                total += _unpacked_bytes(file, entry, MAX_UNPACKED_BYTES - total)
                if total > MAX_UNPACKED_BYTES:
                    raise InputError(f"{name!r} unpacks to more than {MAX_UNPACKED_BYTES >> 20:,} MB.", _TOO_LARGE)
    except (zipfile.BadZipFile, zlib.error) as error:
        hint = "Open it in a spreadsheet and save it again."
        raise InputError(f"{name!r} is a damaged workbook: {error}.", hint) from None


def _unpacked_bytes(file: Any, entry: zipfile.ZipInfo, allowed: int) -> int:
    """The true size of an entry, counted up to a little more than ``allowed``."""
    file.seek(entry.header_offset + 26)
    sizes = file.read(4)
    file.seek(int.from_bytes(sizes[:2], "little") + int.from_bytes(sizes[2:], "little"), os.SEEK_CUR)
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return entry.compress_size
    inflate, total, left = zlib.decompressobj(-15), 0, entry.compress_size
    while left > 0 and total <= allowed and not inflate.eof:
        block = file.read(min(left, 1 << 16))
        if not block:
            break
        left -= len(block)
        while block and total <= allowed:
            total += len(inflate.decompress(block, 1 << 20))
            block = inflate.unconsumed_tail
    return total


class _Cells:
    """Names of cells: ``Data!B17``."""

    def __init__(self, sheet: str, rows: Any, letters: Sequence[int]) -> None:
        self._sheet, self._rows, self._letters = sheet, rows, letters
        self.columns: list[str] = []

    def cells(self, rows: Sequence[int], column: str) -> list[int | str]:
        """The cell of ``column`` in each row (from 1, without header and empty rows)."""
        letter = column_letters(self._letters[self.columns.index(column)])
        return [f"{self._sheet}!{letter}{self._rows[row - 1].as_py()}" for row in rows]


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters
