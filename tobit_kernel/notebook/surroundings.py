"""A verb's surroundings in a notebook: its variables, its cells, its output area."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import InputError, TobitError
from tobit_kernel.verbs.call import Report, Surroundings

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from tobit_kernel.wire.stream import Result

_ATTRIBUTE = "_tobit_surroundings"


def surroundings_of(shell: InteractiveShell) -> Notebook:
    """The surroundings of ``shell``, the same for as long as its kernel lives."""
    found = getattr(shell, _ATTRIBUTE, None)
    if found is None:
        found = Notebook(shell)
        setattr(shell, _ATTRIBUTE, found)
    return found


class Notebook(Surroundings):
    """The notebook that a shell belongs to."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(variables=shell.user_ns)
        self._shell = shell

    def assign(self, name: str, value: Any) -> None:
        self._shell.user_ns[name] = value

    @contextmanager
    def working(self, noun: tuple[str, str] = ("row", "rows")) -> Iterator[Report]:
        from tobit_kernel.notebook.display.progress import Progress

        # at its end it would wipe the cell's output, where work in the background has its place
        in_front = threading.current_thread() is threading.main_thread()
        with Progress(noun, "here" if in_front else None) as progress:
            yield progress

    def draw(self, result: Result, specification: str) -> Any:
        from tobit_kernel.notebook.display.chart import chart

        return chart(result, specification)

    def picture(self, result: Result) -> None:
        if not any((field.metadata or {}).get(b"tobit.type") for field in result.table.schema):
            return
        from tobit_kernel.notebook.display.network import network

        found = network(result)
        if found is not None:
            from IPython.display import display

            display(found)  # type: ignore[no-untyped-call]

    def browse(self, noun: str, **given: Any) -> Any:
        try:
            from tobit_kernel.notebook import widgets
        except ModuleNotFoundError as error:
            raise InputError(
                f"This needs the package {error.name!r}.", "pip install 'tobit-kernel[lab]', then restart the kernel."
            ) from None
        return getattr(widgets, noun)(gate=self.gate, **given)

    def background(self, work: Callable[[], Any], name: str) -> Background:
        return Background(self._shell, work, name)


class Background:
    """Work in a thread of the kernel; its output takes the place of this one when it is there.

    ``result()`` waits for it and raises its error; ``done`` tells whether it has ended.
    """

    def __init__(self, shell: InteractiveShell, work: Callable[[], Any], name: str) -> None:
        from IPython.display import display

        self.name = name
        self._shell = shell
        self._shown = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._place = display({"text/plain": f"{name} is running …"}, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        # the context carries the cell that the output belongs to
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._run, work), name=f"tobit {name}", daemon=True
        )
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return not self._thread.is_alive()

    def result(self, timeout_s: float | None = None) -> Any:
        """What the cell would have returned; waits for it. ``TimeoutError`` after ``timeout_s``."""
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"{self.name} is still running")
        if self._error is not None:
            raise self._error
        return self._value

    def __repr__(self) -> str:
        state = "running" if not self.done else "failed" if self._error else "done"
        return f"<{self.name}: {state}>"

    def _ipython_display_(self) -> None:
        """Nothing in its own cell, where its place is already; elsewhere how it stands."""
        if self._shown:
            print(repr(self))
        self._shown = True

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self._value = work()
            data, metadata = self._shell.display_formatter.format(self._value)  # type: ignore[union-attr]
        except TobitError as error:
            self._error = error
            data, metadata = {"text/plain": str(error)}, {}
        except BaseException as error:
            self._error = error
            data, metadata = {"text/plain": f"{type(error).__name__}: {error}"}, {}
        self._place.update(data, raw=True, metadata=metadata)
