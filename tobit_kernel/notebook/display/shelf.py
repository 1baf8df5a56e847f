"""Results that grids on the page may still ask about.

A shelf holds the newest results up to a number of bytes; an older one stays reachable for as
long as the analyst's own variables (or IPython's ``Out``) keep it alive. The very newest
always fits. What is gone is gone: the page keeps its first rows and says so.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from uuid import uuid4
from weakref import WeakValueDictionary

from tobit_kernel.notebook.display.pages import Pages
from tobit_kernel.wire.stream import Result

#: Half a gigabyte: ten results of a million rows with eight mixed columns.
ROOM_BYTES = 512 * 1024**2


class Shelf:
    """Results by the id under which they were shown; safe from several threads."""

    def __init__(self, room_bytes: int = ROOM_BYTES) -> None:
        self.room_bytes = room_bytes
        self._held: OrderedDict[str, tuple[Result, Pages]] = OrderedDict()
        self._alive: WeakValueDictionary[str, Result] = WeakValueDictionary()
        self._lock = Lock()

    def put(self, result: Result) -> str:
        """The id of ``result``; the same one however often it is shown."""
        with self._lock:
            known = next((key for key, value in self._alive.items() if value is result), None)
            key = known or str(uuid4())
            self._alive[key] = result
            self._hold(key, result)
            return key

    def get(self, key: str) -> tuple[Result, Pages] | None:
        """The result and its pages, or None when it is gone."""
        with self._lock:
            result = self._alive.get(key)
            return None if result is None else self._hold(key, result)

    @property
    def held_bytes(self) -> int:
        """Bytes of the results held here, buffers that they share counted once each."""
        return sum(result.table.get_total_buffer_size() for result, _ in self._held.values())

    def _hold(self, key: str, result: Result) -> tuple[Result, Pages]:
        held = self._held.get(key) or (result, Pages(result.table, result.types))
        self._held[key] = held
        self._held.move_to_end(key)
        while len(self._held) > 1 and self.held_bytes > self.room_bytes:
            self._held.popitem(last=False)
        return held
