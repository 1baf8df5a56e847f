"""The caller's own history."""

from typing import Annotated

from fastapi import APIRouter, Query

from tobit_kernel.server.gateway.callers import MOST_ROWS, Reading, TheGate
from tobit_kernel.wire.envelope import Envelope
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
