"""A verb's place in a notebook."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tobit_kernel.errors import NotFound
from tobit_kernel.notebook.surroundings import Background, Notebook, surroundings_of


@pytest.fixture
def notebook(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    yield surroundings_of(shell)
    shell.history_manager.end_session()  # type: ignore[union-attr]
    InteractiveShell.clear_instance()


def test_they_are_the_same_for_a_kernel_s_life(notebook: Notebook) -> None:
    assert surroundings_of(InteractiveShell.instance()) is notebook


def test_variables_are_the_notebook_s(notebook: Notebook) -> None:
    notebook.assign("made", 5)
    assert notebook.variables["made"] == 5 == InteractiveShell.instance().user_ns["made"]


def test_background_work_gives_its_result_or_its_error(notebook: Notebook) -> None:
    go = threading.Event()
    work = notebook.background(lambda: go.wait(10) and 7, "answer")
    assert isinstance(work, Background) and not work.done and "running" in repr(work)
    with pytest.raises(TimeoutError):
        work.result(0.01)
    go.set()
    assert work.result(10) == 7 and work.done and "done" in repr(work)

    def fail() -> None:
        raise NotFound("Nothing.", "Look.")

    failed = notebook.background(fail, "failing")
    with pytest.raises(NotFound):
        failed.result(10)
    assert "failed" in repr(failed)
