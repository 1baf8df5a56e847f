"""A result as a table that needs no JavaScript: GitHub, VS Code, nbconvert, e-mail.

Style is inline and names no colour of text or background, so light and dark pages both work;
GitHub removes even that, and the table is still a table: alignment and NULL are in the markup.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tobit_kernel.errors import width_of
from tobit_kernel.notebook.display.formats import Kind, kind_of, rows
from tobit_kernel.notebook.display.words import count, duration, say
from tobit_kernel.wire.stream import Result

if TYPE_CHECKING:
    from jinja2 import Template

FIRST_ROWS = 50
_LONGEST_CELL = 300


def html(result: Result) -> str:
    """The first 50 rows as an HTML table with a caption; everything from the data is escaped."""
    table = result.table
    kinds = [kind_of(field.type, name) for field, name in zip(table.schema, result.types, strict=True)]
    return _template().render(
        caption=caption(result),
        more=table.num_rows > FIRST_ROWS,
        columns=list(zip(result.columns, result.types, strict=True)),
        aligns=["right" if kind is Kind.NUMBER else "left" for kind in kinds],
        rows=rows(table.slice(0, FIRST_ROWS), _LONGEST_CELL) if table.num_columns else [],
        empty=say("no rows"),
    )


def caption(result: Result, shown: int = FIRST_ROWS) -> str:
    """``22,695 rows · 41 ms · cached``, and what is left out."""
    parts = [count(len(result), "row", "rows"), duration(result.tail.elapsed_ms)]
    if result.tail.cached:
        parts.append(say("cached"))
    if result.tail.truncated:
        parts.append(say("cut off at the limit, there are more"))
    if len(result) > shown:
        parts.append(say("first {n} shown").format(n=shown))
    return " · ".join(parts)


def text(result: Result, most_rows: int = 10, longest_cell: int = 40, marked: bool = True) -> str:
    """The first rows in columns of a fixed-width font, Hangul counted double; the caption below.

    ``marked`` shows null as ``NULL``; else it is blank.
    """
    table = result.table
    lines: list[list[str]] = [list(result.columns)]
    null = "NULL" if marked else ""
    for row in rows(table.slice(0, most_rows), longest_cell):
        lines.append([null if cell is None else _one_line(cell) for cell in row])
    kinds = [kind_of(field.type, name) for field, name in zip(table.schema, result.types, strict=True)]
    widths = [max(width_of(line[place]) for line in lines) for place in range(table.num_columns)]
    lines.insert(1, ["─" * wide for wide in widths])
    drawn = [
        "  ".join(_padded(cell, wide, kind) for cell, wide, kind in zip(line, widths, kinds, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join([*(drawn if table.num_columns else []), caption(result, most_rows)])


def _padded(cell: str, wide: int, kind: Kind) -> str:
    space = " " * (wide - width_of(cell))
    return space + cell if kind is Kind.NUMBER else cell + space


def _one_line(cell: str) -> str:
    return cell.replace("\r\n", "⏎").replace("\n", "⏎").replace("\t", " ")


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, PackageLoader

    found = Environment(loader=PackageLoader(__package__, ""), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return found.get_template("table.html")
