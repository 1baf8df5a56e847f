"""Statements that run at the same time: so many per user, per tenant and in all; others wait for their turn."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from tobit_kernel.errors import Cancelled, RateLimited
from tobit_kernel.server.identity.principal import Principal


@dataclass(frozen=True)
class Room:
    """How many statements may run at the same time."""

    user: int
    tenant: int


@dataclass(eq=False)
class Turn:
    """A statement's place; asked for, and then given back."""

    tenant: str
    user: str
    room: Room
    _given: asyncio.Event = field(default_factory=asyncio.Event)


class Turns:
    """Who runs and who waits, of one gateway.

    The next turn goes to whoever has the fewest running, then to who has waited longest: one person with a
    hundred statements does not stand before everybody else.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._running = 0
        self._users: Counter[tuple[str, str]] = Counter()
        self._tenants: Counter[str] = Counter()
        self._waiting: list[Turn] = []

    async def take(self, principal: Principal, room: Room, wait_s: float, gone: asyncio.Event) -> Turn:
        """A turn; ``RateLimited`` when none came within ``wait_s``, ``Cancelled`` when the caller left."""
        turn = Turn(principal.tenant, principal.user, room)
        if not self._waiting and self._fits(turn):
            self._begin(turn)
            return turn
        self._waiting.append(turn)
        self._next()  # the others may wait for room of their own
        leaving = asyncio.ensure_future(gone.wait())
        given = asyncio.ensure_future(turn._given.wait())
        try:
            await asyncio.wait({leaving, given}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        except BaseException:
            self._forget(turn)
            raise
        finally:
            leaving.cancel()
            given.cancel()
        if turn._given.is_set():
            return turn
        self._waiting.remove(turn)
        if gone.is_set():
            raise Cancelled()
        raise self._busy(turn)

    def give_back(self, turn: Turn) -> None:
        """Lets the next one run."""
        self._running -= 1
        self._users[turn.tenant, turn.user] -= 1
        self._tenants[turn.tenant] -= 1
        self._users, self._tenants = +self._users, +self._tenants  # without those at zero
        self._next()

    def _forget(self, turn: Turn) -> None:
        if turn._given.is_set():
            self.give_back(turn)
        else:
            self._waiting.remove(turn)

    def _fits(self, turn: Turn) -> bool:
        return (
            self._running < self._size
            and self._users[turn.tenant, turn.user] < turn.room.user
            and self._tenants[turn.tenant] < turn.room.tenant
        )

    def _begin(self, turn: Turn) -> None:
        self._running += 1
        self._users[turn.tenant, turn.user] += 1
        self._tenants[turn.tenant] += 1
        turn._given.set()

    def _next(self) -> None:
        while self._running < self._size:
            able = [turn for turn in self._waiting if self._fits(turn)]
            if not able:
                return
            turn = min(able, key=lambda each: self._users[each.tenant, each.user])  # the first of equals
            self._waiting.remove(turn)
            self._begin(turn)

    def _busy(self, turn: Turn) -> RateLimited:
        own, all_ = self._users[turn.tenant, turn.user], self._tenants[turn.tenant]
        if own >= turn.room.user:
            message = f"{own} statements of yours run already, and more may not at the same time."
        else:
            message = f"{all_} statements of your tenant run already; none ended while this one waited."
        return RateLimited(
            message, "Run it again when one has ended, or wait longer with --timeout 5m.", retry_after_s=1
        )
