"""Runs a piece of Python in a fresh process and tells how long its last part took and what memory that needed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

#: Around the measured text: names of its own, the time, and the peak of the process from there on.
_PROGRAM = """
import gc, json, sys, time
_told = json.load(sys.stdin)
given = _told["given"]
def _peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) * 1024
def _now():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) * 1024
_names = {"given": given, "said": None}
exec(compile(_told["before"], "before", "exec"), _names)
gc.collect()
open("/proc/self/clear_refs", "w").write("5")
_start, _began = _now(), time.perf_counter()
exec(compile(_told["work"], "work", "exec"), _names)
_seconds = time.perf_counter() - _began
sys.__stdout__.write("\\n@@" + json.dumps([_seconds, _peak() - _start, _names["said"]]) + "\\n")
"""


@dataclass(frozen=True)
class Run:
    """One run: its time, the memory it needed beyond what was there, and what it left in ``said``."""

    seconds: float
    peak_bytes: int
    said: object = None


@dataclass(frozen=True)
class Runs:
    """Several runs of the same."""

    each: list[Run]

    @property
    def median_s(self) -> float:
        return median(run.seconds for run in self.each)

    @property
    def best_s(self) -> float:
        return min(run.seconds for run in self.each)

    @property
    def peak_bytes(self) -> int:
        return round(median(run.peak_bytes for run in self.each))


def measured(before: str, work: str, given: Mapping[str, object], environment: Mapping[str, str]) -> Run:
    """``work`` after ``before`` in a process of its own; both see ``given``, and may put something into ``said``."""
    told = json.dumps({"before": before, "work": work, "given": dict(given)})
    done = subprocess.run([sys.executable, "-c", _PROGRAM], input=told, env=dict(environment), text=True,
                          capture_output=True, check=False, cwd="/")  # fmt: skip
    if done.returncode:
        sys.exit(f"A benchmark failed:\n{before}{work}\n{done.stderr[-3000:]}")
    # Other lines are what the measured program printed.
    return Run(*json.loads(done.stdout.rpartition("@@")[2].partition("\n")[0]))


class Process:
    """The memory of another process."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")

    def restart(self) -> None:
        """Forgets the peak so far."""
        (self._folder / "clear_refs").write_text("5")

    @property
    def peak_bytes(self) -> int:
        """The peak since ``restart``."""
        return self._field("VmHWM")

    def _field(self, name: str) -> int:
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024
