"""``queries``: own history, slow statements, and what was used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def queries(
    text: str = "",
    *,
    limit: int = 50,
    offset: int = 0,
    slow: bool = False,
    all: bool = False,
    usage: bool = False,
    by: Literal["user", "source", "table"] = "user",
    since: str = "7d",
    call: Call,
) -> Any:
    """Lists your own earlier queries, newest first.

    Parameters
    ----------
    text
        only those that contain it
    limit
        how many
    offset
        how many to skip
    slow
        those that took long, with what their plans say
    all
        with --slow: of the whole tenant, for managers
    usage
        what was used, by day; managers see the whole tenant
    by
        with --usage: user, source or table
    since
        with --usage: days back, such as 30d, or a day as 2026-11-01
    """
    if slow:
        return _slow(call, all, limit, offset)
    if usage:
        data = call.gate.get("/usage", by=by, since=_first_day(since))
        return Answer(data, data, empty="Nothing was used in that time.", columns=["day", "name"] if not data else [])
    data = call.gate.get("/queries", text=text, limit=limit, offset=offset)
    rows = [
        {
            "at": item["at"],
            "source": item["source"],
            "statement": item["statement"],
            "rows": item["rows"],
            "ms": item["ms"] and round(item["ms"], 1),
            "cached": item["cached"],
            "outcome": item["outcome"],
        }
        for item in data["items"]
    ]
    return Answer(
        data, rows, empty="No queries yet: `%%tobit sql`, then `select 1`.", note=f"{len(rows):,} of {data['total']:,}"
    )


def _slow(call: Call, all: bool, limit: int, offset: int) -> Answer:
    data = call.gate.get("/queries/slow", all=all, limit=limit, offset=offset)
    rows = [
        {
            "at": item["at"],
            **({"user": item["actor"]} if all else {}),
            "source": item["source"],
            "statement": item["statement"],
            "seconds": round(item["ms"] / 1000, 1),
            "rows": item["rows"],
            "outcome": item["outcome"],
            "hint": " ".join(item["hints"]),
            "plan": item["plan"],
        }
        for item in data["items"]
    ]
    return Answer(data, rows, empty="No statement took long.", note=f"{len(rows):,} of {data['total']:,}")


def _first_day(since: str) -> str:
    """The first day of ``7d`` or ``2026-11-01``."""
    days = since.removesuffix("d")
    if since.endswith("d") and days.isdecimal() and int(days) < 10_000:
        return (datetime.now(UTC).date() - timedelta(days=max(int(days) - 1, 0))).isoformat()
    return since
