"""What a data source can do. Everything here blocks; the gate calls it in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import pyarrow as pa

from tobit_kernel.errors import Cancelled
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.wire.models import TableDetail, TableInfo

#: Rows per batch: large enough for speed, small enough to show progress.
BATCH_ROWS = 20_000


@dataclass(frozen=True)
class Record:
    """A registered source. ``location`` is what its type makes of it: an address, a folder."""

    tenant: str
    name: str
    type: str
    location: str
    home: Path
    description: str = ""
    password: str | None = field(default=None, repr=False)
    #: What the type's ``options_model`` knows, as it was given.
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A statement ready to run: one SELECT with ``$1 … $n`` and its values in that order.

    Other languages than SQL have ``parameters`` by name instead.
    At most ``limit`` rows are wanted, plus one that shows that there were more.
    """

    statement: str
    values: list[Any] = field(default_factory=list)
    limit: int | None = None
    timeout_s: float = 30.0
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Cancellation:
    """How somebody in another thread ends a statement. Cancelling again and again is safe."""

    def __init__(self) -> None:
        self.asked = False
        self._end: Callable[[], None] = lambda: None

    def attach(self, end: Callable[[], None]) -> None:
        """``end`` stops the statement on the server, from any thread; it may fail."""
        self._end = end

    def cancel(self) -> None:
        """Ends the statement, and lets ``check`` raise."""
        self.asked = True
        with suppress(Exception):
            self._end()

    def check(self) -> None:
        """Raises ``Cancelled`` once somebody asked for it; called between steps."""
        if self.asked:
            raise Cancelled()


class Run(Protocol):
    """A running statement; ``close`` always comes last."""

    @property
    def schema(self) -> pa.Schema:
        """Columns; field metadata ``tobit.type`` holds the source's own type name."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows; raises ``Cancelled``, ``TimedOut``, ``StatementError``, ``SourceUnavailable``."""

    def close(self) -> None:
        """Gives the connection back; never raises."""


class Source(Protocol):
    """A data source behind the gate, made from its record.

    A type that has options beside its address has them in a pydantic model of its own, as the class
    variable ``options_model`` (a subclass of ``sources.options.Options``).
    """

    #: Name in the entry-point group ``tobit.sources``.
    type: ClassVar[str]
    #: What it is asked in: sql, cypher or redis.
    language: ClassVar[str]

    @classmethod
    def of(cls, record: Record) -> Self:
        """The source of ``record``; ``InputError`` when its location makes no sense. Connects to nothing."""

    def check(self) -> str:
        """Version or size, in a few words; ``SourceUnavailable`` when it does not answer."""

    def tables(self, principal: Principal, pattern: str = "") -> list[TableInfo]:
        """What the caller may see; ``pattern`` is a part of ``schema.name`` or has ``*``."""

    def table(self, principal: Principal, name: str) -> TableDetail:
        """One table by ``name`` or ``schema.name``; ``NotFound`` names near ones."""

    def start(self, principal: Principal, prepared: Prepared, cancellation: Cancellation) -> Run:
        """Starts a statement; returns once its columns are known. ``cancellation`` ends it early.

        A ``StatementError`` has ``details["position"]``: the offset, from 0, in the statement.
        """

    def explain(self, principal: Principal, prepared: Prepared) -> str:
        """The plan as text, without running it."""

    def close(self) -> None:
        """Lets go of connections."""


class SqlSource(Source, Protocol):
    """A source that is asked in SQL."""

    #: sqlglot's name of its SQL.
    dialect: ClassVar[str]

    def parse(self, principal: Principal, statement: str) -> None:
        """Raises the source's own ``StatementError``, with ``position``; runs nothing."""


class OtherSource(Source, Protocol):
    """A source that is asked in a language of its own."""

    def inspect(self, principal: Principal, statement: str) -> list[str]:
        """The labels or keys that a statement reads; runs nothing.

        ``Refused`` when it would change something, ``StatementError`` when it can't be read.
        """
