"""Who owns the embedded server of a home: a file lock that the system drops when the owner ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from tobit_kernel.errors import Conflict
from tobit_kernel.runtime import unwritable

#: How long a start waits for a predecessor that is about to end.
TAKEOVER_LIMIT_S = 10.0


class HomeLock:
    """``postgres.lock`` of one home; it holds the owner's process number."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.file = home / "postgres.lock"
        self._held: int | None = None

    def take(self) -> None:
        """Holds the lock until ``release()`` or the end of this process; ``Conflict`` names who has it."""
        if self._held is not None:
            return
        try:
            lock = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unwritable(self.file, error) from error
        end = time.monotonic() + TAKEOVER_LIMIT_S
        while not _locked(lock):
            if time.monotonic() > end:
                owner = os.pread(lock, 20, 0).decode() or "unknown"
                os.close(lock)
                raise Conflict(
                    f"The database of {str(self.home)!r} is run by another Tobit (process {owner}).",
                    "Use that one, or end it with `tobit stop`.",
                )
            time.sleep(0.05)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._held = lock

    def release(self) -> None:
        """Gives the home free; safe to repeat."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
