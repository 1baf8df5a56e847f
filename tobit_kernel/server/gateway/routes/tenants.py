"""Tenants, for administrators of all."""

from fastapi import APIRouter, Request

from tobit_kernel.server.gateway.callers import Administering, TheGate, event
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.signing import TenantDraft, TenantInfo

router = APIRouter(tags=["tenants"])


@router.get("/tenants")
async def tenants(gate: TheGate, principal: Administering) -> Envelope[list[TenantInfo]]:
    """Every tenant with the number of its people."""
    return Envelope(data=await gate.tenants.known())


@router.post("/tenants")
async def add(gate: TheGate, principal: Administering, request: Request, draft: TenantDraft) -> Envelope[TenantDraft]:
    """A new tenant: nobody in it yet, and nothing that others see."""
    await gate.tenants.add(draft)
    await gate.audit.record(event(request, principal, "tenant.add", draft.id, draft.name or None))
    return Envelope(data=draft)
