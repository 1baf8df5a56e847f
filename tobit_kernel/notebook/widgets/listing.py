"""A list in pages: search, header, rows whose first column selects, pager, a word when there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from tobit_kernel.notebook.display.words import count, say
from tobit_kernel.notebook.widgets import pieces
from tobit_kernel.notebook.widgets.frame import Frame

PAGE = 20

Item = dict[str, Any]
#: ``(text, limit, offset)`` → the items of a page, and how many there are in all.
Fetch = Callable[[str, int, int], tuple[list[Item], int]]


@dataclass(frozen=True)
class Column:
    """A column: what stands above, what a cell shows, how wide it is beside the others, how it looks."""

    title: str
    shown: Callable[[Item], Any]
    wide: int = 1
    look: Callable[[Item], str] = lambda item: ""
    #: How its title looks.
    head: str = ""
    #: Narrower than this its content could not be read.
    least: str = "0"


def plain(title: str, name: str, wide: int = 1, look: str = "") -> Column:
    """A column that shows ``item[name]``."""
    return Column(title, lambda item: item[name], wide, lambda item: look, look, "64px" if look else "0")


def when(title: str, name: str, wide: int = 1) -> Column:
    """A column that shows the time ``item[name]``."""
    return Column(title, lambda item: pieces.moment(item[name]), wide, least="142px")


def all_of(get: Callable[[], Sequence[Item]], *names: str) -> Fetch:
    """Pages of what is fetched as a whole; the search looks into ``names``."""

    def fetch(text: str, limit: int, offset: int) -> tuple[list[Item], int]:
        wanted = text.lower()
        found = [item for item in get() if any(wanted in str(item[name] or "").lower() for name in names)]
        return found[offset : offset + limit], len(found)

    return fetch


class Listing:
    """``box`` is the list; ``load`` fetches the page anew; ``choose`` hears the item of a clicked row."""

    def __init__(
        self,
        frame: Frame,
        columns: Sequence[Column],
        fetch: Fetch,
        choose: Callable[[Item], None],
        empty: str,
        *,
        noun: tuple[str, str] = ("entry", "entries"),
        first_width: str = "170px",
        beside: Sequence[Any] = (),
        text: str = "",
    ) -> None:
        self._frame, self._columns, self._fetch, self._choose = frame, columns, fetch, choose
        self._empty, self._noun, self._width = empty, noun, first_width
        self._offset = self._total = 0
        self.items: list[Item] = []
        self._lines: list[tuple[Any, Any, Any]] = []
        self._template = " ".join(f"minmax({column.least},{column.wide}fr)" for column in columns[1:])
        self.search = ipywidgets.Text(
            value=text, placeholder=say("Search, then Enter"), continuous_update=False, layout={"width": "260px"}
        )
        self.search.observe(lambda _: self.begin(), "value")
        self._rows = ipywidgets.VBox()
        self._rows.add_class("tobit-Listing")
        self.pager = ipywidgets.HTML()
        self.previous = pieces.button(say("‹ Previous"), lambda: self._turn(-PAGE))
        self.next = pieces.button(say("Next ›"), lambda: self._turn(PAGE))
        self._header = self._made_header()
        foot = pieces.row(self.pager, self.previous, self.next)
        self.box = pieces.stack(pieces.row(self.search, *beside), self._rows, foot)

    def begin(self) -> bool:
        """The first page."""
        self._offset = 0
        return self.load()

    def load(self) -> bool:
        """The page anew, or the error of fetching it."""
        return self._frame.run(self._load)

    def pick(self, number: int) -> None:
        """What a click on the row with this number on the page does."""
        item = self.items[number]
        self._frame.run(lambda: self._choose(item))

    @property
    def texts(self) -> list[list[str]]:
        """What the rows show."""
        return [[self._text(column, item) for column in self._columns] for item in self.items]

    def _load(self) -> None:
        self.items, self._total = self._fetch(self.search.value.strip(), PAGE, self._offset)
        if not self.items and self._offset:
            self._offset = max(0, (self._total - 1) // PAGE * PAGE)
            self.items, self._total = self._fetch(self.search.value.strip(), PAGE, self._offset)
        for number, item in enumerate(self.items):
            self._fill(number, item)
        lines = [line for line, _, _ in self._lines[: len(self.items)]]
        self._rows.children = (self._header, *lines) if lines else (pieces.shown("empty", self._empty),)
        last = self._offset + len(self.items)
        paged = self._total > PAGE
        if paged:
            told = say("{first:,}–{last:,} of {total}").format(
                first=self._offset + 1, last=last, total=count(self._total, *self._noun)
            )
        else:
            told = count(self._total, *self._noun) if self._total else ""
        self.pager.value = pieces.html("pager", told)
        for button, there in ((self.previous, self._offset > 0), (self.next, last < self._total)):
            button.disabled = not there
            button.layout.display = None if paged else "none"

    def _fill(self, number: int, item: Item) -> None:
        """Row widgets are made once and filled again: a page costs a message a row, not a widget a cell."""
        while len(self._lines) <= number:
            self._lines.append(self._made_line(len(self._lines)))
        _, pick, cells = self._lines[number]
        name = self._text(self._columns[0], item)
        pick.description = name or "–"
        pick.tooltip = name
        values = [(self._text(column, item), column.look(item)) for column in self._columns[1:]]
        cells.value = pieces.html("cells", values, self._template)

    def _made_line(self, number: int) -> tuple[Any, Any, Any]:
        pick = pieces.button("", lambda: self.pick(number))
        pick.layout.width = self._width
        pick.add_class("tobit-Pick")
        cells = ipywidgets.HTML()
        line = ipywidgets.HBox([pick, cells])
        line.add_class("tobit-Line")
        return line, pick, cells

    def _made_header(self) -> Any:
        corner = pieces.shown("pager", self._columns[0].title)
        corner.layout.width = self._width
        corner.add_class("tobit-Corner")
        titles = [(column.title, column.head) for column in self._columns[1:]]
        line = ipywidgets.HBox([corner, pieces.shown("cells", titles, self._template, True)])
        line.add_class("tobit-Line")
        return line

    def _turn(self, by: int) -> None:
        self._offset = max(0, self._offset + by)
        self.load()

    def _text(self, column: Column, item: Item) -> str:
        value = column.shown(item)
        if value is None:
            return ""
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
