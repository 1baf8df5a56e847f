"""The audit of the caller's tenant, and whether all of it is as it was sealed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import StreamingResponse

from tobit_kernel.errors import Cancelled, Conflict, Refused, TobitError
from tobit_kernel.server.audit.record import Event, Wanted
from tobit_kernel.server.audit.verify import Verifier
from tobit_kernel.server.gateway.callers import MOST_ROWS, Administering, Auditing, TheGate, caller
from tobit_kernel.server.gateway.errors import translated
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.identity.roles import Reach
from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.wire.audit import AuditPage, Verification
from tobit_kernel.wire.envelope import Envelope

router = APIRouter(tags=["audit"])
log = structlog.get_logger(__name__)

_CSV, _EVENTS = "text/csv", "text/event-stream"
_Word = Annotated[str | None, Query(max_length=1000)]
#: One at a time: it reads everything.
_verifying = asyncio.Lock()


def wanted(
    principal: Auditing,
    text: _Word = None,
    actor: _Word = None,
    action: Annotated[
        str | None, Query(max_length=200, description="this one and those below: source, source.add")
    ] = None,
    outcome: Annotated[str | None, Query(max_length=80, description="ok, failed, or the name of an error")] = None,
    source: _Word = None,
    resource: _Word = None,
    since: datetime | None = None,
    until: datetime | None = None,
    tenant: Annotated[str | None, Query(max_length=80, description="another one, or *; for administrators")] = None,
) -> Wanted:
    """Which rows the caller asks for, of tenants that are theirs to see."""
    return Wanted(
        tenant=_tenant(principal, tenant),
        actor=actor,
        action=action,
        outcome=outcome,
        source=source,
        resource=resource,
        since=_in_zone(since),
        until=_in_zone(until),
        text=text,
    )


def _tenant(principal: Principal, tenant: str | None) -> str | None:
    if tenant in (None, "", principal.tenant):
        return principal.tenant
    if principal.reach(Permission.AUDIT) is not Reach.ALL:
        raise Refused("Another tenant's audit is not yours to see.", "Administrators see that of all tenants.")
    return None if tenant == "*" else tenant


def _in_zone(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time


@router.get("/audit", response_model=Envelope[AuditPage], responses={200: {"content": {_CSV: {}}}})
async def audit(
    gate: TheGate,
    principal: Auditing,
    request: Request,
    rows: Annotated[Wanted, Depends(wanted)],
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 0,
) -> Any:
    """Audit rows, newest first, with the true total. ``Accept: text/csv`` gives all of them as a file."""
    if _CSV not in request.headers.get("accept", ""):
        return Envelope(data=await gate.audit.page(rows, limit, offset))
    await gate.audit.record(_event(caller(request, principal), "audit.export", reason=_described(rows)))
    name = {"content-disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(gate.audit.csv(rows), media_type=f"{_CSV}; charset=utf-8", headers=name)


def _described(rows: Wanted) -> str:
    return ", ".join(f"{name}={value}" for name, value in vars(rows).items() if value) or "all tenants"


@router.get("/audit/verify", response_model=Envelope[Verification], responses={200: {"content": {_EVENTS: {}}}})
async def verify(gate: TheGate, principal: Administering, request: Request) -> Any:
    """Checks the whole audit, of all tenants, against its seals and the anchor; one at a time.

    ``Accept: text/event-stream`` tells the progress while it works.
    """
    if _verifying.locked():
        raise Conflict("The audit is being verified already.", "Wait for it; it reads every row.")
    work = _Work(gate, caller(request, principal))
    if _EVENTS in request.headers.get("accept", ""):
        return StreamingResponse(work.told(), media_type=_EVENTS)
    return Envelope(data=await work.run())


class _Work:
    """One verification; ``told`` is its progress and its end as events."""

    def __init__(self, gate: Gate, who: Caller) -> None:
        self._gate, self._who = gate, who
        self._events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._over = False

    async def run(self) -> Verification:
        loop, sealer = asyncio.get_running_loop(), self._gate.sealer

        def report(done: int, total: int) -> None:
            if self._over:
                raise Cancelled("The client went away.")
            progress = {"done": done, "total": total, "note": "verifying"}
            loop.call_soon_threadsafe(self._events.put_nowait, ("progress", progress))

        async with _verifying:
            await sealer.seal()  # what is new is looked at too
            verifier = Verifier(self._gate.store.addresses.app, sealer.keys, sealer.anchor, report)
            found = await asyncio.to_thread(verifier.run)
        outcome = "ok" if found.intact else "AuditBroken"
        reason = None if found.intact else found.findings[0].message
        if reason is not None:
            log.error("the audit is not as it was sealed", finding=reason)
        await self._gate.audit.record(_event(self._who, "audit.verify", outcome, reason, found.rows))
        return found

    async def told(self) -> AsyncIterator[str]:
        running = asyncio.create_task(self._end())
        try:
            while True:
                name, content = await self._events.get()
                yield f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
                if name != "progress":
                    return
        finally:
            self._over = True
            await asyncio.shield(running)

    async def _end(self) -> None:
        try:
            found = await self.run()
            await self._events.put(("result", found.model_dump(mode="json")))
        except Exception as error:
            told = translated(error, "/api/v1/audit/verify")
            told.trace_id = self._who.trace_id
            if not isinstance(error, TobitError):
                log.error("a verification failed", exc_info=error)
            await self._events.put(("error", told.as_data()))


def _event(who: Caller, action: str, outcome: str = "ok", reason: str | None = None, rows: int | None = None) -> Event:
    return Event(
        who.principal,
        action,
        outcome=outcome,
        reason=reason,
        rows=rows,
        ip=who.ip,
        agent=who.agent,
        trace_id=who.trace_id or None,
    )
