"""``keys``: what programs work with in your name."""

from __future__ import annotations

from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call, Words
from tobit_kernel.verbs.parse import seconds


def keys(
    *,
    add: str | None = None,
    may: Words = (),
    days: int = 90,
    rotate: str | None = None,
    grace: str = "1h",
    revoke: str | None = None,
    user: str | None = None,
    browse: bool = False,
    call: Call,
) -> Any:
    """Lists your API keys; makes, renews and ends them. A key's token is shown once.

    `--add ci --may read load --days 30` makes one that may no more than that. Programs send it as
    `Authorization: Bearer …`.

    Parameters
    ----------
    add
        name of a new key
    may
        permissions of the new key, among your own; only `read` where none is given
    days
        days that the new key works, at most 365
    rotate
        make a new token for this key; the old one works a little longer
    grace
        how long: 10m, 1h, at most 24h
    revoke
        end this key at once
    user
        somebody else's keys, `*` for everybody's; for those who answer for people
    browse
        opens them as a widget, in a notebook
    """
    if browse:
        return call.browse("keys")
    if add is not None:
        made = call.gate.post("/keys", {"name": add, "permissions": list(may) or ["read"], "days": days})
        return Answer(made, text=_told(made))
    if rotate is not None:
        made = call.gate.post(path_of("keys", rotate, "rotate"), {"grace_s": int(seconds(grace, "--grace"))})
        return Answer(made, text=f"{_told(made)}\nThe old one works for {grace} more.")
    if revoke is not None:
        data = call.gate.delete(path_of("keys", revoke), user=user)
        return Answer(data, text=f"The key {revoke} of {data['user']} has ended.")
    data = call.gate.get("/keys", user=user)
    whose = ["account"] if user else []
    names = ["id", *whose, "name", "hint", "permissions", "ends_at", "last_used_at"]
    rows = [{name: _shown(each[name]) for name in names} for each in data]
    return Answer(data, rows, empty="There are no keys.", columns=names)


def _told(made: dict[str, Any]) -> str:
    until = str(made["ends_at"] or "for good")[:10]
    about = f"Key {made['id']} {made['name']!r} may {_shown(made['permissions'])}, until {until}."
    return f"{made['token']}\nIt is shown this once. {about}"


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    return value[:16].replace("T", " ") if isinstance(value, str) and len(value) > 19 and value[4:5] == "-" else value
