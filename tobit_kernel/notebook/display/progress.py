"""A sign of life while something runs: seconds, rows so far, a bar when the total is known.

    with Progress() as progress:
        gate.query(request, progress=progress)

Nothing is shown for the first 0.3 s, then at most five times a second, in one place, and
nothing is left at the end. The work stays in the calling thread; a timer thread draws.
"""

from __future__ import annotations

import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import lru_cache
from html import escape
from threading import Event, Lock
from time import perf_counter
from types import TracebackType
from typing import IO, Any, Protocol
from uuid import uuid4

from tobit_kernel.errors import width_of
from tobit_kernel.notebook.display.words import count, duration, say

SILENT_S = 0.3
PAUSE_S = 0.2
_BAR = 20


class Surface(Protocol):
    """Where progress is drawn."""

    def draw(self, line: str, share: float | None) -> None:
        """Shows ``line``, and a bar filled to ``share`` (0 to 1), in place of what was there."""

    def clear(self) -> None:
        """Leaves nothing behind."""


class Progress:
    """Call it with what is done, from any thread: ``progress(done, total=None, note="")``.

    A new instance for each piece of work. ``surface`` None draws nothing at all.
    """

    def __init__(self, noun: tuple[str, str] = ("row", "rows"), surface: Surface | None | str = "here") -> None:
        self.surface = here() if isinstance(surface, str) else surface
        self._noun = noun
        self._state: tuple[int, int | None, str] = (0, None, "")
        self._began = perf_counter()
        self._over, self._drawing, self._lock = Event(), False, Lock()
        self._drawn: Future[None] | None = None

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        self._state = (done, total, note)

    def __enter__(self) -> Progress:
        self._began = perf_counter()
        if self.surface is not None:
            # The context carries the cell that the output belongs to.
            work = copy_context().run
            self._drawn = _threads().submit(work, self._run, self.surface)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._over.set()
        # While nothing is drawn there is nothing to wait for: most cells end before.
        if self._drawn is not None and self._drawing:
            self._drawn.result()

    def line(self) -> str:
        """``1.2 s · 240,000 of 1,000,000 rows · note``."""
        done, total, note = self._state
        parts = [duration((perf_counter() - self._began) * 1000)]
        if total:
            parts.append(say("{done:,} of {total}").format(done=done, total=count(total, *self._noun)))
        elif done:
            parts.append(count(done, *self._noun))
        return " · ".join([*parts, *([note] if note else [])])

    def _run(self, surface: Surface) -> None:
        self._over.wait(SILENT_S)
        with self._lock:
            if self._over.is_set():
                return
            self._drawing = True
        with suppress(OSError, ValueError):  # a terminal that has gone: the work goes on without a sign of life
            while not self._over.is_set():
                done, total, _ = self._state
                surface.draw(self.line(), min(done / total, 1) if total else None)
                self._over.wait(PAUSE_S)
            surface.clear()


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """Threads that stay: to begin one takes longer than many an answer."""
    return ThreadPoolExecutor(32, thread_name_prefix="tobit-progress")


class Notebook:
    """A line in the cell's output, redrawn through one display id.

    ``alone``: nothing else has been printed by the cell, so the output can be cleared away;
    else the line is emptied, which leaves an empty output in the file.
    """

    def __init__(self, publisher: Any, alone: bool = True) -> None:
        self._publisher, self._alone = publisher, alone
        self._id = str(uuid4())
        self._shown = False

    def draw(self, line: str, share: float | None) -> None:
        bar = "" if share is None else f'<progress max="1" value="{share:.3f}" style="width:12em"></progress> '
        look = "opacity:0.75;font-variant-numeric:tabular-nums"
        self._publish({"text/html": f'<div style="{look}">{bar}{escape(line)}</div>', "text/plain": line})

    def clear(self) -> None:
        if self._alone:
            self._publisher.clear_output(wait=False)
        else:
            self._publish({"text/plain": ""})

    def _publish(self, data: dict[str, str]) -> None:
        self._publisher.publish(data=data, transient={"display_id": self._id}, update=self._shown)
        self._shown = True


class Terminal:
    """One line of a terminal, drawn over itself."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def draw(self, line: str, share: float | None) -> None:
        from shutil import get_terminal_size

        if share is not None:
            line = f"{'█' * round(share * _BAR):░<{_BAR}} {share:4.0%} {line}"
        room = get_terminal_size().columns - 1
        while width_of(line) > room:
            line = line[:-1]
        self._write(f"\r{line}\x1b[K")

    def clear(self) -> None:
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def here(alone: bool = True) -> Surface | None:
    """The surface of this process: a kernel's cell, a terminal's last line, or None (pipes, files, jobs)."""
    running = None
    if "IPython" in sys.modules:
        from IPython.core.getipython import get_ipython

        running = get_ipython()
    if running is not None and hasattr(running, "kernel"):
        return Notebook(running.display_pub, alone)
    return Terminal(sys.stderr) if sys.stderr is not None and sys.stderr.isatty() else None
