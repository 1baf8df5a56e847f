"""``stop``: end the gate."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from tobit_kernel.autostart import facts_of, running
from tobit_kernel.errors import Conflict, GateUnavailable
from tobit_kernel.settings import settings
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call

_LIMIT_S = 30.0


def stop(*, call: Call) -> Any:
    """Ends the gate and everything it started; the next cell starts it again."""
    home = settings().home
    facts = facts_of(home) or {}
    pid = int(facts.get("pid", 0))
    if not _is_gate(pid):
        return Answer({"stopped": False}, text=f"No gate runs for {home}.")
    try:
        gate = running(settings())
    except Conflict:  # of another version: it hears a signal too
        gate = None
    if gate is None:
        os.kill(pid, signal.SIGTERM)
    else:
        gate.post("/stop")
    with call.working() as report:
        report(0, None, "ending the gate")
        _wait(pid)
    return Answer({"stopped": True}, text=f"The gate of {home} has ended.")


def _wait(pid: int) -> None:
    until = time.monotonic() + _LIMIT_S
    while _is_gate(pid):
        if time.monotonic() > until:
            raise GateUnavailable(f"The gate (process {pid}) did not end within {_LIMIT_S:.0f} s.", "Try again.")
        time.sleep(0.02)


def _is_gate(pid: int) -> bool:
    """Whether that process is a living gate, and not another that got its number."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return b"gateway" in command and state != "Z"
