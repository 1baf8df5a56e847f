"""How often somebody may ask: a moving window of a minute, in this gateway's memory.

Several gateways before one database count for themselves.
"""

from __future__ import annotations

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from tobit_kernel.errors import RateLimited
from tobit_kernel.server.identity.principal import Principal, Via


class Rates:
    """The requests of everybody within the last minute."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[int, RateLimitItemPerMinute] = {}

    def check(self, principal: Principal, own: int | None = None) -> None:
        """Counts a request; ``RateLimited`` when it is one too many. ``own`` goes before the usual number; 0: none."""
        amount = self._per_minute if own is None else own
        if not amount and own is None:
            return
        # a key counts for itself: a program that runs wild does not lock its owner out
        who = f"key/{principal.credential}" if principal.via is Via.KEY else f"{principal.tenant}/{principal.user}"
        item = self._items.get(amount) or self._items.setdefault(amount, RateLimitItemPerMinute(max(amount, 1)))
        if amount and self._window.hit(item, who):
            return
        wait_s = max(self._window.get_window_stats(item, who).reset_time - time.time(), 1.0)
        raise RateLimited(
            f"More than {amount:,} requests in a minute.",
            f"Wait {wait_s:.0f} s; a manager can allow more.",
            retry_after_s=round(wait_s),
        )
