"""The sign of life: when it shows, what it says, that nothing stays."""

from __future__ import annotations

import io
import threading
import time

import pytest

from tobit_kernel.notebook.display.progress import Progress, Terminal, here


class Recorder:
    """A surface that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, float | None]] = []
        self.cleared = 0

    def draw(self, line: str, share: float | None) -> None:
        self.lines.append((line, share))

    def clear(self) -> None:
        self.cleared += 1


def test_quick_work_shows_nothing() -> None:
    seen = Recorder()
    with Progress(surface=seen):
        time.sleep(0.05)
    assert seen.lines == [] and seen.cleared == 0


def test_slow_work_shows_at_most_five_lines_a_second_and_clears() -> None:
    seen = Recorder()
    with Progress(surface=seen) as progress:
        for done in range(0, 1000, 10):
            progress(done, 1000, "fetching")
            time.sleep(0.01)
    assert 2 <= len(seen.lines) <= 5 and seen.cleared == 1
    line, share = seen.lines[-1]
    assert "of 1,000 rows · fetching" in line and share is not None and 0.5 < share < 1


def test_no_thread_is_left_after_an_error() -> None:
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), Progress(surface=Recorder()):
        time.sleep(0.4)
        raise KeyboardInterrupt
    assert threading.active_count() == before


def test_rows_without_total_have_no_bar() -> None:
    progress = Progress(surface=None)
    progress(240_000)
    assert progress.line().endswith("· 240,000 rows")


def test_a_terminal_line_is_overwritten_and_wiped() -> None:
    out = io.StringIO()
    terminal = Terminal(out)
    terminal.draw("1.2 s · 50 of 100 행", 0.5)
    terminal.clear()
    assert out.getvalue() == "\r" + "█" * 10 + "░" * 10 + "  50% 1.2 s · 50 of 100 행\x1b[K\r\x1b[K"


def test_a_pipe_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert here() is None


def test_a_broken_terminal_does_not_break_the_work() -> None:
    class Broken(Recorder):
        def draw(self, line: str, share: float | None) -> None:
            raise BrokenPipeError

    with Progress(surface=Broken()):
        time.sleep(0.4)
