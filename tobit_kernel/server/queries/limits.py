"""What holds a query back, and what is counted of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.queries.quotas import Quotas
from tobit_kernel.server.queries.slow import SlowQueries
from tobit_kernel.server.queries.turns import Room, Turns
from tobit_kernel.server.queries.usage import Usage


@dataclass(frozen=True)
class Limits:
    """The limits of one gateway."""

    turns: Turns
    quotas: Quotas
    usage: Usage
    slow: SlowQueries
    #: Bytes of one answer.
    answer_bytes: int

    async def refresh(self) -> None:
        """Writes what was used, reads what all use; called every second or so."""
        await self.quotas.refresh()

    async def expire(self) -> None:
        """Drops what is old."""
        await self.usage.expire()
        await self.slow.expire()

    async def close(self) -> None:
        """Writes what is left."""
        await self.slow.close()
        await self.usage.flush()


def limits(engine: AsyncEngine, size: int, room: Room, slow_query_s: float, answer_bytes: int) -> Limits:
    """Limits for ``size`` statements at the same time, of them ``room`` for each."""
    usage = Usage(engine)
    return Limits(Turns(size), Quotas(engine, usage, room), usage, SlowQueries(engine, slow_query_s), answer_bytes)
