"""What was used: by user, source or table."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from tobit_kernel.server.gateway.callers import Reading, TheGate
from tobit_kernel.server.identity.principal import Permission
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.limits import UsageRow

router = APIRouter(tags=["usage"])


@router.get("/usage")
async def usage(
    gate: TheGate,
    principal: Reading,
    by: Literal["user", "source", "table"] = "user",
    since: Annotated[date | None, Query(description="the first day; else seven days")] = None,
) -> Envelope[list[UsageRow]]:
    """Use by day (UTC): the caller's own, for managers the tenant's; what is seconds old may be missing."""
    counted = gate.queries.means.limits.usage
    await counted.flush()
    actor = None if principal.may(Permission.AUDIT) else principal.user
    first = since or datetime.now(UTC).date() - timedelta(days=6)
    rows = await counted.sums(principal.tenant, actor, by, first)
    return Envelope(data=[UsageRow.model_validate(row) for row in rows])
