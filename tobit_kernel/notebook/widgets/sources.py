"""The widget of sources: how they are, and for who may: test, add, change, remove."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tobit_kernel.client import Gate, path_of
from tobit_kernel.errors import SourceUnavailable
from tobit_kernel.notebook.display.words import duration, say
from tobit_kernel.notebook.widgets import pieces
from tobit_kernel.notebook.widgets.frame import Frame
from tobit_kernel.notebook.widgets.listing import Column, Item, Listing, all_of, plain, when
from tobit_kernel.notebook.widgets.source_fields import KINDS, Fields


def sources(text: str = "", *, gate: Gate | None = None) -> Sources:
    """The registered sources; ``text`` is searched for."""
    return Sources(text, gate)


class Sources(Frame):
    """Sources. A password is written and never read."""

    def __init__(self, text: str, gate: Gate | None) -> None:
        super().__init__(say("Sources"), gate)
        add = pieces.button(say("Add a source …"), self.draft, "primary")
        columns = [
            plain(say("Name"), "name"),
            Column(say("State"), _state, 2, _look),
            plain(say("Type"), "type", 2),
            plain(say("Detail"), "detail", 4),
            plain(say("Location"), "location", 4),
            when(say("Asked"), "checked_at", 3),
        ]
        fetch = all_of(lambda: self.gate.get("/sources"), "name", "type", "detail", "location", "description")
        self.list = Listing(
            self, columns, fetch, self.show, say("No source matches."), noun=("source", "sources"),
            beside=(add,), text=text,
        )  # fmt: skip
        if self.list.load():
            add.layout.display = None if self.may("sources") else "none"
            self.first(self.list.box)

    # -- one source -------------------------------------------------------------

    def show(self, item: Item) -> None:
        """The page of one source."""
        built_in = not item["location"]
        facts = self._facts(item)
        children = [facts]
        if self.may("sources"):
            children.append(self._testing(item, facts))
            children += [] if built_in else self._changing(item)
        if built_in:
            children.append(pieces.shown("hint", say("It is always there and is not changed here.")))
        self.open(item["name"], *children, reload=self.list.load)

    def _facts(self, item: Item) -> Any:
        return pieces.facts(
            (say("State"), _state(item), _look(item)), (say("Detail"), item["detail"]),
            (say("Type"), item["type"]), (say("Location"), item["location"]),
            (say("Description"), item["description"]), (say("Asked"), pieces.moment(item["checked_at"])),
        )  # fmt: skip

    def _testing(self, item: Item, facts: Any) -> Any:
        def test() -> str:
            found = self.gate.post(path_of("sources", item["name"], "test"))
            now = {
                **item,
                "state": found["state"],
                "detail": found["detail"],
                "checked_at": datetime.now().astimezone(),
            }
            facts.value = self._facts(now).value
            return _tested(item["name"], found)

        button = pieces.button(say("Test"), self.doing(test, say("Asking {name} …").format(name=item["name"])))
        return pieces.row(button)

    def _changing(self, item: Item) -> list[Any]:
        fields = Fields(item["type"], item)

        def change() -> str:
            body = fields.body()
            if not body:
                return str(say("Nothing was changed."))
            changed = self.gate.patch(path_of("sources", item["name"]), body)
            fields.forget_password()
            self.show(changed)
            return str(say("{name} is changed; it answers so.").format(name=item["name"]))

        def remove(_: str) -> str:
            self.gate.delete(path_of("sources", item["name"]))
            self.back()
            return str(say("{name} is forgotten.").format(name=item["name"]))

        save = pieces.button(say("Save"), self.doing(change, say("Asking it with the change …")), "primary")
        question = say("Tobit forgets it and its password; the data behind it stays.")
        return [
            pieces.shown("section", say("Change")),
            pieces.form(*fields.widgets, pieces.row(save)),
            pieces.shown("section", say("Remove")),
            self.sure(say("Remove …"), question, remove),
        ]

    # -- a new one --------------------------------------------------------------

    def draft(self) -> None:
        """The page on which a source is added."""
        kind = pieces.choice(say("Type"), list(KINDS), "postgresql")
        name = pieces.text(say("Name"), example=say("plant: small letters, digits, - and _"))
        place = pieces.form()
        fields = Fields(kind.value)
        place.children = fields.widgets

        def other(change: Any) -> None:
            nonlocal fields
            fields = Fields(change["new"])
            place.children = fields.widgets

        def body() -> dict[str, Any]:
            return {"name": name.value.strip(), "type": kind.value, **fields.body()}

        def test() -> str:
            given = body()
            return _tested(given["name"], self.gate.post("/sources/test", given))

        def add() -> str:
            made = self.gate.post("/sources", body())
            fields.forget_password()
            self.show(made)
            return str(say("{name} is registered: {detail}").format(name=made["name"], detail=made["detail"]))

        kind.observe(other, "value")
        buttons = pieces.row(
            pieces.button(say("Test"), self.doing(test, say("Asking it …"))),
            pieces.button(say("Add"), self.doing(add, say("Asking it …")), "primary"),
        )
        self.open(say("Add a source"), pieces.form(kind, name), place, buttons, reload=self.list.load)


def _tested(name: str, found: Item) -> str:
    """What a test found; ``SourceUnavailable`` when the source does not answer."""
    if found["state"] != "up":
        told = say("{name} does not answer: {detail}").format(name=name, detail=found["detail"])
        raise SourceUnavailable(told, say("Correct the address or the password, or look after the source itself."))
    told = say("{name} is up ({time}): {detail}")
    return str(told.format(name=name, time=duration(found["elapsed_ms"]), detail=found["detail"]))


def _state(item: Item) -> str:
    words = {"up": say("up"), "down": say("down")}
    return f"● {words[item['state']]}" if item["state"] in words else f"○ {say('unknown')}"


def _look(item: Item) -> str:
    return {"up": "tobit-mod-good", "down": "tobit-mod-bad"}.get(item["state"], "tobit-mod-weak")
