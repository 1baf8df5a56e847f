"""What the widgets are made of: pieces of HTML, fields, buttons, rows of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

import ipywidgets

from tobit_kernel.notebook.display.words import say

LABEL_WIDTH = "130px"
FIELD_WIDTH = "480px"


@lru_cache(maxsize=1)
def _pieces() -> Any:
    from jinja2 import Environment, PackageLoader

    found = Environment(loader=PackageLoader(__package__, ""), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return found.get_template("pieces.html").module


def html(piece: str, *values: Any, **named: Any) -> str:
    """A macro of ``pieces.html`` as text; what it is given is escaped."""
    return str(getattr(_pieces(), piece)(*values, **named))


def shown(piece: str, *values: Any, **named: Any) -> Any:
    """The same as a widget."""
    return ipywidgets.HTML(html(piece, *values, **named))


def style() -> Any:
    """The style sheet; each widget brings it, because it may be alone on its page."""
    sheet = ipywidgets.HTML(f"<style>{files(__package__).joinpath('widgets.css').read_text('utf-8')}</style>")
    sheet.add_class("tobit-Style")
    return sheet


def row(*children: Any) -> Any:
    """Side by side while there is room."""
    return _classed(ipywidgets.HBox(children), "tobit-Row")


def stack(*children: Any) -> Any:
    """One below the other."""
    return _classed(ipywidgets.VBox(children), "tobit-Stack")


def _classed(widget: Any, name: str) -> Any:
    widget.add_class(name)
    return widget


def button(text: str, work: Callable[[], object], kind: str = "") -> Any:
    """A button that calls ``work``; ``kind`` is ipywidgets' primary, danger or nothing."""
    made = ipywidgets.Button(description=text, button_style=kind)
    made.on_click(lambda _: work())
    return made


def _field(kind: Any, label: str, **more: Any) -> Any:
    given = {"style": {"description_width": LABEL_WIDTH}, "layout": {"width": FIELD_WIDTH}, **more}
    return kind(description=label, **given)


def text(label: str, value: str = "", example: str = "") -> Any:
    """A line of text."""
    return _field(ipywidgets.Text, label, value=value or "", placeholder=example)


def lines(label: str, value: str = "", example: str = "") -> Any:
    """Several lines of text."""
    layout = {"width": FIELD_WIDTH, "height": "96px"}
    return _field(ipywidgets.Textarea, label, value=value or "", placeholder=example, layout=layout)


def secret(label: str, example: str = "") -> Any:
    """A line that nobody reads over a shoulder; a form empties it once it was sent."""
    return _field(ipywidgets.Password, label, placeholder=example)


def choice(label: str, options: Sequence[Any], value: Any = None) -> Any:
    """One of ``options``: values, or (words, value)."""
    return _field(ipywidgets.Dropdown, label, options=list(options), **({} if value is None else {"value": value}))


def several(label: str, options: Sequence[str], value: Sequence[str] = ()) -> Any:
    """Some of ``options``."""
    layout = {"width": FIELD_WIDTH}
    rows = min(max(len(options), 3), 14)
    return _field(ipywidgets.SelectMultiple, label, options=options, value=tuple(value), rows=rows, layout=layout)


def number(label: str, value: int, least: int, most: int) -> Any:
    """A whole number between two."""
    return _field(ipywidgets.BoundedIntText, label, value=value, min=least, max=most, layout={"width": "240px"})


def check(label: str, value: bool = False) -> Any:
    """Yes or no."""
    return ipywidgets.Checkbox(description=label, value=value, indent=False, layout={"width": "auto"})


def form(*fields: Any) -> Any:
    """Fields below each other."""
    return _classed(stack(*fields), "tobit-Form")


def words_of(value: str) -> list[str]:
    """``line4, line5`` → both; blanks around and empty ones fall away."""
    return [word for word in (each.strip() for each in value.split(",")) if word]


def moment(value: Any) -> str:
    """An ISO time as the clock on the wall shows it; nothing for none."""
    if not value:
        return ""
    return f"{datetime.fromisoformat(str(value)).astimezone():%Y-%m-%d %H:%M}"


def facts(*pairs: tuple[Any, ...]) -> Any:
    """Names with values, each with a class or none; pairs without a value are left out."""
    kept = [(name, value, *more, "")[:3] for name, value, *more in pairs if value not in (None, "", [], {})]
    return shown("facts", kept)


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> Any:
    """A short table; ``empty`` stands in its place when it has no rows."""
    kept = [["" if value is None else value for value in each] for each in rows]
    return shown("table", headers, kept) if kept else shown("hint", empty)


def pretty(value: Any) -> str:
    """JSON that people read."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def copied(text: str) -> Any:
    """A text to copy: a click marks all of it."""
    return stack(shown("code", text, True), shown("hint", say("A click marks all of it; Ctrl+C copies.")))
