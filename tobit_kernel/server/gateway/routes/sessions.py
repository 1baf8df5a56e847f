"""Open sessions: one's own, and those of a tenant."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from tobit_kernel.server.gateway.callers import Known, People, Tenant, TheGate, event
from tobit_kernel.server.identity.accounts import refuse_above
from tobit_kernel.server.identity.principal import Role, Via
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.people import SessionInfo

router = APIRouter(tags=["sessions"])

SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]


@router.get("/me/sessions")
async def own(gate: TheGate, principal: Known) -> Envelope[list[SessionInfo]]:
    """The caller's open sessions, the last used first."""
    return Envelope(data=await gate.sessions.known(principal.tenant, principal.user))


@router.delete("/me/sessions/{session}")
async def end_own(gate: TheGate, principal: Known, request: Request, session: SessionId) -> Envelope[dict[str, str]]:
    """Ends one of the caller's sessions at once."""
    await gate.sessions.end(principal.tenant, session, principal.user, principal.user)
    gate.identity.forget()
    await gate.audit.record(event(request, principal, "session.end", session))
    return Envelope(data={"id": session})


@router.delete("/me/session")
async def sign_out(gate: TheGate, principal: Known, request: Request) -> Envelope[dict[str, str]]:
    """Ends the session that the request came with."""
    if principal.via is Via.SESSION:
        await gate.sessions.end(principal.tenant, principal.credential, principal.user, principal.user)
        gate.identity.forget()
        await gate.audit.record(event(request, principal, "sign-out", principal.credential))
    return Envelope(data={"id": principal.credential})


@router.get("/sessions")
async def sessions(
    gate: TheGate,
    principal: People,
    tenant: Tenant,
    user: Annotated[str | None, Query(max_length=100)] = None,
    ended: bool = False,
) -> Envelope[list[SessionInfo]]:
    """Open sessions of the tenant; with ``ended`` also those that are over."""
    return Envelope(data=await gate.sessions.known(tenant, user, ended))


@router.delete("/sessions/{session}")
async def end(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, session: SessionId
) -> Envelope[dict[str, str]]:
    """Ends a session at once."""
    account = await gate.sessions.whose(tenant, session)
    if account is not None and account != principal.user:
        refuse_above(principal, Role((await gate.accounts.get(tenant, account)).role))
    whose = await gate.sessions.end(tenant, session, principal.user)
    gate.identity.forget()
    await gate.audit.record(event(request, principal, "session.end", session, f"of {whose}"))
    return Envelope(data={"id": session, "user": whose})
