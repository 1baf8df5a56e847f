"""``whoami``: for whom the gate takes you."""

from __future__ import annotations

from typing import Any

from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def whoami(*, browse: bool = False, call: Call) -> Any:
    """Shows your tenant, user name and role, what you may, which rows you see, and how you came in.

    Parameters
    ----------
    browse
        opens your sessions as a widget, in a notebook
    """
    if browse:
        return call.browse("sessions")
    data = call.gate.get("/me")
    lines = [f"{data['user']} @ {data['tenant']}, {data['role']}"]
    if data["groups"]:
        lines.append(f"groups: {', '.join(data['groups'])}")
    lines.append(f"may:    {', '.join(data['permissions']) or 'nothing'}")
    lines.append(f"sees:   {_rows(data['scopes'])}")
    lines.append(f"by:     {_WAYS.get(data['via'], data['via'])}")
    if data["must_change_password"]:
        lines.append("Your password must be changed first: `%tobit login --change-password`.")
    return Answer(data, text="\n".join(lines))


_WAYS = {"local": "the token of your own machine", "session": "a session", "key": "an API key", "share": "a share link"}


def _rows(scopes: dict[str, list[str]]) -> str:
    if "*" in scopes.get("all", []):
        return "all rows of the tenant"
    shown = [f"{name} {', '.join(values)}" for name, values in sorted(scopes.items())]
    return "; ".join(shown) or "no rows of shared tables; somebody in charge of people can show some"
