"""A verb's answer as text and as an HTML table."""

from __future__ import annotations

from html import escape
from typing import Any

from tobit_kernel.errors import width_of
from tobit_kernel.verbs.answer import Answer

#: Longer cells are cut in text.
LONGEST = 60

_STYLE = "border-collapse:collapse;font-size:12px;font-family:sans-serif"
_CELL = "text-align:{side};padding:2px 12px 2px 0;vertical-align:top;border-bottom:1px solid rgba(128,128,128,.25)"


def text(answer: Answer) -> str:
    """Aligned columns with the note below; or the answer's own text."""
    if answer.rows is None:
        return answer.text
    if not answer.rows:
        return answer.empty or "Nothing."
    headers = answer.headers
    table = [headers, *([_cut(shown(row.get(name))) for name in headers] for row in answer.rows)]
    widths = [max(width_of(row[number]) for row in table) for number in range(len(headers))]
    lines = [
        "  ".join(cell + " " * (wide - width_of(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
    lines.insert(1, "  ".join("─" * wide for wide in widths))
    return "\n".join([*lines, *([f"({answer.note})"] if answer.note else [])])


def html(answer: Answer) -> str:
    """A table without JavaScript; plain text keeps its layout."""
    if answer.rows is None:
        return f"<pre>{escape(answer.text)}</pre>"
    if not answer.rows:
        return f"<p>{escape(answer.empty or 'Nothing.')}</p>"
    numbers = {name for name in answer.headers if _all_numbers(answer.rows, name)}
    head = "".join(_cell("th", name, name in numbers) for name in answer.headers)
    body = "".join(
        "<tr>" + "".join(_cell("td", shown(row.get(name)), name in numbers) for name in answer.headers) + "</tr>"
        for row in answer.rows
    )
    note = f'<p style="font-size:12px;opacity:.7">{escape(answer.note)}</p>' if answer.note else ""
    return (
        f'<div style="overflow-x:auto"><table style="{_STYLE}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{note}"
    )


def _cell(kind: str, text: str, right: bool) -> str:
    return f'<{kind} style="{_CELL.format(side="right" if right else "left")}">{escape(text)}</{kind}>'


def _all_numbers(rows: list[dict[str, Any]], name: str) -> bool:
    values = [row.get(name) for row in rows if row.get(name) is not None]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def shown(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.1f}"
    return str(value)


def _cut(cell: str) -> str:
    line = " ".join(cell.split()) if "\n" in cell else cell
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
