"""Who calls a route, what the route needs, and whether they still wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, cast

from fastapi import Depends, Request
from opentelemetry import trace
from starlette.types import Receive

from tobit_kernel.errors import Refused
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.gateway.tracing import current_trace_id
from tobit_kernel.server.identity.principal import MAY, Permission, Principal
from tobit_kernel.server.queries.caller import Caller


# Dependencies are async because the framework takes a thread for each that is not.
async def gate_of(request: Request) -> Gate:
    """The gate that serves ``request``."""
    return _gate(request)


def _gate(request: Request) -> Gate:
    return cast(Gate, request.app.state.gate)


def needs(permission: Permission) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that gives the caller's principal, or refuses."""

    async def checked(request: Request) -> Principal:
        principal = _gate(request).identity.identify(request.headers.get("authorization"))
        trace.get_current_span().set_attribute("tobit.tenant", principal.tenant)
        if not principal.may(permission):
            who = ", ".join(sorted(MAY[permission]))
            raise Refused(f"This needs the permission {permission.value!r}.", f"These roles have it: {who}.")
        return principal

    checked.permission = permission  # type: ignore[attr-defined]  # read by the test that no route forgets one
    return checked


#: PostgreSQL counts rows up to here.
MOST_ROWS = 2**63 - 1

TheGate = Annotated[Gate, Depends(gate_of)]
Reading = Annotated[Principal, Depends(needs(Permission.READ))]
Loading = Annotated[Principal, Depends(needs(Permission.LOAD))]
Auditing = Annotated[Principal, Depends(needs(Permission.AUDIT))]
Registering = Annotated[Principal, Depends(needs(Permission.SOURCES))]
Administering = Annotated[Principal, Depends(needs(Permission.ADMINISTER))]


def caller(request: Request, principal: Principal) -> Caller:
    """The caller with what the audit keeps about a request."""
    return Caller(
        principal,
        trace_id=current_trace_id(),
        parent_trace_id=request.scope["state"].get("parent_trace_id"),
        ip=request.client.host if request.client else None,
        agent=request.headers.get("user-agent"),
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
