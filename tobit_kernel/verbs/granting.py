"""What ``users`` does with permissions and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from tobit_kernel.client import path_of
from tobit_kernel.errors import InputError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Surroundings
from tobit_kernel.wire.people import DIMENSIONS

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
    only: tuple[str, ...],
) -> Answer:
    """One change of permission or rows; without one all that were made."""
    if take is not None:
        data = call.gate.delete(path_of("access", "permissions", str(take)), tenant=given.tenant)
        return Answer(data, text=f"Removed: {_words(data)}.")
    if allow or deny:
        body = {**given.body(), "permission": allow or deny, "resource": given.on, "is_allowed": allow is not None}
        data = call.gate.post("/access/permissions", body, tenant=given.tenant)
        return Answer(data, text=f"{_words(data)}.")
    if only:
        return _only(call, given, only)
    if show:
        return _shown(call, given, show)
    if hide:
        return _hidden(call, given, hide)
    return _listed(call.gate.get("/access", tenant=given.tenant))


def _wanted(words: tuple[str, ...]) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for word in words:
        dimension, equals, value = word.partition("=")
        if not equals or not value:
            raise InputError(f"{word!r} names no rows.", "Write dimension=value, as line=L-PRS-1; all=* for all rows.")
        wanted.setdefault(dimension, []).extend(value.split(","))
    return wanted


def _only(call: Surroundings, given: Given, words: tuple[str, ...]) -> Answer:
    data = call.gate.put("/access/scopes", {**given.body(), "values": _wanted(words)}, tenant=given.tenant)
    told = [f"{given.to} is shown {', '.join(words)}, and all of the other dimensions."]
    return Answer(data, text="\n".join([*told, *_nowhere(data["unknown"])]))


def _shown(call: Surroundings, given: Given, words: tuple[str, ...]) -> Answer:
    changed, unknown = 0, []
    for dimension, values in _wanted(words).items():
        body = {**given.body(), "dimension": dimension, "values": values}
        data = call.gate.post("/access/scopes", body, tenant=given.tenant)
        changed += data["rows"]
        unknown += data["unknown"]
    lacking = _lacking(call, given)
    told = [f"{', '.join(words)} shown to {given.to} ({changed} changed).", *_nowhere(unknown)]
    if lacking:
        others = "" if given.to.startswith("role:") else " of their own"
        told += [
            f"They see no rows{others} yet: {', '.join(lacking)} {'has' if len(lacking) == 1 else 'have'} no value.",
            f"Add all of them with `--show-rows {' '.join(f'{name}=*' for name in lacking)} --to {given.to}`;"
            f" `--only {' '.join(words)}` does both at once.",
        ]
    return Answer({"rows": changed, "unknown": unknown, "lacking": lacking}, text="\n".join(told))


def _hidden(call: Surroundings, given: Given, words: tuple[str, ...]) -> Answer:
    changed = 0
    for dimension, values in _wanted(words).items():
        body = {**given.body(), "dimension": dimension, "values": values}
        changed += call.gate.delete("/access/scopes", body, tenant=given.tenant)["rows"]
    return Answer({"rows": changed}, text=f"{', '.join(words)} hidden from {given.to} ({changed} changed).")


def _nowhere(unknown: list[str]) -> list[str]:
    """A warning of values that are misspelt, or of rows that are still to come."""
    return [f"Careful: no row of this tenant has {', '.join(unknown)}."] if unknown else []


def _lacking(call: Surroundings, given: Given) -> list[str]:
    """Dimensions without a value for the subject itself; who sees all by their role lacks none."""
    if given.to in ("role:admin", "role:manager"):
        return []
    body = given.body()
    kept = [
        each["dimension"]
        for each in call.gate.get("/access", tenant=given.tenant)["scopes"]
        if (each["subject_type"], each["subject"]) == (body["subject_type"], body["subject"])
    ]
    return [] if "all" in kept else [name for name in get_args(DIMENSIONS) if name not in (*kept, "all")]


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
