"""``queries``: own history."""

from __future__ import annotations

from typing import Any

from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def queries(text: str = "", *, limit: int = 50, offset: int = 0, call: Call) -> Any:
    """Lists your own earlier queries, newest first.

    Parameters
    ----------
    text
        only those that contain it
    limit
        how many
    offset
        how many to skip
    """
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
