"""What a data folder says about its server: ``postmaster.pid``, and which processes live in it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tobit_kernel.errors import Conflict


@dataclass(frozen=True)
class Postmaster:
    """One ``postmaster.pid``: the process and its state (``starting``, ``ready``, ``stopping``)."""

    pid: int
    state: str

    @classmethod
    def of(cls, data: Path) -> Postmaster | None:
        """What is written in ``data``; None without a file, or with one that is not complete."""
        try:
            lines = (data / "postmaster.pid").read_text(errors="replace").splitlines()
            return cls(abs(int(lines[0])), lines[7].strip() if len(lines) > 7 else "starting")
        except (FileNotFoundError, IndexError, ValueError):
            return None


def processes_of(data: Path) -> list[int]:
    """The processes of PostgreSQL that work in ``data``: a server and its backends, also orphaned ones.

    Each of them has the data folder as its working directory. Where there is no ``/proc``
    only the server named in ``postmaster.pid`` is found.
    """
    if not Path("/proc/self").exists():
        found = Postmaster.of(data)
        return [found.pid] if found and "postgres" in _command_elsewhere(found.pid) else []
    home = os.path.realpath(data)
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and _works_in(entry, home)]


def end_orphan(data: Path, limit_s: float = 60) -> bool:
    """Ends what is left of a server whose owner is gone; True if there was something.

    First the fast way (it ends sessions and writes a checkpoint), then at once, which leaves
    recovery to the next start. Backends that outlived their server are ended too: a new server
    beside them would damage the data. The caller holds the home's lock.
    """
    left = processes_of(data)
    if not left:
        return False
    found = Postmaster.of(data)
    for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        orphaned = found is None or found.pid not in left
        for pid in left if orphaned or kind == signal.SIGKILL else [found.pid]:  # type: ignore[union-attr]
            _send(pid, kind)
        left = _remaining(data, limit_s / 3 if not orphaned else limit_s / 30)
        if not left:
            return True
    raise Conflict(
        f"A PostgreSQL (process {left[0]}) still works in {str(data)!r} and does not end.",
        f"End process {left[0]} yourself and start again.",
    )


def clear_stale(files: Iterable[Path], data: Path) -> None:
    """Removes lock files whose process number belongs to something else by now.

    PostgreSQL removes them itself when no such process lives, but refuses to start when there
    is one of the same account. Removed only when nothing works in ``data`` any more, because
    the file is also PostgreSQL's own guard against a second server.
    """
    for file in files:
        try:
            pid = abs(int(file.read_text(errors="replace").split("\n", 1)[0]))
        except FileNotFoundError:
            continue
        except ValueError:
            pid = 0  # cut off while it was written
        if (pid == 0 or _lives(pid)) and not processes_of(data):
            file.unlink(missing_ok=True)


def _works_in(process: str, home: str) -> bool:
    try:
        # A dead process that nobody has waited for has no working directory.
        works_here = os.readlink(f"/proc/{process}/cwd") == home
        return works_here and b"postgres" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def _remaining(data: Path, limit_s: float) -> list[int]:
    end = time.monotonic() + limit_s
    while (left := processes_of(data)) and time.monotonic() < end:
        time.sleep(0.02)
    return left


def _send(pid: int, kind: signal.Signals) -> None:
    try:
        os.kill(pid, kind)
    except ProcessLookupError:
        pass


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command_elsewhere(pid: int) -> str:
    listed = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603
    return listed.stdout
