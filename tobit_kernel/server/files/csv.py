"""CSV and TSV: RFC 4180 with any of , ; tab | as separator; empty cells are NULL."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tobit_kernel.errors import InputError
from tobit_kernel.server.files.dialect import Dialect, dialect_of
from tobit_kernel.server.files.encoding import Text, as_utf8
from tobit_kernel.server.files.format import Format
from tobit_kernel.server.files.locked import literal, quoted
from tobit_kernel.server.files.names import column_names, shortened
from tobit_kernel.server.files.rejection import reject_no_rows
from tobit_kernel.server.files.relation import Raw, Relation
from tobit_kernel.server.files.scratch import create, storage

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Bytes of one row; more would let DuckDB's buffers grow until it reads in one thread only.
_ROW_BYTES = 1 << 21


def read_csv(connection: DuckDBPyConnection, path: Path, name: str, encoding: str | None, folder: Path) -> Relation:
    """The relation of a CSV file; everything is text still."""
    text = as_utf8(path, name, encoding, folder)
    dialect = dialect_of(text.path, name)
    names, notes = column_names(dialect.names)  # also refuses too many before they are read
    rows = _rows(connection, text.path, dialect, name)
    if rows is None:
        text = Text(_with_unix_newlines(text.path, folder), text.encoding)
        rows = _rows(connection, text.path, dialect, name)
        if rows is None:
            raise InputError(
                f"{name!r} cannot be read as CSV: its lines or quotes do not follow one pattern.",
                "Save it anew, with every text that holds a quote or separator in double quotes.",
            )
    if not dialect.has_header:
        notes.insert(0, f"The first line looks like data; the columns are called {names[0]} … {names[-1]}.")
    source, records = text.path, _Records(text.path, dialect)
    relation = Relation(
        name,
        Format.CSV,
        _scan(source, dialect),
        [Raw(column, quoted(f"c{number}")) for number, column in enumerate(names)],
        records.lines,
        encoding=text.encoding,
        rows=rows,
        decimal_comma=dialect.separator == ";",
        notes=notes,
    )
    reject_no_rows(connection, relation, source)
    return relation


def _scan(path: Path, dialect: Dialect, *more: str) -> str:
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(dialect.names)))
    options = [
        literal(str(path)),
        f"columns = {{{columns}}}",
        "auto_detect = false",
        f"delim = {literal(dialect.separator)}",
        "quote = '\"'",
        "escape = '\"'",
        f"header = {str(dialect.has_header).lower()}",
        f"skip = {dialect.skipped}",
        f"max_line_size = {_ROW_BYTES}",
        *more,
    ]
    return f"read_csv({', '.join(options)})"


def _rows(connection: DuckDBPyConnection, path: Path, dialect: Dialect, name: str) -> int | None:
    """The number of rows; lines that are none go to ``reject_errors``.

    None when DuckDB gives up, as it does where lines end now so, now so.
    """
    import duckdb

    try:
        scan = _scan(path, dialect, "store_rejects = true")
        [(rows, _)] = connection.sql(f"select count(*), count(c0) from {scan}").fetchall()  # noqa: S608
    except duckdb.InvalidInputException as error:
        if "invalid state" in str(error):
            return None
        raise _unreadable(name, error) from error
    return int(rows)


def _unreadable(name: str, error: Exception) -> InputError:
    found = re.search(r"Line: (\d+)", str(error))
    where = f" near line {found[1]}" if found else ""
    if "line size" in str(error).lower():
        return InputError(f"A row of {name!r}{where} is longer than {_ROW_BYTES >> 20} MB.", "Is a quote left open?")
    return InputError(f"{name!r} cannot be read as CSV{where}.", shortened(str(error).splitlines()[0], 200))


def _with_unix_newlines(path: Path, folder: Path) -> Path:
    target = folder / "newlines.utf8"
    with path.open("rb") as source, storage(), create(target) as file:
        file.writelines(line.replace(b"\r\n", b"\n").replace(b"\r", b"\n") for line in source)
    return target


class _Records:
    """Where the rows of a file stand: rows may span lines, and empty lines are no rows."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self._path, self._dialect = path, dialect

    def lines(self, rows: Sequence[int], _column: str) -> list[int | str]:
        """The line at which each row (from 1, ascending) begins."""
        found: dict[int, int] = {}
        wanted = set(rows)
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=self._dialect.separator)
            number = 0 if self._dialect.has_header else 1
            begin = 1
            for record in islice(reader, None):
                if record or (len(self._dialect.names) == 1 and begin > self._dialect.skipped):
                    if number in wanted:
                        found[number] = begin
                    number += 1
                begin = reader.line_num + 1
                if number > max(wanted):
                    break
        return [found.get(row, row) for row in rows]
