"""Whether anybody still uses the gate: it ends itself when nobody does."""

from __future__ import annotations

import time
from types import TracebackType


class Activity:
    """Counts requests under way and remembers when the last one ended. Entered per request."""

    def __init__(self) -> None:
        self._running = 0
        self._last = time.monotonic()

    def __enter__(self) -> None:
        self._running += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running -= 1
        self._last = time.monotonic()

    @property
    def idle_s(self) -> float:
        """Seconds since the last request ended; 0 while one runs."""
        return 0.0 if self._running else time.monotonic() - self._last
