"""What one request did, step by step."""

from typing import Annotated

from fastapi import APIRouter, Path

from tobit_kernel.server.audit.spans import trace_of
from tobit_kernel.server.gateway.callers import Reading, TheGate
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import Trace

router = APIRouter(tags=["traces"])


@router.get("/traces/{trace_id}")
async def trace(
    gate: TheGate, principal: Reading, trace_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
) -> Envelope[Trace]:
    """The spans of a trace."""
    await gate.spans.flush(gate.store.engine)
    return Envelope(data=await trace_of(gate.store.engine, principal, trace_id))
