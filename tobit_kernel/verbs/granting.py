"""What ``users`` does with permissions and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.errors import InputError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Surroundings

_KINDS = {"role": "role", "group": "group", "user": "account"}


@dataclass(frozen=True)
class Given:
    """Whom something is given to or taken from, on what, and why."""

    to: str
    on: str
    reason: str
    tenant: str | None

    def body(self) -> dict[str, Any]:
        """The subject and the reason; ``InputError`` says what is missing."""
        kind, _, subject = self.to.partition(":")
        if kind not in _KINDS or not subject:
            raise InputError("To whom?", "Add --to role:analyst, --to group:line4 or --to user:kim.")
        if not self.reason:
            raise InputError("This needs a reason.", 'Add -m "why": it is shown to whom it refuses something.')
        return {"subject_type": _KINDS[kind], "subject": subject, "reason": self.reason}


def granted(
    call: Surroundings,
    given: Given,
    allow: str | None,
    deny: str | None,
    take: int | None,
    show: tuple[str, ...],
    hide: tuple[str, ...],
) -> Answer:
    """One change of permission or rows; without one all that were made."""
    if take is not None:
        data = call.gate.delete(path_of("access", "permissions", str(take)), tenant=given.tenant)
        return Answer(data, text=f"Removed: {_words(data)}.")
    if allow or deny:
        body = {**given.body(), "permission": allow or deny, "resource": given.on, "is_allowed": allow is not None}
        data = call.gate.post("/access/permissions", body, tenant=given.tenant)
        return Answer(data, text=f"{_words(data)}.")
    if show or hide:
        return _rows(call, given, show or hide, bool(show))
    return _listed(call.gate.get("/access", tenant=given.tenant))


def _rows(call: Surroundings, given: Given, words: tuple[str, ...], shown: bool) -> Answer:
    wanted: dict[str, list[str]] = {}
    for word in words:
        dimension, equals, value = word.partition("=")
        if not equals or not value:
            raise InputError(f"{word!r} names no rows.", "Write dimension=value, such as line=L4; all=* for all rows.")
        wanted.setdefault(dimension, []).extend(value.split(","))
    changed = 0
    for dimension, values in wanted.items():
        body = {**given.body(), "dimension": dimension, "values": values}
        call_gate = call.gate.post if shown else call.gate.delete
        changed += call_gate("/access/scopes", body, tenant=given.tenant)["rows"]
    verb = "shown to" if shown else "hidden from"
    return Answer({"rows": changed}, text=f"{', '.join(words)} {verb} {given.to} ({changed} changed).")


def _listed(data: dict[str, Any]) -> Answer:
    rows = [
        {
            "id": each["id"],
            "to": f"{_kind(each)}:{each['subject']}",
            "what": f"{'allow' if each['is_allowed'] else 'deny'} {each['permission']}",
            "on": each["resource"],
            "reason": each["reason"],
            "by": each["given_by"],
        }
        for each in data["permissions"]
    ] + [
        {
            "id": None,
            "to": f"{_kind(each)}:{each['subject']}",
            "what": "sees",
            "on": f"{each['dimension']}={each['value']}",
            "reason": each["reason"],
            "by": each["given_by"],
        }
        for each in data["scopes"]
    ]
    return Answer(data, rows, empty="Only the role matrix holds: nothing was given or taken beside it.")


def _kind(each: dict[str, Any]) -> str:
    return "user" if each["subject_type"] == "account" else str(each["subject_type"])


def _words(row: dict[str, Any]) -> str:
    verb = "allowed to" if row["is_allowed"] else "denied to"
    return f"{row['permission']} on {row['resource']} {verb} {_kind(row)}:{row['subject']}"
