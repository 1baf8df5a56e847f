"""Audit rows: written once, never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.store.direct import executed
from tobit_kernel.server.store.tenancy import Bindable
from tobit_kernel.wire.models import AuditPage, AuditRow, PastQueries, PastQuery

#: Longer statements and messages are cut in the audit.
TEXT_LIMIT = 100_000

_HERE = files(__package__)
_INSERT = _HERE.joinpath("insert.sql").read_text("utf-8")
_PAGE = text(_HERE.joinpath("page.sql").read_text("utf-8"))


@dataclass
class Event:
    """Who did what, with which outcome; ``ms`` is the gate's own time."""

    by: Bindable
    action: str
    outcome: str = "ok"
    resource: str | None = None
    source: str | None = None
    statement: str | None = None
    tables: list[str] = field(default_factory=list)
    rows: int | None = None
    ms: float | None = None
    cached: bool = False
    error: str | None = None
    reason: str | None = None
    ip: str | None = None
    agent: str | None = None
    trace_id: str | None = None
    parent_trace_id: str | None = None
    actor_type: str = "user"


class Audit:
    """The audit of a gate."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def record(self, event: Event) -> None:
        """Keeps ``event``; it is in the database when this returns."""
        values = {**vars(event), "tenant": event.by.tenant, "actor": event.by.user}
        del values["by"]
        for name in ("statement", "error"):
            values[name] = _stored(values[name])
        await executed(self._engine, _INSERT, values)

    async def page(self, principal: Bindable, words: str = "", limit: int = 100, offset: int = 0) -> AuditPage:
        """Rows of the caller's tenant, newest first, with the true total."""
        rows, total = await self._select(principal.tenant, None, None, words, limit, offset)
        return AuditPage(items=[AuditRow.model_validate(row) for row in rows], total=total)

    async def queries(self, principal: Bindable, words: str = "", limit: int = 100, offset: int = 0) -> PastQueries:
        """The caller's own queries, newest first, with the true total."""
        rows, total = await self._select(principal.tenant, principal.user, "query", words, limit, offset)
        return PastQueries(items=[PastQuery.model_validate(row) for row in rows], total=total)

    async def _select(
        self, tenant: str, actor: str | None, action: str | None, words: str, limit: int, offset: int
    ) -> tuple[list[dict[str, Any]], int]:
        escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values = {
            "tenant": tenant,
            "actor": actor,
            "action": action,
            "words": f"%{escaped}%",
            "limit": limit,
            "offset": offset,
        }
        async with self._engine.connect() as connection:
            found = [dict(row) for row in (await connection.execute(_PAGE, values)).mappings()]
        total = found[0]["total"] if found else 0
        # the total of an empty page stands in a row of its own, without an id
        return [row for row in found if row["id"] is not None], total


def _stored(value: str | None) -> str | None:
    """Text that PostgreSQL can keep: no NUL, not endless."""
    return None if value is None else value.replace("\x00", "")[:TEXT_LIMIT]
