"""``trace``: what one request did, step by step."""

from __future__ import annotations

from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def trace(trace_id: str, *, call: Call) -> Any:
    """Shows the steps of a request and how long each took.

    Parameters
    ----------
    trace_id
        from a result, an error or `queries --as json`
    """
    data = call.gate.get(path_of("traces", trace_id))
    known = {span["span_id"] for span in data["spans"]}
    depth: dict[str, int] = {}
    rows = []
    for span in data["spans"]:
        parent = span["parent_id"]
        depth[span["span_id"]] = depth.get(parent, -1) + 1 if parent in known else 0
        rows.append(
            {
                "step": "  " * depth[span["span_id"]] + span["name"],
                "ms": round(span["ms"], 2),
                "status": span["status"],
                "started_at": span["started_at"],
            }
        )
    return Answer(data, rows)
