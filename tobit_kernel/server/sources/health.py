"""Looks after registered sources from time to time."""

from __future__ import annotations

import asyncio

import structlog

from tobit_kernel.server.sources.records import Sources

log = structlog.get_logger(__name__)

#: How often a source is asked, how often somebody looks which are due, and how many at a time.
LOOK_S, ROUND_S, MOST = 60.0, 5.0, 4


async def keep_looking(sources: Sources) -> None:
    """Keeps the state of every source about a minute old; survives a database that is away."""
    while True:
        await asyncio.sleep(ROUND_S)
        try:
            await sources.look_around(LOOK_S, MOST)
        except Exception as error:  # whatever a driver raises: the next round tries again
            log.warning("the sources could not be looked after", error=str(error).split("\n")[0])
