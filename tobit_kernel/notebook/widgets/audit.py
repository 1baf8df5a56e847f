"""The widget of the audit: who did what, and the proof that nobody changed it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tobit_kernel.client import Gate
from tobit_kernel.errors import AuditBroken, LimitReached
from tobit_kernel.notebook.display.words import count, say
from tobit_kernel.notebook.widgets import pieces
from tobit_kernel.notebook.widgets.frame import Frame
from tobit_kernel.notebook.widgets.listing import Column, Item, Listing, plain
from tobit_kernel.verbs.audit import instant

#: A download goes through the page; what is larger is for the command line.
MOST_BYTES = 20 << 20


def audit(text: str = "", *, gate: Gate | None = None) -> Audit:
    """The audit of the tenant, newest first; ``text`` is searched for."""
    return Audit(text, gate)


class Audit(Frame):
    """Audit rows by filters, each with all that is known of it."""

    def __init__(self, text: str, gate: Gate | None) -> None:
        super().__init__(say("Audit"), gate)
        labels = {
            "actor": (say("Person"), "kim"), "action": (say("Action"), "source.add"),
            "outcome": (say("Outcome"), "ok, failed, Refused"), "source": (say("Source"), "workbench"),
            "resource": (say("Resource"), "mfg.runs"), "since": (say("Since"), say("2h, 7d or 2026-11-20")),
            "until": (say("Until"), say("1d or 2026-11-20")),
        }  # fmt: skip
        self.filters = {name: _filter(*label) for name, label in labels.items()}
        columns = [
            Column(say("When"), lambda item: pieces.moment(item["at"])),
            plain(say("Person"), "actor", 2),
            plain(say("Action"), "action", 2),
            plain(say("Resource"), "resource", 3),
            plain(say("Statement"), "statement", 4),
            plain(say("Rows"), "rows", 1, "tobit-mod-number"),
            Column(say("Outcome"), lambda item: item["outcome"], 2, _look),
        ]
        self.list = Listing(
            self, columns, self._page, self.show, say("Nothing matches."), noun=("row", "rows"),
            first_width="150px", beside=self._buttons(), text=text,
        )  # fmt: skip
        for field in self.filters.values():
            field.observe(lambda _: self.list.begin(), "value")
        self.file = pieces.row()
        if self.list.load():
            self.first(pieces.row(*self.filters.values()), self.file, self.list.box)

    def _buttons(self) -> list[Any]:
        csv = pieces.button(say("CSV"), self.doing(self.csv, say("Fetching all that matches …")))
        csv.tooltip = say("all rows that match, as a file")
        verify = pieces.button(say("Verify"), self.verify)
        verify.tooltip = say("checks every row of all tenants against its seal")
        self.run(lambda: setattr(verify.layout, "display", None if self.may("administer") else "none"))
        return [csv, verify]

    def _asked(self) -> dict[str, Any]:
        given: dict[str, Any] = {name: field.value.strip() or None for name, field in self.filters.items()}
        for name in ("since", "until"):
            given[name] = instant(name, given[name]).isoformat() if given[name] else None
        return {**given, "text": self.list.search.value.strip() or None}

    def _page(self, text: str, limit: int, offset: int) -> tuple[list[Item], int]:
        data = self.gate.get("/audit", **self._asked(), limit=limit, offset=offset)
        return data["items"], data["total"]

    def show(self, item: Item) -> None:
        """The page of one row."""
        details = pieces.facts(
            (say("When"), pieces.moment(item["at"])), (say("Person"), f"{item['actor']} ({item['actor_type']})"),
            (say("Tenant"), item["tenant"]), (say("Outcome"), item["outcome"], _look(item)),
            (say("Error"), item["error"]), (say("Reason"), item["reason"]), (say("Resource"), item["resource"]),
            (say("Source"), item["source"]), (say("Tables"), ", ".join(item["tables"])), (say("Rows"), item["rows"]),
            (say("Milliseconds"), None if item["ms"] is None else round(item["ms"], 1)),
            (say("From"), item["ip"]), (say("Program"), item["agent"]), (say("Trace"), item["trace_id"]),
            (say("Erased"), say("a person's data was removed from this row") if item["erased"] else None),
        )  # fmt: skip
        more: list[Any] = []
        if item["statement"]:
            more += [pieces.shown("section", say("Statement")), pieces.shown("code", item["statement"])]
        for name, title in (("before", say("Before")), ("after", say("After"))):
            if item[name] is not None:
                more += [pieces.shown("section", title), pieces.shown("code", pieces.pretty(item[name]))]
        self.open(f"{item['action']} · {item['id']}", details, *more, reload=self.list.load)

    def csv(self) -> str:
        """A link to all rows that match, as a file."""
        found = bytearray()
        for piece in self.gate.pieces("/audit", "text/csv", **self._asked()):
            found += piece
            if len(found) > MOST_BYTES:
                raise LimitReached(
                    say("This is more than a page can hand over."),
                    say("Narrow it down by time, or take `tobit audit --as csv --limit …`."),
                )
        text = say("audit.csv, {size:,.0f} kB").format(size=len(found) / 1000)
        self.file.children = (pieces.shown("download", "audit.csv", b64encode(found).decode(), text),)
        return str(say("The file is above the list."))

    def verify(self) -> bool:
        """Checks every row; shows how far it is, then what was found."""

        def report(event: dict[str, Any]) -> None:
            told = say("Verifying: {done:,} of {total:,} rows …")
            self.tell(told.format(done=event["done"], total=event["total"]))

        def work() -> str:
            data = self.gate.follow("/audit/verify", report)
            if not data["intact"]:
                raise AuditBroken("\n".join(each["message"] for each in data["findings"][:20]), **data)
            told = say("The audit is as it was written: {rows} under {seals}.")
            return str(
                told.format(rows=count(data["rows"], "row", "rows"), seals=count(data["seals"], "seal", "seals"))
            )

        return self.run(work, say("Verifying …"))


def _filter(label: str, example: str) -> Any:
    layout, style = {"width": "215px"}, {"description_width": "75px"}
    field = pieces.text(label, example=example)
    field.layout, field.style, field.continuous_update = layout, style, False
    return field


def _look(item: Item) -> str:
    return "" if item["outcome"] == "ok" else "tobit-mod-bad"
