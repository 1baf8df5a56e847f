"""``stop``: end the gate."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from tobit_kernel.autostart import facts_of, of_team, running
from tobit_kernel.errors import Conflict, GateUnavailable, Refused, Unauthenticated
from tobit_kernel.runtime import process_began
from tobit_kernel.settings import settings
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call

_LIMIT_S = 30.0


def stop(*, team: bool = False, call: Call) -> Any:
    """Ends the gate and everything it started; the next cell starts it again.

    Parameters
    ----------
    team
        end it also where it is a team's, for everybody; only `tobit gateway --team` starts it again
    """
    home = settings().home
    facts = facts_of(home) or {}
    pid, began = int(facts.get("pid", 0)), str(facts.get("began", ""))
    if not _lives(pid, began):
        return Answer({"stopped": False}, text=f"No gate runs for {home}.")
    if of_team(settings()) and not team:
        where = facts.get("tcp") or facts.get("url")
        raise Refused(f"The gate {where} of {home} is a team's.", "`tobit stop --team` ends it for everybody.")
    try:
        gate = running(settings())
    except (Conflict, Unauthenticated):  # of another version, or a team's: its own account may end it by a signal
        gate = None
    if gate is None:
        os.kill(pid, signal.SIGTERM)
    else:
        gate.post("/stop")
    with call.working() as report:
        report(0, None, "ending the gate")
        _wait(pid, began)
    return Answer({"stopped": True}, text=f"The gate of {home} has ended.")


def _wait(pid: int, began: str) -> None:
    until = time.monotonic() + _LIMIT_S
    while _lives(pid, began):
        if time.monotonic() > until:
            raise GateUnavailable(f"The gate (process {pid}) did not end within {_LIMIT_S:.0f} s.", "Try again.")
        time.sleep(0.02)


def _lives(pid: int, began: str) -> bool:
    """Whether that very process runs, and not another that got its number."""
    return bool(began) and process_began(pid) == began
