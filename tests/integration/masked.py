"""A gate in this process, asked by people of the test's own; and a table of people in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

from tobit_kernel.server.audit.spans import KeptSpans
from tobit_kernel.server.gateway.gate import Gate, opened_gate
from tobit_kernel.server.identity.principal import Permission, Principal, Role
from tobit_kernel.server.identity.rules import ANY, Rule, SubjectType
from tobit_kernel.server.identity.scopes import ALL_ACCESS, Scopes
from tobit_kernel.server.masking.policy import Kind, Mode
from tobit_kernel.server.masking.rules import Declared
from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.server.queries.json_rows import answer
from tobit_kernel.settings import settings
from tobit_kernel.wire.models import Cell, QueryRequest

ANALYST = Principal("default", "kim", Role.ANALYST, scopes=ALL_ACCESS)
ADMIN = Principal("default", "boss", Role.ADMIN, scopes=ALL_ACCESS)
TRUSTED = Principal(
    "default", "lee", Role.ANALYST, scopes=ALL_ACCESS,
    rules=(Rule(SubjectType.ACCOUNT, "lee", Permission.SEE_PII, ANY, True, "Answers complaints."),),
)  # fmt: skip


def scoped(**values: str) -> Principal:
    """An analyst who sees one value of each dimension given."""
    return Principal("default", "park", Role.ANALYST, scopes=Scopes.of(values.items()))


class Asked:
    """The gate, and what it answers."""

    def __init__(self, gate: Gate, runner: asyncio.Runner) -> None:
        self.gate, self._runner = gate, runner

    def run(self, work: Any) -> Any:
        """What a coroutine returns."""
        return self._runner.run(work)

    def rows(
        self, statement: str, by: Principal = ANALYST, source: str = "workbench",
        cells: Mapping[str, str] | None = None, **options: Any,
    ) -> list[list[Any]]:  # fmt: skip
        """The rows of a statement."""
        made = [Cell(name=name, statement=text) for name, text in (cells or {}).items()]
        request = QueryRequest(statement=statement, source=source, cells=made, **options)

        async def asked() -> list[list[Any]]:
            return (await answer(await self.gate.queries.start(request, Caller(by)))).rows

        return list(self.run(asked()))

    def plan(self, statement: str, by: Principal = ANALYST, source: str = "workbench") -> str:
        """The plan of a statement."""
        return str(self.run(self.gate.queries.explain(QueryRequest(statement=statement, source=source), Caller(by))))

    def declare(self, table: str, column: str, kind: str, mode: str = "mask", source: str = "workbench") -> None:
        """Declares a column."""
        declared = Declared(source, table, column, Kind(kind), Mode(mode), "personal data", "boss")
        self.run(self.gate.queries.means.rules.declare("default", declared))

    def release(self, table: str, column: str, source: str = "workbench") -> None:
        """Forgets it."""
        self.run(self.gate.queries.means.rules.release("default", source, table, column))


@contextmanager
def asked(home: Path) -> Iterator[Asked]:
    """A gate on ``home``, which the settings name."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        gate = runner.run(stack.enter_async_context(opened_gate(settings(), None, KeptSpans())))
        try:
            yield Asked(gate, runner)
        finally:
            runner.run(stack.aclose())
