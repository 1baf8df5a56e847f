"""``format``: lay SQL out."""

from __future__ import annotations

from typing import Any

from tobit_kernel.errors import InputError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def format_(*, source: str = "workbench", call: Call) -> Any:
    """Lays a statement out: one clause a line. Parameters stay as they are.

    Parameters
    ----------
    source
        whose SQL it is
    """
    if not (call.body or "").strip():
        raise InputError("There is no statement.", "Write it below the line: `%%tobit format`, then `select …`.")
    data = call.gate.post("/query/format", {"statement": call.body, "source": source})
    return Answer(data, text=data["sql"])
