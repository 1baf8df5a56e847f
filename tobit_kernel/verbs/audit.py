"""``audit``: who did what, and the proof that nobody changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import AuditBroken, InputError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call, Surroundings

if TYPE_CHECKING:
    from datetime import datetime

_SHOWN = ("at", "actor", "action", "resource", "source", "statement", "rows", "outcome", "reason", "changed")
#: Rows of one request, and of one answer.
_PAGE, _MOST = 1000, 100_000


def audit(
    text: str = "",
    *,
    actor: str | None = None,
    action: str | None = None,
    outcome: str | None = None,
    source: str | None = None,
    resource: str | None = None,
    since: str | None = None,
    until: str | None = None,
    tenant: str | None = None,
    limit: int = 50,
    offset: int = 0,
    verify: bool = False,
    browse: bool = False,
    call: Call,
) -> Any:
    """Lists the audit of your tenant, newest first; with --verify proves that all of it is as it was written.

    A verification is for administrators, because the chain of seals runs through all tenants. When it
    finds something, it names the rows and the time, and the command ends with 1.

    Parameters
    ----------
    text
        only rows whose statement, action, resource, reason, change or actor contain it
    actor
        only what this user did
    action
        only this, and what is below it: `source` finds `source.add`
    outcome
        `ok`, `failed`, or the name of an error such as `Refused`
    source
        only queries of this source
    resource
        only rows whose resource contains it
    since
        not before: `2026-11-20`, `2026-11-20T08:00`, or ago: `30m`, `2h`, `7d`
    until
        before this time
    tenant
        another tenant, or `*` for all; for administrators
    limit
        how many, up to 100,000
    offset
        how many to skip
    verify
        check every row against its seal, and the seals against the anchor
    browse
        opens it as a widget, in a notebook
    """
    if browse:
        return call.browse("audit", text=text)
    if verify:
        return _verified(call)
    asked = {"actor": actor, "action": action, "outcome": outcome, "source": source, "resource": resource}
    times = {"since": since, "until": until}
    wanted = {"text": text, **asked, **{name: _time(name, told) for name, told in times.items()}, "tenant": tenant}
    data = _paged(call, wanted, limit, offset)
    shown = _SHOWN if tenant is None else ("tenant", *_SHOWN)
    rows = [{name: {**item, "changed": _changed(item)}[name] for name in shown} for item in data["items"]]
    note = f"{len(rows):,} of {data['total']:,}"
    return Answer(data, rows, empty="Nothing matches.", note=note, whole=data["items"])


def _paged(call: Surroundings, wanted: dict[str, Any], limit: int, offset: int) -> Any:
    """``limit`` rows, fetched as pages of the gate; what is written meanwhile shifts them, and is left out."""
    if not 1 <= limit <= _MOST or offset < 0:
        raise InputError(
            f"--limit lies between 1 and {_MOST:,}, --offset at 0 or above.",
            "All of the audit as a file: GET /api/v1/audit with Accept: text/csv.",
        )
    found: dict[int, Any] = {}
    while True:
        page = min(_PAGE, limit - len(found))
        data = call.gate.get("/audit", **wanted, limit=page, offset=offset)
        found |= {item["id"]: item for item in data["items"]}
        offset += page
        if len(data["items"]) < page or len(found) >= limit:
            return {**data, "items": list(found.values())}


def _changed(item: Any) -> str | None:
    """What changed in words: ``role: analyst → operator``."""
    before, after = item["before"], item["after"]
    if not isinstance(before or {}, dict) or not isinstance(after or {}, dict):
        before, after = {"value": before}, {"value": after}
    told = []
    for name in {**(before or {}), **(after or {})}:
        old, new = (_words((side or {}).get(name)) for side in (before, after))
        if old != new:
            told.append(f"{name}: {new}" if before is None else f"{name}: {old or 'none'} → {new or 'none'}")
    return "; ".join(told) or None


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _verified(call: Surroundings) -> Answer:
    with call.working() as report:
        data = call.gate.follow("/audit/verify", lambda event: report(event["done"], event["total"], event["note"]))
    if not data["intact"]:
        first, more = data["findings"][0]["message"], len(data["findings"]) - 1
        raise AuditBroken(first if not more else f"{first} ({more} more with --as json)", **data)
    return Answer(data, text=" ".join(_told(data)))


def _told(data: Any) -> list[str]:
    rows, seals = _counted(data["rows"], "row"), _counted(data["seals"], "seal")
    said = [f"The audit is as it was written: {rows} under {seals}."]
    if data["unsealed"]:
        said.append(f"Not sealed yet: {_counted(data['unsealed'], 'row')} since {_short(data['unsealed_since'])}.")
    if data["erased"]:
        said.append(f"Emptied for people who were erased: {_counted(data['erased'], 'row')}.")
    if data["dropped"]:
        count = len(data["dropped"])
        what = "partition was" if count == 1 else "partitions were"
        said.append(f"{count} {what} dropped by retention: {', '.join(data['dropped'])}.")
    if data["seals"] and not data["anchored"]:
        said.append("There is no anchor in this home, so a cut-off end would not show.")
    return said


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _short(time: str) -> str:
    return time[:19].replace("T", " ")


def _time(name: str, told: str | None) -> str | None:
    """ISO 8601 with a zone; a time without one is the user's."""
    if told is None:
        return None
    return instant(name, told).isoformat()


def instant(name: str, told: str) -> datetime:
    """The time that ``told`` means: ISO 8601, or ago as ``2h``; ``InputError`` names the option."""
    import re
    from datetime import UTC, datetime, timedelta

    ago = re.fullmatch(r"(\d{1,6})([smhd])", told)
    if ago:
        unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[ago[2]]
        return datetime.now(UTC) - timedelta(**{unit: int(ago[1])})
    try:
        return datetime.fromisoformat(told).astimezone()
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"--{name} {told!r} is no time.", "Write 2026-11-20, 2026-11-20T08:00, or 30m, 2h, 7d."
        ) from None
