"""Progress while DuckDB reads, which tells nothing itself and hears only an interrupt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from tobit_kernel.server.tables.writing import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: How often ``progress`` is asked whether to go on.
INTERVAL_S = 0.2


@contextmanager
def reading(progress: Progress, note: str) -> Iterator[Callable[[DuckDBPyConnection], None]]:
    """Calls ``progress(0, None, note)`` from another thread as long as the block runs.

    What it raises interrupts the connection that the yielded function was given, and comes out
    of the block.
    """
    progress(0, None, note)
    ended = Event()
    raised: list[BaseException] = []
    connections: list[DuckDBPyConnection] = []

    def beat() -> None:
        while not ended.wait(INTERVAL_S):
            try:
                if not raised:
                    progress(0, None, note)
            except BaseException as error:
                raised.append(error)
            if raised:  # again and again: an interrupt between two statements is lost
                for connection in connections:
                    with suppress(Exception):
                        connection.interrupt()

    thread = Thread(target=beat, name="load progress", daemon=True)
    thread.start()
    try:
        yield connections.append
    except Exception:
        if raised:
            raise raised[0] from None
        raise
    finally:
        ended.set()
        thread.join()
    if raised:
        raise raised[0]
