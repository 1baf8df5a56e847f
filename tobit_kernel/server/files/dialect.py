"""How a CSV file is written: separator, header, first line; found in its first 256 KB."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePath

from tobit_kernel.errors import InputError

_SAMPLE = 1 << 18
_SEPARATORS = (",", ";", "\t", "|")
_VALUE = re.compile(
    r"\s*([+-]?\d[\d.,]*(e[+-]?\d+)?|true|false|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T]\d{1,2}:\d{2}.*)?)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Dialect:
    """``names`` are the header's, or ``column1 …`` where there is none."""

    separator: str
    names: list[str]
    has_header: bool
    #: Empty lines before the first row.
    skipped: int


def dialect_of(path: Path, name: str) -> Dialect:
    """The dialect of a UTF-8 file; ``InputError`` when it has no row at all."""
    with path.open("rb") as file:
        data = file.read(_SAMPLE)
        complete = len(data) < _SAMPLE
    text = data.decode("utf-8-sig", "ignore")
    skipped = len(text) - len(text.lstrip("\r\n"))
    text = text.lstrip("\r\n")
    if not text.strip():
        raise InputError(f"{name!r} has no lines.", "A file needs at least a line with column names.")
    preferred = "\t" if PurePath(name).suffix.lower() in (".tsv", ".tab") else ","
    separators = sorted(_SEPARATORS, key=lambda separator: separator != preferred)
    parsed = {separator: _rows(text, separator, complete) for separator in separators}
    separator = max(separators, key=lambda separator: _fitness(parsed[separator]))
    rows = parsed[separator]
    has_header = _has_header(rows)
    names = rows[0] if has_header else [f"column{number + 1}" for number in range(len(rows[0]))]
    return Dialect(separator, names, has_header, skipped)


def _rows(text: str, separator: str, complete: bool) -> list[list[str]]:
    csv.field_size_limit(1 << 27)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except csv.Error:
        return [[text]]
    return rows if complete or len(rows) < 2 else rows[:-1]


def _fitness(rows: list[list[str]]) -> tuple[bool, bool, float, int]:
    """Larger is more like a table: several columns, as many in the header as in most rows."""
    widths = Counter(len(row) for row in rows)
    width, count = widths.most_common(1)[0]
    return len(rows[0]) > 1, len(rows[0]) == width, round(count / len(rows), 1), len(rows[0])


def _has_header(rows: list[list[str]]) -> bool:
    """False only when a column has values, not words, in the first row as in all others.

    Consecutive whole numbers, three or more, or years over columns of values are a header still.
    """
    first, rest = rows[0], rows[1:]
    if not rest or not all(cell.strip() for cell in first):
        return True
    alike = [
        cell
        for number, cell in enumerate(first)
        if _VALUE.fullmatch(cell)
        and all(_VALUE.fullmatch(row[number]) for row in rest if number < len(row) and row[number].strip())
    ]
    return not alike or _counts_up(alike)


def _counts_up(cells: list[str]) -> bool:
    """Whether the cells are 1 2 3 … or years, one after the other."""
    if not all(cell.strip().isdecimal() for cell in cells):
        return False
    values = [int(cell) for cell in cells]
    consecutive = all(b - a == 1 for a, b in zip(values, values[1:], strict=False))
    return consecutive and (len(values) > 2 or all(1900 < value < 2100 for value in values))
