"""How much people may use."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from tobit_kernel.errors import NotFound
from tobit_kernel.server.gateway.callers import TheGate, event, needs
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.identity.accounts import refuse_above
from tobit_kernel.server.identity.principal import Permission, Principal, Role
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.limits import Quota, QuotaDraft

router = APIRouter(tags=["quotas"])

Allotting = Annotated[Principal, Depends(needs(Permission.QUOTAS))]


@router.get("/quotas")
async def quotas(gate: TheGate, principal: Allotting) -> Envelope[list[Quota]]:
    """The quotas of the caller's tenant."""
    rows = await gate.queries.means.limits.quotas.listing(principal.tenant)
    return Envelope(data=[Quota.model_validate(row) for row in rows])


@router.put("/quotas")
async def set_quota(gate: TheGate, principal: Allotting, request: Request, body: QuotaDraft) -> Envelope[list[Quota]]:
    """Sets a quota, or without an amount takes it away; gives all."""
    if body.subject_type != "tenant":
        await _refuse_above(gate, principal, body)
    held = gate.queries.means.limits.quotas
    subject = (body.subject_type, body.subject)
    await held.set(principal.tenant, subject, body.measure, body.amount, body.reason, principal.user)
    amount = "none" if body.amount is None else str(body.amount)
    what = f"{body.subject_type}/{body.subject}/{body.measure}={amount}"
    await gate.audit.record(event(request, principal, "quota.set", what, body.reason or None))
    return await quotas(gate, principal)


async def _refuse_above(gate: Gate, principal: Principal, body: QuotaDraft) -> None:
    """Nobody limits people above them: without requests they could not undo it. ``NotFound`` for nobody at all."""
    role = body.subject
    if body.subject_type == "user":
        try:
            role = (await gate.accounts.get(principal.tenant, body.subject)).role
        except NotFound:
            if body.amount is not None:
                raise
            return  # who is gone leaves quotas that somebody takes away
    elif body.amount is not None and role not in set(Role):
        raise NotFound(f"There is no role {role!r}.", f"Roles: {', '.join(Role)}.")
    if role in set(Role):
        refuse_above(principal, Role(role))
