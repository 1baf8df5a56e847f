"""People of a tenant."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from tobit_kernel.server.gateway.callers import MOST_ROWS, People, Tenant, TheGate, event
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.people import ACCOUNT, AccountChange, AccountInfo, AccountPage

router = APIRouter(tags=["users"])

AccountName = Annotated[str, Path(pattern=ACCOUNT)]


@router.get("/users")
async def users(
    gate: TheGate,
    principal: People,
    tenant: Tenant,
    text: Annotated[str, Query(max_length=1000)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 0,
) -> Envelope[AccountPage]:
    """People whose id, name, e-mail or role contains ``text``."""
    return Envelope(data=await gate.accounts.page(tenant, text, limit, offset))


@router.get("/users/{user}")
async def user(gate: TheGate, principal: People, tenant: Tenant, user: AccountName) -> Envelope[AccountInfo]:
    """One person."""
    return Envelope(data=await gate.accounts.get(tenant, user))


@router.patch("/users/{user}")
async def change(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, user: AccountName, body: AccountChange
) -> Envelope[AccountInfo]:
    """Changes role, groups, name; disables (sessions and keys end at once) or enables."""
    changed = await gate.accounts.change(principal, tenant, user, body)
    told = body.model_dump(exclude_none=True, exclude={"reason"})
    await gate.audit.record(event(request, principal, "user.change", user, f"{body.reason} {told}".strip()))
    return Envelope(data=changed)
