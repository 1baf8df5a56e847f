"""``status``: how the gate and its parts are."""

from __future__ import annotations

from typing import Any

from tobit_kernel.autostart import address_of, facts_of, of_team, running, team_is_down
from tobit_kernel.settings import settings
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def status(*, call: Call) -> Any:
    """Shows the gate and every part of it; starts nothing."""
    told = settings()
    gate = call.gate if address_of(told) else running(told)
    if gate is None and of_team(told):
        raise team_is_down()
    if gate is None:
        stale = facts_of(told.home) is not None
        data: Any = {"version": None, "home": str(told.home), "pid": None, "uptime_s": 0.0, "parts": []}
        why = " (its last one was killed; that harms nothing)" if stale else ""
        return Answer(data, text=f"No gate runs for {told.home}{why}. The first cell starts one.")
    data = gate.get("/status")
    home = data["home"] or "of a team"  # only administrators are told where
    note = f"Tobit {data['version']} · {home} · up {data['uptime_s']:,.0f} s"
    return Answer(data, data["parts"], note=note)
