"""The caller's own history."""

from typing import Annotated

from fastapi import APIRouter, Query

from tobit_kernel.server.gateway.callers import MOST_ROWS, Reading, TheGate
from tobit_kernel.server.identity.principal import Permission
from tobit_kernel.server.identity.refusal import require
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.limits import SlowQueries, SlowQuery
from tobit_kernel.wire.models import PastQueries

router = APIRouter(tags=["queries"])


@router.get("/queries")
async def queries(
    gate: TheGate,
    principal: Reading,
    text: Annotated[str, Query(max_length=1000)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 0,
) -> Envelope[PastQueries]:
    """Own queries that contain ``text``, newest first."""
    return Envelope(data=await gate.audit.queries(principal, text, limit, offset))


@router.get("/queries/slow")
async def slow(
    gate: TheGate,
    principal: Reading,
    all: Annotated[bool, Query(description="of the whole tenant; for managers")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 0,
) -> Envelope[SlowQueries]:
    """Statements that took long, newest first, with their plans."""
    if all:
        require(principal, Permission.AUDIT)
    kept = gate.queries.means.limits.slow
    rows, total = await kept.page(principal.tenant, None if all else principal.user, limit, offset)
    return Envelope(data=SlowQueries(items=[SlowQuery.model_validate(row) for row in rows], total=total))
