"""Audit rows: written once, never changed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from typing import Any

import psycopg
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.audit import listing, months
from tobit_kernel.server.audit.canonical import ERASABLE, SALT_BYTES, digest_of, plain_json, storable
from tobit_kernel.server.audit.event import ActorType, Event, masked
from tobit_kernel.server.audit.listing import Wanted
from tobit_kernel.server.store.direct import executed
from tobit_kernel.server.store.tenancy import Bindable
from tobit_kernel.wire.audit import AuditPage, AuditRow
from tobit_kernel.wire.models import PastQueries, PastQuery

__all__ = ["ActorType", "Audit", "Event", "Wanted"]

#: Longer statements and messages are cut in the audit.
TEXT_LIMIT = 100_000

_INSERT = files(__package__).joinpath("insert.sql").read_text("utf-8")
#: What a person may have typed, so what may hold somebody's data.
_MASKED = ("statement", "error", "reason", "before", "after")


def _as_it_is(text: str) -> str:
    return text


class Audit:
    """The audit of a gate. ``mask`` hides personal data in what people typed, before it is kept."""

    def __init__(self, engine: AsyncEngine, mask: Callable[[str], str] = _as_it_is) -> None:
        self._engine, self._mask = engine, mask
        self._totals = listing.Totals()

    async def record(self, event: Event) -> None:
        """Keeps ``event``; it is in the database when this returns."""
        values = self._row(event)
        try:
            await executed(self._engine, _INSERT, values)
        except psycopg.errors.CheckViolation:  # the gate slept for months: no month to write into
            await months.ensure(self._engine)
            await executed(self._engine, _INSERT, values)

    def _row(self, event: Event) -> dict[str, Any]:
        values = {**vars(event), "tenant": event.by.tenant, "actor": event.by.user}
        del values["by"]
        for name in _MASKED:
            if values[name] is not None:
                values[name] = masked(values[name], self._mask)
        values["before"], values["after"] = plain_json(values["before"]), plain_json(values["after"])
        for name, value in values.items():
            if isinstance(value, str) and name not in ("before", "after"):
                values[name] = storable(value)[:TEXT_LIMIT]
        values["tables"] = [storable(table) for table in event.tables]
        values["salt"] = os.urandom(SALT_BYTES)
        values["digest"] = digest_of(values["salt"], {name: values[name] for name in ERASABLE})
        return values

    async def page(self, wanted: Wanted, limit: int = 100, offset: int = 0) -> AuditPage:
        """Rows that are ``wanted``, newest first, with the true total."""
        rows, total = await listing.page(self._engine, self._totals, wanted, limit, offset)
        return AuditPage(items=[AuditRow.model_validate(row) for row in rows], total=total)

    async def queries(self, principal: Bindable, words: str = "", limit: int = 100, offset: int = 0) -> PastQueries:
        """The caller's own queries, newest first, with the true total."""
        wanted = Wanted(tenant=principal.tenant, own=principal.user, action="query", text=words)
        rows, total = await listing.page(self._engine, self._totals, wanted, limit, offset)
        return PastQueries(items=[PastQuery.model_validate(row) for row in rows], total=total)

    async def csv(self, wanted: Wanted) -> AsyncIterator[str]:
        """Rows that are ``wanted`` as CSV, newest first, piece by piece; safe to open in a spreadsheet."""
        async for piece in listing.csv(self._engine, wanted):
            yield piece

    async def export(self, tenant: str, person: str) -> AsyncIterator[str]:
        """Every row by or about ``person`` as lines of JSON, oldest first."""
        async for line in listing.lines_about(self._engine, tenant, person):
            yield line
