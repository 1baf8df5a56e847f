"""The widget that looks into all sources: tables, labels and keys, their columns, a few rows of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from tobit_kernel.client import Gate, path_of
from tobit_kernel.errors import Refused, TobitError
from tobit_kernel.notebook.display import static
from tobit_kernel.notebook.display.words import say
from tobit_kernel.notebook.widgets import pieces
from tobit_kernel.notebook.widgets.first_query import FirstQuery, first_query
from tobit_kernel.notebook.widgets.frame import Frame
from tobit_kernel.notebook.widgets.listing import Item, Listing, plain
from tobit_kernel.wire.models import QueryRequest

PREVIEW_ROWS = 20
PREVIEW_S = 10.0


def explorer(text: str = "", *, source: str = "workbench", gate: Gate | None = None) -> Explorer:
    """What ``source`` and the others hold; ``text`` is part of a name, or with ``*``."""
    return Explorer(text, source, gate)


class Explorer(Frame):
    """Pick a source, a table of it, and read what it is."""

    def __init__(self, text: str, source: str, gate: Gate | None) -> None:
        super().__init__(say("Data explorer"), gate)
        self.sources: dict[str, Item] = {}
        self.source = ipywidgets.Dropdown(options=[], layout={"width": "280px"})
        columns = [
            plain(say("Name"), "full"),
            plain(say("Type"), "type", 2),
            plain(say("Rows (about)"), "rows", 2, "tobit-mod-number"),
            plain(say("Comment"), "comment", 6),
        ]
        self.list = Listing(
            self, columns, self._page, self.show, say("Nothing here has such a name."),
            noun=("entry", "entries"), first_width="340px",
            beside=(self.source,), text=text,
        )  # fmt: skip
        if self.run(lambda: self._begin(source)):
            self.first(self.list.box)
            self.list.load()

    def _begin(self, source: str) -> None:
        if not self.me.get("features", {}).get("data_explorer", True):
            raise Refused(
                say("The data explorer is switched off at this gate."),
                say("`%tobit tables` lists tables; whoever runs the gate sets TOBIT_ENABLE_DATA_EXPLORER."),
            )
        self.sources = {each["name"]: each for each in self.gate.get("/sources")}
        self.source.options = [(f"{name}  ({each['type']})", name) for name, each in self.sources.items()]
        if source in self.sources:
            self.source.value = source
        self.source.observe(lambda _: self.list.begin(), "value")

    def _page(self, text: str, limit: int, offset: int) -> tuple[list[Item], int]:
        found = self.gate.get(path_of("sources", self.source.value, "tables"), pattern=text)
        # in Redis and in files there is one schema for all
        one = self.sources[self.source.value]["type"] in ("redis", "files", "prometheus", "rest")
        items = [{**each, "full": each["name"] if one else f"{each['schema']}.{each['name']}"} for each in found]
        return items[offset : offset + limit], len(items)

    def show(self, item: Item) -> None:
        """The page of one table, label or prefix of keys."""
        source = self.sources[self.source.value]
        query = first_query(source, item)
        rows = None if item["rows"] is None else f"{item['rows']:,}"
        known = ((say("Source"), source["name"]), (say("Rows (about)"), rows), (say("Comment"), item["comment"]))
        self.open(
            item["full"],
            pieces.facts(*known),
            pieces.shown("section", say("Columns")),
            _or_why(lambda: self._columns(source["name"], item)),
            pieces.shown("section", say("First rows")),
            _or_why(lambda: self._preview(source["name"], query)),
            pieces.shown("section", say("To copy into a cell")),
            pieces.copied(query.cell(source["name"])),
            reload=self.list.load,
        )

    def _columns(self, source: str, item: Item) -> Any:
        whole = f"{item['schema']}.{item['name']}" if item["schema"] else item["name"]
        table = self.gate.get(path_of("sources", source, "tables", whole))
        columns = [[each["name"], each["type"], _marks(each), each["comment"]] for each in table["columns"]]
        return pieces.table([say("Column"), say("Type"), "", say("Comment")], columns, say("It tells no columns."))

    def _preview(self, source: str, query: FirstQuery) -> Any:
        asked = QueryRequest(
            language=query.language,
            statement=query.preview(PREVIEW_ROWS),
            source=source,
            limit=PREVIEW_ROWS,
            timeout_s=PREVIEW_S,
        )
        return ipywidgets.HTML(static.html(self.gate.query(asked)))


def _or_why(part: Callable[[], Any]) -> Any:
    """A part of a page, or why there is none: the rest is worth reading all the same."""
    try:
        return part()
    except TobitError as error:
        return pieces.shown("message", error.lines(), True)


def _marks(column: Item) -> str:
    marks = [] if column["nullable"] else [say("required")]
    if column["sensitive"]:
        marks.append(say("personal data: {kind}").format(kind=column["sensitive"]))
    return ", ".join(marks)
