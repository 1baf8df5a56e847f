"""What a verb gets beside its arguments: the gate, the cell's text, the notebook around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tobit_kernel.errors import InputError

if TYPE_CHECKING:
    from tobit_kernel.client import Gate
    from tobit_kernel.wire.models import Cell
    from tobit_kernel.wire.stream import Result

#: Hears ``(done, total, note)``; total 0 or None when unknown.
Report = Callable[[int, int | None, str], None]


@dataclass
class Surroundings:
    """Where a verb runs. This one is the command line's; a notebook has its own."""

    #: The text below ``%%tobit VERB``, or the command line's -f file or standard input.
    body: str | None = None
    #: Notebook variables that a statement's ``:name`` may take its value from.
    variables: Mapping[str, Any] = field(default_factory=dict)
    #: Named earlier cells by source.
    cells: dict[str, dict[str, Cell]] = field(default_factory=dict)
    #: Results of named cells, which ``--source local`` can read.
    results: dict[str, Result] = field(default_factory=dict)

    @property
    def gate(self) -> Gate:
        """The gate, started if need be."""
        from tobit_kernel.autostart import gate

        with ExitStack() as stack:
            return gate(lambda: stack.enter_context(self.working())(0, None, "starting the gate"))

    def assign(self, name: str, value: Any) -> None:
        """Gives a notebook variable a value; nothing to do on a command line."""

    def ask_secret(self, prompt: str) -> str:
        """What a person types without it being shown or kept."""
        from getpass import getpass

        return getpass(prompt)

    def tell(self, text: str) -> None:
        """Says something before the answer, such as what the next question is about."""
        import sys

        print(text, file=sys.stderr)

    @contextmanager
    def working(self, noun: tuple[str, str] = ("row", "rows")) -> Iterator[Report]:
        """A sign of life for the time inside."""
        yield _unheard

    def draw(self, result: Result, specification: str) -> Any:
        """``result`` as a chart; a place without pictures shows the rows."""
        return result

    def picture(self, result: Result) -> None:
        """Shows the network of nodes and relationships that ``result`` may hold, where pictures are shown."""

    def browse(self, noun: str, **given: Any) -> Any:
        """The widget ``noun``, where there are widgets; ``InputError`` elsewhere."""
        raise InputError("This needs a notebook.", "Write it as `%tobit …` in a cell of JupyterLab.")

    def background(self, work: Callable[[], Any], name: str) -> Any:
        """``work`` in a thread, where the place has room for it; else at once."""
        return work()


def _unheard(done: int, total: int | None, note: str) -> None: ...


#: An option that takes all words behind it up to the next option: ``--types a=text b=date``.
Words = Annotated[tuple[str, ...], Parameter(consume_multiple=True)]
Call = Annotated[Surroundings, Parameter(parse=False)]
