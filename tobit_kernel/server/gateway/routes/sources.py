"""Sources and their catalogs."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from tobit_kernel.server.audit.record import Event
from tobit_kernel.server.gateway.callers import Reading, Registering, TheGate, caller
from tobit_kernel.server.queries.profile import profile as profiled
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import NAME, SourceDraft, SourceInfo, TableDetail, TableInfo, TableProfile

router = APIRouter(tags=["sources"])

SourceName = Annotated[str, Path(pattern=NAME)]
Pattern = Annotated[str, Query(max_length=200)]


@router.get("/sources")
async def sources(gate: TheGate, principal: Reading, pattern: Pattern = "") -> Envelope[list[SourceInfo]]:
    """Registered sources, the workbench first."""
    return Envelope(data=await gate.sources.known(principal, pattern))


@router.post("/sources")
async def add(gate: TheGate, principal: Registering, draft: SourceDraft) -> Envelope[SourceInfo]:
    """Registers a source after it has answered."""
    info = await gate.sources.add(principal, draft)
    await gate.audit.record(Event(principal, "source.add", resource=draft.name, reason=draft.location))
    return Envelope(data=info)


@router.delete("/sources/{source}")
async def remove(gate: TheGate, principal: Registering, source: SourceName) -> Envelope[dict[str, str]]:
    """Forgets a source."""
    await gate.sources.remove(principal, source)
    await gate.audit.record(Event(principal, "source.remove", resource=source))
    return Envelope(data={"name": source})


@router.get("/sources/{source}/tables")
async def tables(
    gate: TheGate, principal: Reading, source: SourceName, pattern: Pattern = ""
) -> Envelope[list[TableInfo]]:
    """Tables, views and files that the caller may read."""
    found = await gate.sources.get(principal, source)
    return Envelope(data=await asyncio.to_thread(found.tables, principal, pattern))


@router.get("/sources/{source}/tables/{table}")
async def table(gate: TheGate, principal: Reading, source: SourceName, table: str) -> Envelope[TableDetail]:
    """One table with its columns."""
    found = await gate.sources.get(principal, source)
    return Envelope(data=await asyncio.to_thread(found.table, principal, table))


@router.get("/sources/{source}/tables/{table}/profile")
async def profile(
    gate: TheGate, principal: Reading, request: Request, source: SourceName, table: str
) -> Envelope[TableProfile]:
    """What the columns of a table hold."""
    return Envelope(data=await profiled(gate.queries, caller(request, principal), source, table))
