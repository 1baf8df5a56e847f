"""Statements that took long, kept with the plan that their caller gets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.masking.texts import masked
from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.server.queries.explain import explained
from tobit_kernel.wire.models import QueryRequest

log = structlog.get_logger(__name__)

#: Plans that are made at the same time; a rush of slow statements is kept without.
PLANS = 2
_PLAN_S = 5.0
_TEXT_LIMIT = 100_000
#: Days that slow statements are kept.
KEPT_DAYS = 30

_KEEP = text(
    "insert into gate.slow_query (tenant_id, actor, source, statement, ms, rows, outcome, plan, hints, trace_id)"
    " values (:tenant, :actor, :source, :statement, :ms, :rows, :outcome, :plan, :hints, :trace_id)"
)
_PAGE = text(
    "select at, actor, source, statement, ms, rows, outcome, plan, hints, trace_id, count(*) over () as total"
    " from gate.slow_query where tenant_id = :tenant and (cast(:actor as text) is null or actor = :actor)"
    " order by at desc, id desc limit :limit offset :offset"
)
_EXPIRE = text(f"delete from gate.slow_query where at < now() - interval '{KEPT_DAYS} days'")  # noqa: S608 - a number


@dataclass(frozen=True)
class Slow:
    """A statement that is over."""

    request: QueryRequest
    caller: Caller
    ms: float
    rows: int
    outcome: str


class SlowQueries:
    """Keeps what took longer than ``after_s``."""

    def __init__(self, engine: AsyncEngine, after_s: float) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._after_ms = after_s * 1000
        self._tasks: set[asyncio.Task[None]] = set()
        self._plans = 0
        #: Gives the plan of a statement; ``Queries`` says how.
        self.plan: Callable[[QueryRequest, Caller], Awaitable[str]] | None = None

    def note(self, slow: Slow) -> None:
        """Keeps ``slow`` in the background when it was slow."""
        if slow.ms >= self._after_ms and slow.outcome in ("ok", "TimedOut", "Cancelled"):
            task = asyncio.create_task(self._keep(slow), name="slow query")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _keep(self, slow: Slow) -> None:
        plan = await self._planned(slow) if self._plans < PLANS else None
        principal, request = slow.caller.principal, slow.request
        values: dict[str, Any] = {
            "tenant": principal.tenant, "actor": principal.user, "source": request.source,
            "statement": _kept(masked(request.statement)), "ms": slow.ms, "rows": slow.rows, "outcome": slow.outcome,
            "plan": plan and _kept(masked(plan)), "hints": explained(plan or "", exact=False).warnings,
            "trace_id": slow.caller.trace_id or None,
        }  # fmt: skip
        try:
            async with self._engine.connect() as connection:
                await connection.execute(_KEEP, values)
        except Exception as error:  # whatever the driver raises: it is no more than a note
            log.warning("a slow query was not kept", error=str(error).split("\n")[0])

    async def _planned(self, slow: Slow) -> str | None:
        """The plan as an administrator of nothing sees it: others of the tenant may read it."""
        if self.plan is None:
            return None
        self._plans += 1
        try:
            again = Caller(slow.caller.principal, action="explain")
            request = slow.request.model_copy(update={"timeout_s": min(slow.request.timeout_s, _PLAN_S)})
            return explained(await self.plan(request, again), exact=False).plan
        except Exception as error:  # a source without plans, a table that is gone
            log.debug("no plan of a slow query", error=str(error).split("\n")[0])
            return None
        finally:
            self._plans -= 1

    async def page(self, tenant: str, actor: str | None, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Slow statements of the tenant or of ``actor`` alone, newest first, and how many there are."""
        values = {"tenant": tenant, "actor": actor, "limit": limit, "offset": offset}
        async with self._engine.connect() as connection:
            rows = [dict(row) for row in (await connection.execute(_PAGE, values)).mappings()]
        return rows, rows[0]["total"] if rows else 0

    async def expire(self) -> None:
        """Drops what is old."""
        async with self._engine.connect() as connection:
            await connection.execute(_EXPIRE)

    async def close(self) -> None:
        """Waits for what is being kept."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)


def _kept(value: str) -> str:
    return masked(value.replace("\x00", "")[:_TEXT_LIMIT])
