"""Reading of long statements beside the event loop: a megabyte of SQL takes half a minute of one processor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

#: Letters that are read at once, in milliseconds.
SHORT = 4_000
#: Own threads, so that only who sends long statements waits for them.
_threads = ThreadPoolExecutor(2, "long statement")


async def reading(letters: int, work: Callable[[], T]) -> T:
    """What ``work`` makes of a text of so many letters."""
    if letters <= SHORT:
        return work()
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
