"""Demo data."""

from typing import Annotated

from fastapi import APIRouter, Query

from tobit_kernel.server.audit.record import Event
from tobit_kernel.server.gateway.callers import Administering, Reading, TheGate
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import Progress

router = APIRouter(tags=["demo"])


@router.post("/demo")
async def start(
    gate: TheGate, principal: Administering, scale: Annotated[float | None, Query(gt=0, le=1)] = None
) -> Envelope[Progress]:
    """Begins to make demo data; ``scale`` 1 is 10.8 million metric values. Without one, what is there stays."""
    progress = gate.demo.start(principal, scale)
    await gate.audit.record(Event(principal, "demo", resource=f"scale {scale or 'as it is'}"))
    return Envelope(data=progress)


@router.get("/demo")
async def progress(gate: TheGate, principal: Reading) -> Envelope[Progress]:
    """How far it is."""
    return Envelope(data=gate.demo.progress)
