"""Rows that do not fit: where they stand, what they hold, why they cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import RowsRejected
from tobit_kernel.server.files.names import shortened
from tobit_kernel.server.files.relation import Relation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tobit_kernel.server.files.inference import Decided

#: Bad values that are listed; all are counted.
LISTED = 100
_NOT_ROWS = """
    select byte_position, any_value(column_name), any_value(error_type), any_value(csv_line), any_value(error_message)
    from reject_errors where scan_id = (select max(scan_id) from reject_scans)
    group by byte_position order by byte_position
"""


def reject_no_rows(connection: DuckDBPyConnection, relation: Relation, path: Path) -> None:
    """``RowsRejected`` when the last scan met lines with too few or too many values or an open quote."""
    found = connection.sql(f"select count(*) over (), * from ({_NOT_ROWS}) limit {LISTED}").fetchall()  # noqa: S608
    if found:
        lines = _lines_at(path, [position for _, position, *_ in found])
        rows = [
            _row(relation, line, _name(relation, column), text.strip("\r\n"), _reason(relation, kind, message))
            for line, (_, _, column, kind, text, message) in zip(lines, found, strict=True)
        ]
        raise _rejected(relation, rows, found[0][0], "rows")


def reject_misfits(connection: DuckDBPyConnection, relation: Relation, columns: Sequence[Decided]) -> int:
    """The number of rows; ``RowsRejected`` when a value does not fit its column's type."""
    checked = [column for column in columns if column.misfits]
    if not checked and relation.rows is not None:
        return relation.rows
    counts = ", ".join(["count(*)", *(f"count_if({column.misfits})" for column in checked)])
    [(rows, *bad)] = connection.sql(f"select {counts} from {relation.sql}").fetchall()  # noqa: S608
    if any(bad):
        wrong = [column for column, count in zip(checked, bad, strict=True) if count]
        raise _rejected(relation, _misfits(connection, relation, wrong), sum(bad), "values")
    return int(rows)


def _misfits(connection: DuckDBPyConnection, relation: Relation, wrong: Sequence[Decided]) -> list[dict[str, Any]]:
    fields = ", ".join(
        f"case when {column.misfits} then {column.raw.text} end as v{index}" for index, column in enumerate(wrong)
    )
    values = ", ".join(f"v{index}" for index in range(len(wrong)))
    found = connection.sql(
        f"select r, {values} from (select row_number() over () as r, {fields} from {relation.sql}) "  # noqa: S608
        f"where coalesce({values}) is not null order by r limit {LISTED}"
    ).fetchall()
    numbers = [row[0] for row in found]
    places = {column.raw.name: relation.locate(numbers, column.raw.name) for column in wrong}
    return [
        _row(relation, places[column.raw.name][at], column.raw.name, value, _why(column, value))
        for at, (_, *row) in enumerate(found)
        for column, value in zip(wrong, row, strict=True)
        if value is not None
    ][:LISTED]


def _why(column: Decided, value: str) -> str:
    if "\0" in value:
        return "holds a NUL character"
    article = "an" if column.type.name[0] in "aeiou" else "a"
    if column.type.base == "timestamp" and re.search(r":.*([zZ]|[+-]\d\d(:?\d\d)?)$", value):
        return "has a time zone; use timestamptz"
    return f"is not {article} {column.type.name}"


def _reason(relation: Relation, kind: str, message: str) -> str:
    expected = len(relation.columns)
    found = re.search(r"Found: (\d+)", message)
    if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS") and found:
        return f"{found[1]} values instead of {expected}"
    return {"UNQUOTED VALUE": "a quote is not closed, or text follows it"}.get(kind, shortened(message, 120))


def _name(relation: Relation, column: str | None) -> str:
    """The file's own name for DuckDB's column c7."""
    return relation.columns[int(column[1:])].name if column else ""


def _row(relation: Relation, line: int | str, column: str, value: str, reason: str) -> dict[str, Any]:
    return {"file": relation.name, "line": line, "column": column, "value": shortened(value, 200), "reason": reason}


def _rejected(relation: Relation, rows: list[dict[str, Any]], total: int, what: str) -> RowsRejected:
    noun = what if total != 1 else what[:-1]
    verb = "do" if total != 1 else "does"
    message = f"{total:,} {noun} of {relation.name!r} {verb} not fit; nothing was loaded."
    return RowsRejected(message, rows=rows, total=total)


def _lines_at(path: Path, positions: Sequence[int]) -> list[int]:
    """The line of each byte position (from 1, ascending)."""
    lines, line, before = [], 1, 0
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        newline = b"\n" if data.find(b"\n") >= 0 else b"\r"
        for position in positions:
            line += data[before : max(position - 1, before)].count(newline)
            before = max(position - 1, before)
            lines.append(line)
    return lines
