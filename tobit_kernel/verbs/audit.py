"""``audit``: who did what."""

from __future__ import annotations

from typing import Any

from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def audit(text: str = "", *, limit: int = 50, offset: int = 0, call: Call) -> Any:
    """Lists the audit of your tenant, newest first.

    Parameters
    ----------
    text
        only rows whose statement, action, resource or actor contain it
    limit
        how many
    offset
        how many to skip
    """
    data = call.gate.get("/audit", text=text, limit=limit, offset=offset)
    shown = ("at", "actor", "action", "resource", "source", "statement", "rows", "outcome")
    rows = [{name: item[name] for name in shown} for item in data["items"]]
    return Answer(data, rows, empty="Nothing matches.", note=f"{len(rows):,} of {data['total']:,}")
