"""API keys: one's own, and those of a tenant for who answers for its people."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from tobit_kernel.server.gateway.callers import Tenant, TheGate, event, needs
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.identity.refusal import require
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.signing import KeyDraft, KeyInfo, KeyMade, KeyRotation

router = APIRouter(tags=["keys"])

Keeping = Annotated[Principal, Depends(needs(Permission.KEYS))]
KeyId = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]
User = Annotated[str | None, Query(max_length=100, description="somebody else's; * for all of the tenant")]


@router.get("/keys")
async def keys(
    gate: TheGate, principal: Keeping, tenant: Tenant, user: User = None, ended: bool = False
) -> Envelope[list[KeyInfo]]:
    """The caller's keys; with ``user`` those of others, which needs the permission ``users``."""
    return Envelope(data=await gate.keys.known(*_whose(principal, tenant, user), ended))


@router.post("/keys")
async def add(gate: TheGate, principal: Keeping, request: Request, draft: KeyDraft) -> Envelope[KeyMade]:
    """A new key; its token is shown this once."""
    made = await gate.keys.add(principal, draft)
    what = f"{made.name}: {', '.join(made.permissions or [])}, {draft.days} days"
    await gate.audit.record(event(request, principal, "key.add", made.id, what))
    return Envelope(data=made)


@router.post("/keys/{key}/rotate")
async def rotate(
    gate: TheGate, principal: Keeping, request: Request, key: KeyId, body: KeyRotation
) -> Envelope[KeyMade]:
    """A new token in place of the old one, which works for a moment more."""
    made = await gate.keys.rotate(principal, key, timedelta(seconds=body.grace_s))
    await gate.audit.record(event(request, principal, "key.rotate", key, f"{made.id} in its place"))
    return Envelope(data=made)


@router.delete("/keys/{key}")
async def revoke(
    gate: TheGate, principal: Keeping, tenant: Tenant, request: Request, key: KeyId, user: User = None
) -> Envelope[dict[str, str]]:
    """Ends a key at once."""
    whose = await gate.keys.end(*_ended(principal, tenant, key, user))
    await gate.audit.record(event(request, principal, "key.revoke", key, f"of {whose}"))
    return Envelope(data={"id": key, "user": whose})


def _whose(principal: Principal, tenant: str, user: str | None) -> tuple[str, str | None]:
    """Tenant and account (None: all) whose keys the caller may see."""
    if user in (None, principal.user) and tenant == principal.tenant:
        return principal.tenant, principal.user
    require(principal, Permission.USERS)
    return tenant, None if user in (None, "*") else user


def _ended(principal: Principal, tenant: str, key: str, user: str | None) -> tuple[str, str, str, str | None]:
    found, account = _whose(principal, tenant, user)
    return found, key, principal.user, account
