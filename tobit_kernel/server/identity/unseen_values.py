"""Values of dimensions that stand nowhere: most likely a slip of the finger."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.identity.scopes import EVERY, Dimension

#: Where the values of a dimension stand.
_PLACES = {
    Dimension.FACTORY: "select factory_code from mfg.dim_line where tenant_id = :tenant",
    Dimension.LINE: "select line_code from mfg.dim_line where tenant_id = :tenant",
    Dimension.PRODUCT_FAMILY: "select family from mfg.dim_product where tenant_id = :tenant",
    Dimension.SHIFT: "select shift from mfg.dim_shift where tenant_id = :tenant",
    Dimension.EQUIPMENT: "select equipment_code from mfg.dim_equipment where tenant_id = :tenant",
    Dimension.CI_GROUP: "select group_code from ops.ci_group where tenant_id = :tenant",
}
_STANDING = {dimension: text(statement) for dimension, statement in _PLACES.items()}


async def unseen(engine: AsyncEngine, tenant: str, dimension: str, values: Iterable[str]) -> list[str]:
    """Those of ``values`` that no row of the tenant has, as ``line=L9``."""
    wanted = [value for value in values if value != EVERY]
    if not wanted or dimension == Dimension.ALL:
        return []
    async with engine.connect() as connection:
        there = set(await connection.scalars(_STANDING[Dimension(dimension)], {"tenant": tenant}))
    return [f"{dimension}={value}" for value in wanted if value not in there]
