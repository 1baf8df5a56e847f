"""The audit of the caller's tenant."""

from typing import Annotated

from fastapi import APIRouter, Query

from tobit_kernel.server.gateway.callers import MOST_ROWS, Auditing, TheGate
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import AuditPage

router = APIRouter(tags=["audit"])


@router.get("/audit")
async def audit(
    gate: TheGate,
    principal: Auditing,
    text: Annotated[str, Query(max_length=1000)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 0,
) -> Envelope[AuditPage]:
    """Audit rows that contain ``text``, newest first."""
    return Envelope(data=await gate.audit.page(principal, text, limit, offset))
