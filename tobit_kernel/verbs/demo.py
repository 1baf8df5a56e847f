"""``demo``: data to try things on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import Conflict, InputError, InternalError, Refused
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call, Surroundings
from tobit_kernel.wire.models import QueryRequest

if TYPE_CHECKING:
    from tobit_kernel.client import Gate

_PAUSE_S = 0.2


def demo(*, scale: float | None = None, wait: bool = True, call: Call) -> Any:
    """Fills `ops` (hosts, services, metrics, events) and `mfg` (production) with demo data.

    Always the same data, with incidents whose cause is known. Data that is there already stays,
    unless --scale asks for it anew, up to today. It is made in the background; an interrupt stops
    the watching, not the work. In a team administrators make it; others are told that it is there.

    Parameters
    ----------
    scale
        how much, above 0 and up to 1: 0.1 where there is none yet; 1 is 10.8 million metric
        values and takes a minute or two
    wait
        watch until it is done
    """
    if scale is not None and not 0 < scale <= 1:
        raise InputError("--scale lies between 0 and 1.", "0.1 is the default; 1 is 10.8 million metric values.")
    gate = call.gate
    try:
        data = gate.post("/demo", scale=scale)
    except Conflict:
        data = gate.get("/demo")  # it runs already: watch that one
    except Refused:
        if scale is not None or not _is_there(gate):
            raise
        return Answer({"state": "done"}, text="The demo data is there; administrators make it anew.")
    if not wait:
        return Answer(data, text="Demo data is being made; `%tobit demo` shows how far it is.")
    try:
        data = _watched(gate, data, call)
    except KeyboardInterrupt:
        return Answer(data, text="It goes on in the background; `%tobit demo` watches it again.")
    if data["state"] == "failed":
        raise InternalError(
            f"The demo data is not complete: {data['error']}", "Run it again; it completes what is missing."
        )
    rows = [{"table": name, "rows": count} for name, count in (data["result"] or {}).items()]
    return Answer(data, rows, note="`%tobit tables` lists them; the tutorial 01-first-steps asks them.")


def _is_there(gate: Gate) -> bool:
    """Whether the caller sees any of it."""
    found = gate.query(QueryRequest(statement="select 1 from ops.ci where is_demo", limit=1))
    return bool(found.to_arrow().num_rows)


def _watched(gate: Gate, data: Any, call: Surroundings) -> Any:
    with call.working(("step", "steps")) as report:
        while data["state"] == "running":
            report(data["done"], data["total"], data["note"])
            time.sleep(_PAUSE_S)
            data = gate.get("/demo")
    return data
