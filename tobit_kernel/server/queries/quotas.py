"""How much somebody may use: rows of ``gate.quota``, held against today's use.

Both are read again every few seconds, off the hot path, so that all gateways of a database see each other's use;
until then a little more than the quota can pass.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import RateLimited
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.queries.turns import Room
from tobit_kernel.server.queries.usage import Usage, Used

#: How old what is known about quotas and use may be.
REFRESH_S = 3.0
PER = {"concurrent": "moment", "requests": "minute"}
_DAILY = ("queries", "rows", "bytes", "seconds")

_ALL = text("select tenant_id, subject_type, subject, measure, amount from gate.quota")
_LIST = text(
    "select subject_type, subject, measure, per, amount, reason, set_by, set_at from gate.quota"
    " where tenant_id = :tenant order by 1, 2, 3"
)
_SET = text(
    "insert into gate.quota (tenant_id, subject_type, subject, measure, per, amount, reason, set_by)"
    " values (:tenant, :subject_type, :subject, :measure, :per, :amount, :reason, :set_by)"
    " on conflict (tenant_id, subject_type, subject, measure) do update set amount = excluded.amount,"
    " reason = excluded.reason, set_by = excluded.set_by, set_at = now()"
)
_DROP = text(
    "delete from gate.quota where tenant_id = :tenant and subject_type = :subject_type and subject = :subject"
    " and measure = :measure"
)


@dataclass
class _Known:
    """What a gateway knows of a tenant: its quotas and today's use as all gateways have written it."""

    amounts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    #: By user, and under None of all.
    used: dict[str | None, Used] = field(default_factory=dict)


class Quotas:
    """The quotas of all tenants."""

    def __init__(self, engine: AsyncEngine, usage: Usage, room: Room) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._usage, self._room = usage, room
        self._tenants: dict[str, _Known] = {}
        self._day = datetime.now(UTC).date()
        self._refreshed = 0.0

    async def refresh(self, *, now: bool = False) -> None:
        """Writes the use of this gateway and reads that of all; at most every ``REFRESH_S``."""
        if not now and time.monotonic() - self._refreshed < REFRESH_S:
            return
        self._refreshed = time.monotonic()
        await self._usage.flush()
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_ALL)).all()
        fresh: dict[str, _Known] = {}
        for tenant, subject_type, subject, measure, amount in rows:
            fresh.setdefault(tenant, _Known()).amounts[subject_type, subject, measure] = amount
        for tenant, known in fresh.items():
            if any(measure in _DAILY for _, _, measure in known.amounts):
                known.used = await self._usage.today(tenant)
        self._day, self._tenants = datetime.now(UTC).date(), fresh

    def room(self, principal: Principal) -> Room:
        """How many statements of the caller, and of the tenant, may run at the same time."""
        known = self._tenants.get(principal.tenant)
        if known is None:
            return self._room
        user, tenant = self._own(known, principal, "concurrent"), known.amounts.get(("tenant", "", "concurrent"))
        return Room(self._room.user if user is None else user, self._room.tenant if tenant is None else tenant)

    def requests(self, principal: Principal) -> int | None:
        """Requests that the caller may make in a minute, where a row says so."""
        known = self._tenants.get(principal.tenant)
        return self._own(known, principal, "requests") if known else None

    def check(self, principal: Principal) -> None:
        """``RateLimited`` when the caller's or the tenant's quota of today is used up."""
        known = self._tenants.get(principal.tenant)
        if known is None:
            return
        wanted = [(measure, self._own(known, principal, measure), True) for measure in _DAILY]
        wanted += [(measure, known.amounts.get(("tenant", "", measure)), False) for measure in _DAILY]
        wanted = [each for each in wanted if each[1] is not None]
        if not wanted:
            return
        for measure, amount, is_own in wanted:
            if amount is not None and self._used(known, principal, measure, is_own) >= amount:
                raise _used_up(measure, amount, is_own)

    def _used(self, known: _Known, principal: Principal, measure: str, is_own: bool) -> float:
        actor = principal.user if is_own else None
        written = known.used.get(actor) if self._day == datetime.now(UTC).date() else None
        parts = (written, self._usage.unwritten(principal.tenant, actor))
        return sum(part.of(measure) for part in parts if part)

    @staticmethod
    def _own(known: _Known, principal: Principal, measure: str) -> int | None:
        found = known.amounts.get(("user", principal.user, measure))
        return known.amounts.get(("role", str(principal.role), measure)) if found is None else found

    # -- for those who set them -----------------------------------------------

    async def listing(self, tenant: str) -> list[dict[str, Any]]:
        """The quotas of a tenant."""
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(_LIST, {"tenant": tenant})).mappings()]

    async def set(
        self, tenant: str, subject: tuple[str, str], measure: str, amount: int | None, reason: str, by: str
    ) -> None:
        """Sets a quota, or with ``amount`` None takes it away; in force here at once, elsewhere in seconds."""
        values: dict[str, Any] = {
            "tenant": tenant, "subject_type": subject[0], "subject": subject[1], "measure": measure,
        }  # fmt: skip
        async with self._engine.connect() as connection:
            if amount is None:
                await connection.execute(_DROP, values)
            else:
                more = {"per": PER.get(measure, "day"), "amount": amount, "reason": reason, "set_by": by}
                await connection.execute(_SET, {**values, **more})
        await self.refresh(now=True)


def _used_up(measure: str, amount: int, is_own: bool) -> RateLimited:
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    whose = "Your" if is_own else "Your tenant's"
    return RateLimited(
        f"{whose} quota of {amount:,} {measure} a day is used up.",
        "It begins anew at midnight UTC; a manager can raise it.",
        retry_after_s=int((midnight - now).total_seconds()) + 1,
    )
