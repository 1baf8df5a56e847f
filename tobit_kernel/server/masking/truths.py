"""Truth for each byte of a column, and how it is put together."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

#: Of a thread; larger pieces than usual find theirs elsewhere.
_ROOM_BYTES = 12 << 20


class Room(threading.local):
    """Memory for truth values, kept: to ask the system for it takes longer than to fill it."""

    def __init__(self) -> None:
        self._memory, self._used = np.empty(_ROOM_BYTES, bool), 0

    def clear(self) -> None:
        """Gives all of it anew."""
        self._used = 0

    def take(self, size: int) -> Any:
        """``size`` values to be written."""
        begin, self._used = self._used, self._used + size
        return self._memory[begin : self._used] if self._used <= _ROOM_BYTES else np.empty(size, bool)


ROOM = Room()


def then(first: Any, behind: Any, distance: int) -> Any:
    """Where ``first`` is true, and ``behind`` is ``distance`` bytes later."""
    size = max(min(len(first), len(behind) - distance), 0)
    return np.bitwise_and(first[:size], behind[distance : distance + size], out=ROOM.take(size))


def either(one: Any, other: Any) -> Any:
    """Where one of them is true. They may end within what stands behind the values only."""
    size = min(len(one), len(other))
    return np.bitwise_or(one[:size], other[:size], out=ROOM.take(size))


def again(found: Any, gaps: tuple[int, ...]) -> Any:
    """Where ``found`` is true, and again after one of ``gaps``."""
    size = len(found) - gaps[-1]
    later = found[gaps[0] : gaps[0] + size]
    for gap in gaps[1:]:
        later = either(later, found[gap : gap + size])
    return then(found[:size], later, 0)
