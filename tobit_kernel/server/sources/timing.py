"""The end of a statement that runs in this process: its time is over, or somebody cancels it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from typing import Any

from tobit_kernel.errors import TimedOut
from tobit_kernel.server.sources.source import Cancellation


class Deadline:
    """Calls what is attached when the time is over or at a cancel; ``check`` raises then."""

    def __init__(self, timeout_s: float, cancellation: Cancellation) -> None:
        self._end = time.monotonic() + timeout_s
        self._over = False
        self._cancellation = cancellation
        self._stop: Callable[[], None] = lambda: None
        self._timer = Timer(timeout_s, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def __enter__(self) -> Deadline:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    @property
    def left_s(self) -> float:
        """Seconds that are left, never quite none: a socket takes 0 for "do not wait"."""
        return max(self._end - time.monotonic(), 0.001)

    def attach(self, stop: Callable[[], None]) -> None:
        """``stop`` ends the work, from any thread; it may fail."""
        self._stop = stop
        self._cancellation.attach(stop)
        if self._over or self._cancellation.asked:  # it rang before there was anything to stop
            with suppress(Exception):
                stop()

    def check(self) -> None:
        """Raises ``Cancelled`` or ``TimedOut``."""
        self._cancellation.check()
        if self._over or time.monotonic() > self._end:
            raise TimedOut()

    def close(self) -> None:
        """The work is done."""
        self._timer.cancel()
        self._stop = lambda: None
        self._cancellation.attach(self._stop)

    def _ring(self) -> None:
        self._over = True
        with suppress(Exception):
            self._stop()
