"""Blocking work of a source in threads, ended when nobody waits for it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from tobit_kernel.errors import Cancelled
from tobit_kernel.server.sources.source import Cancellation

Answer = TypeVar("Answer")

#: How often a statement is told to end until it does: a cancel that arrives between two
#: commands is lost.
_INSIST_S = 0.05


class Threads:
    """A pool of threads for statements; ``gone`` is set when the caller has left."""

    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="statement")

    async def call(self, work: Callable[[], Answer], cancellation: Cancellation, gone: asyncio.Event) -> Answer:
        """What ``work`` returns. When ``gone`` is set it is cancelled, and ``Cancelled`` raised."""
        task = asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(self._pool, work))
        leaving = asyncio.ensure_future(gone.wait())
        both: set[asyncio.Future[Any]] = {task, leaving}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            leaving.cancel()
            await self._ended(task, cancellation)
        raise Cancelled()

    async def _ended(self, task: asyncio.Future[Answer], cancellation: Cancellation) -> None:
        while not task.done():
            await asyncio.get_running_loop().run_in_executor(None, cancellation.cancel)
            await asyncio.wait({task}, timeout=_INSIST_S)
        if not task.cancelled():
            task.exception()  # seen: nobody waits for it any more

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
