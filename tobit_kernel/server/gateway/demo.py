"""Demo data in the background of the gate, one run at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time

import structlog

from tobit_kernel.errors import Conflict, TobitError
from tobit_kernel.server.factory import demo as factory
from tobit_kernel.server.gateway.graph import OwnGraph
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.inventory import demo as inventory
from tobit_kernel.server.queries.cache import ResultCache
from tobit_kernel.server.store.store import Store
from tobit_kernel.wire.models import Progress

log = structlog.get_logger(__name__)

#: 1.1 million metric values: a few seconds.
USUAL_SCALE = 0.1


class Demo:
    """Fills ``ops`` and ``mfg`` of a tenant; a run that was cut off is completed by the next."""

    def __init__(self, store: Store, cache: ResultCache, graph: OwnGraph) -> None:
        self._store, self._cache, self._graph = store, cache, graph
        self._task: asyncio.Task[None] | None = None
        self.progress = Progress(state="idle")

    def start(self, principal: Principal, scale: float | None) -> Progress:
        """Begins; ``Conflict`` while one runs.

        Without a scale the data that is there stays, completed where a run was cut off; with one it is made
        anew unless it has that scale and ends today.
        """
        if self._task is not None and not self._task.done():
            raise Conflict("Demo data is being made already.", "`%tobit demo` shows how far it is.")
        self.progress = Progress(state="running", note="starting")
        self._task = asyncio.create_task(self._run(principal, scale), name="demo data")
        return self.progress

    async def stop(self) -> None:
        """Waits for nothing: a step that is under way is rolled back by the database."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self, principal: Principal, scale: float | None) -> None:
        try:
            rows = await asyncio.to_thread(self._seed, principal.tenant, scale)
            self.progress = Progress(state="running", done=999, total=1000, note="graph")
            rows |= {f"graph {name}": count for name, count in (await self._graph.rebuild(principal)).items()}
        except Exception as error:
            told = error if isinstance(error, TobitError) else None
            log.error("demo data failed", exc_info=error)
            message = told.message if told else "It failed; the gateway's log says why."
            self.progress = self.progress.model_copy(update={"state": "failed", "error": message})
            return
        await self._cache.forget(principal)
        self.progress = Progress(state="done", done=1, total=1, note="demo data is there", result=rows)

    def _seed(self, tenant: str, scale: float | None) -> dict[str, int]:
        today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
        rows: dict[str, int] = {}
        with self._store.addresses.app.connect() as connection:
            there = inventory.made_with(connection, tenant) if scale is None else None
            connection.commit()  # seeding begins its own transactions
            size, end = there or (scale or USUAL_SCALE, today)
            for part, (name, seed) in enumerate((("operations", inventory.seed), ("factory", factory.seed))):
                rows |= seed(connection, tenant, size, end, self._reporter(name, part))
        return rows

    def _reporter(self, name: str, part: int) -> Callable[[int, int, str], None]:
        def report(done: int, total: int, note: str) -> None:
            share = done / total if total else 0.0
            self.progress = Progress(
                state="running", done=round((part + share) * 500), total=1000, note=f"{name}: {note}"
            )

        return report
