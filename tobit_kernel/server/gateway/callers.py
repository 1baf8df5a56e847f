"""Who calls a route, what the route needs, and whether they still wait."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, cast

from fastapi import Depends, Query, Request
from opentelemetry import trace
from starlette.types import Receive

from tobit_kernel.errors import Refused
from tobit_kernel.server.audit.record import Event
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.gateway.tracing import current_trace_id
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.identity.refusal import require
from tobit_kernel.server.identity.roles import Reach
from tobit_kernel.server.identity.sessions import Origin
from tobit_kernel.server.queries.caller import Caller


# Dependencies are async because the framework takes a thread for each that is not.
async def gate_of(request: Request) -> Gate:
    """The gate that serves ``request``."""
    return _gate(request)


def _gate(request: Request) -> Gate:
    return cast(Gate, request.app.state.gate)


def needs(permission: Permission, *, whose_password_is_old: bool = False) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that gives the caller's principal, or refuses and says who could permit it.

    ``whose_password_is_old`` lets also those in who must change their password first.
    """

    async def checked(request: Request) -> Principal:
        principal: Principal = request.scope["state"]["principal"]
        trace.get_current_span().set_attribute("tobit.tenant", principal.tenant)
        if principal.must_change_password and not whose_password_is_old:
            raise Refused("Your password must be changed first.", "`%tobit login --change-password`.")
        require(principal, permission)
        return principal

    checked.permission = permission  # type: ignore[attr-defined]  # read by the test that no route forgets one
    return checked


async def anybody(request: Request) -> Origin:
    """A dependency of routes for those who are not signed in: from where they come."""
    return origin_of(request)


anybody.permission = None  # type: ignore[attr-defined]  # declared: nothing is needed


def ip_of(request: Request) -> str | None:
    """The address that a request comes from; a proxy repeats whatever it was told."""
    try:
        return str(ipaddress.ip_address(request.client.host)) if request.client else None
    except ValueError:
        return None


def origin_of(request: Request) -> Origin:
    """From where a request comes."""
    return Origin(
        ip_of(request), request.headers.get("user-agent"), current_trace_id() or None
    )


#: PostgreSQL counts rows up to here.
MOST_ROWS = 2**63 - 1

TheGate = Annotated[Gate, Depends(gate_of)]
Reading = Annotated[Principal, Depends(needs(Permission.READ))]
Loading = Annotated[Principal, Depends(needs(Permission.LOAD))]
Auditing = Annotated[Principal, Depends(needs(Permission.AUDIT))]
Registering = Annotated[Principal, Depends(needs(Permission.SOURCES))]
Administering = Annotated[Principal, Depends(needs(Permission.ADMINISTER))]
People = Annotated[Principal, Depends(needs(Permission.USERS))]
Known = Annotated[Principal, Depends(needs(Permission.READ, whose_password_is_old=True))]
Anybody = Annotated[Origin, Depends(anybody)]


async def tenant_of(
    request: Request,
    tenant: Annotated[str | None, Query(max_length=80, description="for administrators of all")] = None,
) -> str:
    """The tenant that a request is about: the caller's own, or another for who reaches it."""
    principal: Principal = request.scope["state"]["principal"]
    if tenant in (None, principal.tenant):
        return principal.tenant
    if principal.reach(Permission.USERS) is not Reach.ALL:
        raise Refused("Another tenant's people are not yours to see.", "Administrators reach all tenants.")
    await _gate(request).tenants.require(str(tenant))
    return str(tenant)


Tenant = Annotated[str, Depends(tenant_of)]


def caller(request: Request, principal: Principal) -> Caller:
    """The caller with what the audit keeps about a request."""
    return Caller(
        principal,
        trace_id=current_trace_id(),
        parent_trace_id=request.scope["state"].get("parent_trace_id"),
        ip=ip_of(request),
        agent=request.headers.get("user-agent"),
    )


def event(
    request: Request, principal: Principal, action: str, resource: str | None = None, reason: str | None = None
) -> Event:
    """What the audit keeps of a change made by ``request``."""
    who = caller(request, principal)
    return Event(
        principal,
        action,
        resource=resource,
        reason=reason,
        ip=who.ip,
        agent=who.agent,
        trace_id=who.trace_id or None,
        parent_trace_id=who.parent_trace_id,
    )


@asynccontextmanager
async def watched(receive: Receive, gone: asyncio.Event) -> AsyncIterator[None]:
    """Sets ``gone`` as soon as the client closes its connection. The body must be read already."""

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()

    watcher = asyncio.create_task(watch(), name="disconnect watcher")
    try:
        yield
    finally:
        watcher.cancel()
