"""The widget of API keys: what programs work with in somebody's name."""

from __future__ import annotations

from typing import Any

import ipywidgets

from tobit_kernel.client import Gate, path_of
from tobit_kernel.notebook.display.words import say
from tobit_kernel.notebook.widgets import pieces
from tobit_kernel.notebook.widgets.frame import Frame
from tobit_kernel.notebook.widgets.listing import Item, Listing, all_of, plain, when


def keys(text: str = "", *, gate: Gate | None = None) -> Keys:
    """API keys; ``text`` is searched for."""
    return Keys(text, gate)


class Keys(Frame):
    """Keys: list, add, rotate, revoke. A token is shown once."""

    def __init__(self, text: str, gate: Gate | None) -> None:
        super().__init__(say("API keys"), gate)
        self.whose = ipywidgets.ToggleButtons(options=[(say("My own"), False), (say("Everybody's"), True)])
        add = pieces.button(say("Add a key …"), self.draft, "primary")
        columns = [
            plain(say("Name"), "name"),
            plain(say("Person"), "account", 2),
            plain(say("Begins with"), "hint", 3),
            plain(say("May"), "permissions", 4),
            when(say("Ends"), "ends_at", 3),
            when(say("Last used"), "last_used_at", 3),
        ]
        fetch = all_of(self._known, "name", "account", "hint", "permissions")
        self.list = Listing(
            self, columns, fetch, self.show, say("There are no keys."), noun=("key", "keys"),
            beside=(self.whose, add), text=text,
        )  # fmt: skip
        self.whose.observe(lambda _: self.list.begin(), "value")
        if self.list.load():
            self.whose.layout.display = None if self.may("users") else "none"
            self.first(self.list.box)

    def _known(self) -> list[Item]:
        return list(self.gate.get("/keys", user="*" if self.whose.value else None))

    def draft(self) -> None:
        """The page on which a key is made."""
        name = pieces.text(say("Name"), example=say("what it is for: nightly-report"))
        may = pieces.several(say("May"), self.me["permissions"], ["read"])
        days = pieces.number(say("Days"), 90, 1, 365)

        def add() -> str:
            body = {"name": name.value.strip(), "permissions": list(may.value), "days": days.value}
            made = self.gate.post("/keys", body)
            self.open(made["name"], _token(made), reload=self.list.load)
            return str(say("The key is made."))

        hint = say("It may no more than you, and no more than is marked here (Ctrl marks several).")
        form = pieces.form(name, may, days, pieces.row(pieces.button(say("Make it"), self.doing(add), "primary")))
        self.open(say("Add a key"), pieces.shown("hint", hint), form, reload=self.list.load)

    def show(self, item: Item) -> None:
        """The page of one key."""
        own = item["account"] == self.me["user"]
        self.open(
            item["name"],
            pieces.facts(
                (say("Person"), item["account"]), (say("Begins with"), item["hint"]),
                (say("May"), ", ".join(item["permissions"] or [])), (say("Made"), pieces.moment(item["created_at"])),
                (say("Ends"), pieces.moment(item["ends_at"])), (say("Last used"), pieces.moment(item["last_used_at"])),
            ),
            *([self._rotation(item)] if own else []),
            self._end(item, own),
            reload=self.list.load,
        )  # fmt: skip

    def _rotation(self, item: Item) -> Any:
        hours = pieces.choice(
            say("The old one works"),
            [(say("no longer"), 0), (say("an hour more"), 3600), (say("a day more"), 86400)],
            3600,
        )

        def rotate(_: str) -> str:
            made = self.gate.post(path_of("keys", item["id"], "rotate"), {"grace_s": hours.value})
            self.open(made["name"], _token(made), reload=self.list.load)
            return str(say("There is a new token in place of the old one."))

        return pieces.row(hours, self.sure(say("New token …"), say("Programs need the new one then."), rotate))

    def _end(self, item: Item, own: bool) -> Any:
        def revoke(_: str) -> str:
            self.gate.delete(path_of("keys", item["id"]), user=None if own else item["account"])
            self.back()
            return str(say("The key {name} has ended.").format(name=item["name"]))

        return self.sure(say("Revoke …"), say("Programs that use it are refused from now on."), revoke)


def _token(made: Item) -> Any:
    about = say("The token of {name}. Programs send it as `Authorization: Bearer …`.").format(name=made["name"])
    hint = say("It is shown this once: copy it now (a click marks all of it) to where secrets are kept.")
    return pieces.shown("secret", about, made["token"], hint)
