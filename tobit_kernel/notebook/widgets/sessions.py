"""The widget of sessions: one's own, and those of the tenant for who answers for its people."""

from __future__ import annotations

from typing import Any

import ipywidgets

from tobit_kernel.client import Gate, path_of
from tobit_kernel.notebook.display.words import say
from tobit_kernel.notebook.widgets import pieces
from tobit_kernel.notebook.widgets.frame import Frame
from tobit_kernel.notebook.widgets.listing import Item, Listing, all_of, plain, when


def sessions(text: str = "", *, gate: Gate | None = None) -> Sessions:
    """Open sessions; ``text`` is searched for."""
    return Sessions(text, gate)


class Sessions(Frame):
    """Who is signed in, and the end of it."""

    def __init__(self, text: str, gate: Gate | None) -> None:
        super().__init__(say("Sessions"), gate)
        self.whose = ipywidgets.ToggleButtons(options=[(say("My own"), False), (say("Everybody's"), True)])
        columns = [
            plain(say("Person"), "account"),
            plain(say("How"), "method", 2),
            plain(say("For"), "kind", 2),
            when(say("Last used"), "last_used_at", 3),
            when(say("Ends"), "ends_at", 3),
            plain(say("From"), "ip", 2),
            plain(say("Program"), "agent", 4),
        ]
        fetch = all_of(self._known, "account", "method", "kind", "ip", "agent")
        empty = say("No session is open; whoever works on their own machine needs none.")
        self.list = Listing(
            self, columns, fetch, self.show, empty, noun=("session", "sessions"), beside=(self.whose,), text=text
        )
        self.whose.observe(lambda _: self.list.begin(), "value")
        if self.list.load():
            self.whose.layout.display = None if self.may("users") else "none"
            self.first(self.list.box)

    def _known(self) -> list[Item]:
        return list(self.gate.get("/sessions" if self.whose.value else "/me/sessions"))

    def show(self, item: Item) -> None:
        """The page of one session."""
        everybody = self.whose.value

        def end(_: str) -> str:
            self.gate.delete(path_of("sessions", item["id"]) if everybody else path_of("me", "sessions", item["id"]))
            self.back()
            return str(say("The session of {who} has ended.").format(who=item["account"]))

        facts: list[tuple[Any, ...]] = [
            (say("How"), item["method"]), (say("For"), item["kind"]), (say("From"), item["ip"]),
            (say("Program"), item["agent"]), (say("Begun"), pieces.moment(item["created_at"])),
            (say("Last used"), pieces.moment(item["last_used_at"])), (say("Ends"), pieces.moment(item["ends_at"])),
        ]  # fmt: skip
        question = say("{who} must sign in again there; what runs in it ends.").format(who=item["account"])
        button = self.sure(say("End this session …"), question, end)
        self.open(f"{item['account']} · {item['id']}", pieces.facts(*facts), button, reload=self.list.load)
