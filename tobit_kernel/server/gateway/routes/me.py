"""Who am I, how is the gate, end it."""

from fastapi import APIRouter

from tobit_kernel.server.gateway.callers import Administering, Reading, TheGate
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import Me, Status

router = APIRouter(tags=["gate"])


@router.get("/me")
async def me(principal: Reading) -> Envelope[Me]:
    """Whom the gate takes the caller for."""
    return Envelope(data=Me(tenant=principal.tenant, user=principal.user, role=principal.role))


@router.get("/status")
async def status(gate: TheGate, principal: Reading) -> Envelope[Status]:
    """The gate and every part of it."""
    return Envelope(data=await gate.status())


@router.post("/stop")
async def stop(gate: TheGate, principal: Administering) -> Envelope[Status]:
    """Ends the gate and its children after this answer."""
    gate.ending.set()
    return Envelope(data=await gate.status())
