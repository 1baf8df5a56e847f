"""The widget of links to results: how they stand, who came by them, the end of them."""

from __future__ import annotations

from typing import Any

import ipywidgets

from tobit_kernel.client import Gate, path_of
from tobit_kernel.notebook.display.words import count, say
from tobit_kernel.notebook.widgets import pieces
from tobit_kernel.notebook.widgets.frame import Frame
from tobit_kernel.notebook.widgets.listing import Column, Item, Listing, all_of, plain, when


def shares(text: str = "", *, gate: Gate | None = None) -> Shares:
    """Links to results; ``text`` is searched for."""
    return Shares(text, gate)


class Shares(Frame):
    """One's own links, and those of the tenant for who answers for its people."""

    def __init__(self, text: str, gate: Gate | None) -> None:
        super().__init__(say("Links to results"), gate)
        self.whose = ipywidgets.ToggleButtons(options=[(say("My own"), False), (say("Everybody's"), True)])
        columns = [
            Column(say("Title"), _title),
            Column(say("State"), lambda item: item["state"], 2, _look),
            plain(say("Person"), "owner", 2),
            plain(say("Statement"), "statement", 5),
            plain(say("Uses"), "opened", 1, "tobit-mod-number"),
            plain(say("Left"), "uses_left", 1, "tobit-mod-number"),
            when(say("Ends"), "ends_at", 3),
        ]
        fetch = all_of(
            lambda: self.gate.get("/shares", all=self.whose.value or None), "title", "owner", "statement", "state"
        )
        empty = say("There are no links. `%tobit share NAME` makes one of a named cell.")
        self.list = Listing(
            self, columns, fetch, self.show, empty, noun=("link", "links"), beside=(self.whose,), text=text
        )
        self.whose.observe(lambda _: self.list.begin(), "value")
        if self.list.load():
            self.whose.layout.display = None if self.may("users") else "none"
            self.first(self.list.box)

    def show(self, item: Item) -> None:
        """The page of one link."""
        left = say("as often as one likes") if item["uses_left"] is None else item["uses_left"]
        facts: list[tuple[Any, ...]] = [
            (say("State"), item["state"], _look(item)), (say("Person"), item["owner"]),
            (say("Source"), item["source"]), (say("Password"), say("yes") if item["has_password"] else say("no")),
            (say("Opened"), count(item["opened"], "time", "times")), (say("Opens still"), left),
            (say("Made"), pieces.moment(item["created_at"])), (say("Ends"), pieces.moment(item["ends_at"])),
        ]  # fmt: skip
        came = self.gate.get(path_of("shares", item["id"], "accesses"))
        rows = [[pieces.moment(each["at"]), each["outcome"], each["rows"], each["ip"], each["agent"]] for each in came]
        headers = [say("When"), say("Outcome"), say("Rows"), say("From"), say("Program")]
        self.open(
            _title(item),
            pieces.facts(*facts),
            pieces.shown("code", item["statement"]),
            *([self._end(item)] if item["state"] == "open" else []),
            pieces.shown("section", say("Who came by it")),
            pieces.table(headers, rows, say("Nobody came by this link yet.")),
            reload=self.list.load,
        )

    def _end(self, item: Item) -> Any:
        def close(_: str) -> str:
            self.gate.delete(path_of("shares", item["id"]))
            self.back()
            return str(say("The link {title} is closed.").format(title=_title(item)))

        return self.sure(say("Close …"), say("Whoever has the link sees nothing any more."), close)


def _title(item: Item) -> str:
    return str(item["title"] or item["id"])


def _look(item: Item) -> str:
    return "tobit-mod-good" if item["state"] == "open" else "tobit-mod-weak"
