"""The role matrix, permissions and scopes."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from tobit_kernel.server.gateway.callers import MOST_ROWS, People, Tenant, TheGate, event
from tobit_kernel.server.identity.scopes import EVERY, Dimension
from tobit_kernel.server.identity.unseen_values import unseen
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.people import Access, OnlyDraft, PermissionDraft, PermissionInfo, ScopeDraft, Shown

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
    key = {"subject_type", "subject", "permission", "resource"}
    kept = (await gate.grants.access(tenant)).permissions
    earlier = next((row for row in kept if row.model_dump(include=key) == draft.model_dump(include=key)), None)
    row = await gate.grants.give(principal, tenant, draft)
    verb = "allow" if row.is_allowed else "deny"
    what = f"{verb} {row.permission} on {row.resource} to {row.subject_type} {row.subject}"
    before = None if earlier is None else _given(earlier)
    told = replace(event(request, principal, "permission.set", what, row.reason), before=before, after=_given(row))
    await gate.audit.record(told)
    return Envelope(data=row)


@router.delete("/access/permissions/{number}")
async def take(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, number: Annotated[int, Path(ge=1, le=MOST_ROWS)]
) -> Envelope[PermissionInfo]:
    """Removes a row: what the matrix says holds again."""
    row = await gate.grants.take(principal, tenant, number)
    what = f"{row.permission} on {row.resource} of {row.subject_type} {row.subject}"
    await gate.audit.record(replace(event(request, principal, "permission.remove", what), before=_given(row)))
    return Envelope(data=row)


@router.post("/access/scopes")
async def show(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, draft: ScopeDraft
) -> Envelope[Shown]:
    """Lets a role, group or person see further values of a dimension; says which of them stand nowhere."""
    count = await gate.grants.show(principal, tenant, draft)
    told = event(request, principal, "scope.add", _words(draft), draft.reason)
    await gate.audit.record(replace(told, after={draft.dimension: draft.values}))
    unknown = await unseen(gate.store.engine, tenant, draft.dimension, draft.values)
    return Envelope(data=Shown(rows=count, unknown=unknown))


@router.put("/access/scopes")
async def only(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, draft: OnlyDraft
) -> Envelope[Shown]:
    """Shows a role, group or person these values and no others, and all of the dimensions that are not named."""
    kept = (await gate.grants.access(tenant)).scopes
    before: dict[str, list[str]] = {}
    for row in kept:
        if (row.subject_type, row.subject) == (draft.subject_type, draft.subject):
            before.setdefault(row.dimension, []).append(row.value)
    count = await gate.grants.only(principal, tenant, draft)
    others = {name.value: [EVERY] for name in Dimension if name is not Dimension.ALL}
    after = others | {str(name): values for name, values in draft.values.items()}
    told = event(request, principal, "scope.only", f"rows of {draft.subject_type} {draft.subject}", draft.reason)
    await gate.audit.record(replace(told, before=before, after=after))
    unknown = [
        each
        for dimension, values in draft.values.items()
        for each in await unseen(gate.store.engine, tenant, dimension, values)
    ]
    return Envelope(data=Shown(rows=count, unknown=unknown))


@router.delete("/access/scopes")
async def hide(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, draft: ScopeDraft
) -> Envelope[dict[str, int]]:
    """Takes values of a dimension away again."""
    count = await gate.grants.hide(principal, tenant, draft)
    told = event(request, principal, "scope.remove", _words(draft), draft.reason)
    await gate.audit.record(replace(told, before={draft.dimension: draft.values}))
    return Envelope(data={"rows": count})


def _given(row: PermissionInfo) -> dict[str, Any]:
    return {"is_allowed": row.is_allowed, "reason": row.reason, "ends_at": row.ends_at and row.ends_at.isoformat()}


def _words(draft: ScopeDraft) -> str:
    return f"{draft.dimension} {', '.join(draft.values)} of {draft.subject_type} {draft.subject}"[:2000]
