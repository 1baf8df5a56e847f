"""The tabs of permissions and rows: what a tenant gave or took beside the role matrix, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from tobit_kernel.client import path_of
from tobit_kernel.notebook.display.words import say
from tobit_kernel.notebook.widgets import pieces
from tobit_kernel.notebook.widgets.frame import Frame
from tobit_kernel.notebook.widgets.listing import Column, Item, Listing, all_of, plain, when
from tobit_kernel.wire.people import DIMENSIONS, PERMISSIONS

Tenant = Callable[[], str | None]


class _Part:
    """What both tabs share: whom something is about, and why."""

    def __init__(self, frame: Frame, tenant: Tenant) -> None:
        self._frame, self._tenant = frame, tenant
        self.list: Listing

    def page(self) -> Any:
        """The tab."""
        self.list.load()
        return self.list.box

    def _access(self) -> Any:
        return self._frame.gate.get("/access", tenant=self._tenant())

    def _subject(self) -> tuple[Any, Any]:
        kinds = [(say("role"), "role"), (say("group"), "group"), (say("person"), "account")]
        return pieces.choice(say("To a"), kinds), pieces.text(say("called"), example=say("analyst, line4, kim"))


class Permissions(_Part):
    """Permissions that were given or taken."""

    def __init__(self, frame: Frame, tenant: Tenant) -> None:
        super().__init__(frame, tenant)
        columns = [
            plain(say("To"), "to"),
            Column(say("What"), _what, 3, lambda item: "tobit-mod-good" if item["is_allowed"] else "tobit-mod-bad"),
            plain(say("On"), "resource", 2),
            plain(say("Reason"), "reason", 4),
            plain(say("By"), "given_by", 2),
            when(say("Since"), "given_at", 3),
        ]
        fetch = all_of(
            lambda: _with_to(self._access()["permissions"]), "to", "permission", "resource", "reason", "given_by"
        )
        empty = say("Only the role matrix holds: nothing was given or taken beside it.")
        add = pieces.button(say("Give or take …"), self.draft, "primary")
        self.list = Listing(frame, columns, fetch, self.show, empty, noun=("permission", "permissions"), beside=(add,))

    def draft(self) -> None:
        """The page on which a permission is given or taken."""
        frame = self._frame
        kind, subject = self._subject()
        allowed = pieces.choice(say("Do"), [(say("allow"), True), (say("deny"), False)])
        permission = pieces.choice(say("Permission"), PERMISSIONS.__args__, "read")  # type: ignore[attr-defined]
        resource = pieces.text(say("On"), "*", "source/plant")
        reason = pieces.text(say("Reason"), example=say("shown to whom it refuses something"))

        def give() -> str:
            body = {
                "subject_type": kind.value, "subject": subject.value.strip(), "permission": permission.value,
                "resource": resource.value.strip(), "is_allowed": allowed.value, "reason": reason.value.strip(),
            }  # fmt: skip
            row = frame.gate.post("/access/permissions", body, tenant=self._tenant())
            frame.back()
            return f"{_what(row)} → {_to(row)}"

        button = pieces.button(say("Save"), frame.doing(give), "primary")
        hint = say("On: * is everything; source/plant is one source.")
        form = pieces.form(kind, subject, allowed, permission, resource, reason, pieces.row(button))
        frame.open(say("Give or take a permission"), form, pieces.shown("hint", hint), reload=self.list.load)

    def show(self, item: Item) -> None:
        """The page of one row."""

        def take(_: str) -> str:
            path = path_of("access", "permissions", str(item["id"]))
            self._frame.gate.delete(path, tenant=self._tenant())
            self._frame.back()
            return str(say("Removed: {what} → {who}").format(what=_what(item), who=item["to"]))

        question = say("What the role matrix says holds again.")
        self._frame.open(
            f"{_what(item)} → {item['to']}",
            pieces.facts(
                (say("On"), item["resource"]), (say("Reason"), item["reason"]), (say("By"), item["given_by"]),
                (say("Since"), pieces.moment(item["given_at"])), (say("Until"), pieces.moment(item["ends_at"])),
            ),
            self._frame.sure(say("Remove …"), question, take),
            reload=self.list.load,
        )  # fmt: skip


class Rows(_Part):
    """Values of dimensions that somebody sees."""

    def __init__(self, frame: Frame, tenant: Tenant) -> None:
        super().__init__(frame, tenant)
        every = [(say("all dimensions"), "")]
        self.dimension = ipywidgets.Dropdown(
            options=[*every, *((name, name) for name in DIMENSIONS.__args__)],  # type: ignore[attr-defined]
            layout={"width": "170px"},
        )
        columns = [
            plain(say("To"), "to"),
            plain(say("Dimension"), "dimension", 3),
            plain(say("Sees"), "value", 3),
            plain(say("Reason"), "reason", 4),
            plain(say("By"), "given_by", 2),
            when(say("Since"), "given_at", 3),
        ]
        fetch = all_of(self._kept, "to", "dimension", "value", "reason", "given_by")
        empty = say("Nobody was shown rows of shared tables here.")
        add = pieces.button(say("Show rows …"), self.draft, "primary")
        self.list = Listing(
            frame, columns, fetch, self.show, empty, noun=("entry", "entries"), beside=(self.dimension, add)
        )
        self.dimension.observe(lambda _: self.list.begin(), "value")

    def _kept(self) -> list[Item]:
        found = [each for each in _with_to(self._access()["scopes"]) if self.dimension.value in ("", each["dimension"])]
        return sorted(found, key=lambda each: (each["dimension"], each["to"], each["value"]))

    def draft(self) -> None:
        """The page on which rows are shown to somebody."""
        frame = self._frame
        kind, subject = self._subject()
        dimension = pieces.choice(say("Dimension"), DIMENSIONS.__args__, "line")  # type: ignore[attr-defined]
        values = pieces.text(say("Values"), example=say("L-PRS-1, L-WLD-1; * for all of the dimension"))
        reason = pieces.text(say("Reason"), example=say("the audit keeps it"))

        def give() -> str:
            body = {
                "subject_type": kind.value, "subject": subject.value.strip(), "dimension": dimension.value,
                "values": pieces.words_of(values.value), "reason": reason.value.strip(),
            }  # fmt: skip
            changed = frame.gate.post("/access/scopes", body, tenant=self._tenant())["rows"]
            frame.back()
            return str(say("Shown: {count} added.").format(count=changed))

        button = pieces.button(say("Save"), frame.doing(give), "primary")
        hint = say("A person sees rows that match in every dimension; one without values shows nothing.")
        form = pieces.form(kind, subject, dimension, values, reason, pieces.row(button))
        frame.open(say("Show rows"), form, pieces.shown("hint", hint), reload=self.list.load)

    def show(self, item: Item) -> None:
        """The page of one value."""

        def hide(reason: str) -> str:
            body = {name: item[name] for name in ("subject_type", "subject", "dimension")}
            whole = {**body, "values": [item["value"]], "reason": reason}
            self._frame.gate.delete("/access/scopes", whole, tenant=self._tenant())
            self._frame.back()
            told = say("{what} is hidden from {who}.")
            return str(told.format(what=f"{item['dimension']} {item['value']}", who=item["to"]))

        self._frame.open(
            f"{item['dimension']} {item['value']} → {item['to']}",
            pieces.facts(
                (say("Reason"), item["reason"]), (say("By"), item["given_by"]),
                (say("Since"), pieces.moment(item["given_at"])),
            ),
            self._frame.sure(say("Hide again …"), say("These rows are not shown any more."), hide, True),
            reload=self.list.load,
        )  # fmt: skip


def _to(row: Item) -> str:
    kinds = {"role": say("role"), "group": say("group"), "account": say("person")}
    return f"{kinds[row['subject_type']]} {row['subject']}"


def _with_to(rows: list[Item]) -> list[Item]:
    return [{**row, "to": _to(row)} for row in rows]


def _what(row: Item) -> str:
    return f"{say('allow') if row['is_allowed'] else say('deny')} {row['permission']}"
