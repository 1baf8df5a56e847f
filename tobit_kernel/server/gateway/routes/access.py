"""The role matrix, permissions and scopes."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from tobit_kernel.server.gateway.callers import MOST_ROWS, People, Tenant, TheGate, event
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.people import Access, PermissionDraft, PermissionInfo, ScopeDraft

router = APIRouter(tags=["access"])


@router.get("/access")
async def access(gate: TheGate, principal: People, tenant: Tenant) -> Envelope[Access]:
    """The role matrix with what the tenant added to it."""
    return Envelope(data=await gate.grants.access(tenant))


@router.post("/access/permissions")
async def give(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, draft: PermissionDraft
) -> Envelope[PermissionInfo]:
    """Gives or takes a permission, with a reason."""
    row = await gate.grants.give(principal, tenant, draft)
    verb = "allow" if row.is_allowed else "deny"
    what = f"{verb} {row.permission} on {row.resource} to {row.subject_type} {row.subject}"
    await gate.audit.record(event(request, principal, "permission.set", what, row.reason))
    return Envelope(data=row)


@router.delete("/access/permissions/{number}")
async def take(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, number: Annotated[int, Path(ge=1, le=MOST_ROWS)]
) -> Envelope[PermissionInfo]:
    """Removes a row: what the matrix says holds again."""
    row = await gate.grants.take(principal, tenant, number)
    what = f"{row.permission} on {row.resource} of {row.subject_type} {row.subject}"
    await gate.audit.record(event(request, principal, "permission.remove", what))
    return Envelope(data=row)


@router.post("/access/scopes")
async def show(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, draft: ScopeDraft
) -> Envelope[dict[str, int]]:
    """Lets a role, group or person see further values of a dimension."""
    count = await gate.grants.show(principal, tenant, draft)
    await gate.audit.record(event(request, principal, "scope.add", _words(draft), draft.reason))
    return Envelope(data={"rows": count})


@router.delete("/access/scopes")
async def hide(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, draft: ScopeDraft
) -> Envelope[dict[str, int]]:
    """Takes values of a dimension away again."""
    count = await gate.grants.hide(principal, tenant, draft)
    await gate.audit.record(event(request, principal, "scope.remove", _words(draft), draft.reason))
    return Envelope(data={"rows": count})


def _words(draft: ScopeDraft) -> str:
    return f"{draft.dimension} {', '.join(draft.values)} of {draft.subject_type} {draft.subject}"[:2000]
