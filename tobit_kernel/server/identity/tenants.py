"""Tenants: who is apart from whom."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import Conflict, NotFound
from tobit_kernel.wire.signing import TenantDraft, TenantInfo

_LIST = text(
    "select tenant_id as id, name, created_at,"
    " (select count(*) from gate.account a where a.tenant_id = t.tenant_id and a.disabled_at is null) as people"
    " from gate.tenant t order by tenant_id"
)
_ADD = text("insert into gate.tenant (tenant_id, name) values (:id, :name) on conflict do nothing")
_HAS = text("select 1 from gate.tenant where tenant_id = :tenant")


class Tenants:
    """All of them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def known(self) -> list[TenantInfo]:
        """Every tenant with the number of its people."""
        async with self._engine.connect() as connection:
            return [TenantInfo.model_validate(dict(row)) for row in (await connection.execute(_LIST)).mappings()]

    async def add(self, draft: TenantDraft) -> None:
        """A new tenant; ``Conflict`` when there is one."""
        async with self._engine.begin() as connection:
            if not (await connection.execute(_ADD, {"id": draft.id, "name": draft.name or draft.id})).rowcount:
                raise Conflict(f"There is a tenant {draft.id!r} already.", "`%tobit users --tenants` lists them.")

    async def require(self, tenant: str) -> None:
        """``NotFound`` unless there is one."""
        async with self._engine.connect() as connection:
            if await connection.scalar(_HAS, {"tenant": tenant}) is None:
                raise NotFound(f"There is no tenant {tenant!r}.", "`%tobit users --tenants` lists them.")
