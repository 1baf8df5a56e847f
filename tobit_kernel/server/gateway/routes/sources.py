"""Sources and their catalogs."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from tobit_kernel.errors import SourceUnavailable
from tobit_kernel.server.audit.record import Event
from tobit_kernel.server.gateway.callers import Administering, Reading, Registering, TheGate, caller
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.queries.profile import profile as profiled
from tobit_kernel.server.store.rotation import rotated
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import NAME, TableDetail, TableInfo, TableProfile
from tobit_kernel.wire.sources import Rotation, SourceChange, SourceDraft, SourceInfo, SourceTest

router = APIRouter(tags=["sources"])

SourceName = Annotated[str, Path(pattern=NAME)]
Pattern = Annotated[str, Query(max_length=200)]


#: What is told of a source to who looks at its changes.
_DESCRIBED = {"type", "location", "description", "options"}


async def _described(gate: Gate, principal: Principal, name: str) -> dict[str, Any]:
    known = await gate.sources.known(principal, name)
    return next((each.model_dump(include=_DESCRIBED) for each in known if each.name == name), {})


def _tested(principal: Principal, name: str, test: SourceTest, location: str | None = None) -> Event:
    is_up = test.state == "up"
    return Event(
        principal,
        "source.test",
        outcome="ok" if is_up else SourceUnavailable.__name__,
        resource=name,
        error=None if is_up else test.detail,
        reason=location,
    )


@router.get("/sources")
async def sources(gate: TheGate, principal: Reading, pattern: Pattern = "") -> Envelope[list[SourceInfo]]:
    """Registered sources, the built-in ones first, each as it was when it was last asked."""
    return Envelope(data=await gate.sources.known(principal, pattern))


@router.post("/sources")
async def add(gate: TheGate, principal: Registering, draft: SourceDraft) -> Envelope[SourceInfo]:
    """Registers a source after it has answered."""
    info = await gate.sources.add(principal, draft)
    told = info.model_dump(include=_DESCRIBED)
    await gate.audit.record(Event(principal, "source.add", resource=draft.name, reason=draft.location, after=told))
    return Envelope(data=info)


@router.post("/sources/test")
async def test_draft(gate: TheGate, principal: Registering, draft: SourceDraft) -> Envelope[SourceTest]:
    """Whether a source would answer; nothing is kept of it."""
    test = await gate.sources.test_draft(principal, draft)
    await gate.audit.record(_tested(principal, draft.name, test, draft.location))
    return Envelope(data=test)


@router.post("/sources/rotate-keys")
async def rotate_keys(gate: TheGate, principal: Administering) -> Envelope[Rotation]:
    """Encrypts every stored secret anew with the newest key: all of them, or after an error none."""
    changed, unused = await rotated(gate.store.engine, gate.secrets)
    told = Rotation(key=gate.secrets.newest, changed=changed, unused=unused)
    reason = f"key {told.key}, {sum(changed.values())} secrets"
    await gate.audit.record(Event(principal, "source.rotate_keys", reason=reason))
    return Envelope(data=told)


@router.patch("/sources/{source}")
async def change(
    gate: TheGate, principal: Registering, source: SourceName, change: SourceChange
) -> Envelope[SourceInfo]:
    """Changes a source after it has answered so; a password is written and never read."""
    earlier = await _described(gate, principal, source)
    info = await gate.sources.change(principal, source, change)
    names = change.model_fields_set & _DESCRIBED
    before = {name: earlier[name] for name in sorted(names) if name in earlier}
    after = info.model_dump(include=names) | ({"password": "changed"} if change.password is not None else {})
    await gate.audit.record(Event(principal, "source.change", resource=source, before=before, after=after))
    return Envelope(data=info)


@router.delete("/sources/{source}")
async def remove(gate: TheGate, principal: Registering, source: SourceName) -> Envelope[dict[str, str]]:
    """Forgets a source."""
    before = await _described(gate, principal, source)
    await gate.sources.remove(principal, source)
    await gate.audit.record(Event(principal, "source.remove", resource=source, before=before))
    return Envelope(data={"name": source})


@router.post("/sources/{source}/test")
async def test(gate: TheGate, principal: Registering, source: SourceName) -> Envelope[SourceTest]:
    """Whether a source answers now."""
    found = await gate.sources.test(principal, source)
    await gate.audit.record(_tested(principal, source, found))
    return Envelope(data=found)


@router.get("/sources/{source}/tables")
async def tables(
    gate: TheGate, principal: Reading, source: SourceName, pattern: Pattern = ""
) -> Envelope[list[TableInfo]]:
    """Tables, views and files that the caller may read."""
    found = await gate.sources.get(principal, source)
    return Envelope(data=await asyncio.to_thread(found.tables, principal, pattern))


# Names may hold a slash, such as prefixes of keys in Redis; the longer path goes first.
@router.get("/sources/{source}/tables/{table:path}/profile")
async def profile(
    gate: TheGate, principal: Reading, request: Request, source: SourceName, table: str
) -> Envelope[TableProfile]:
    """What the columns of a table hold."""
    return Envelope(data=await profiled(gate.queries, caller(request, principal), source, table))


@router.get("/sources/{source}/tables/{table:path}")
async def table(gate: TheGate, principal: Reading, source: SourceName, table: str) -> Envelope[TableDetail]:
    """One table with its columns, and which of them were declared to hold personal data."""
    found = await gate.sources.get(principal, source)
    detail = await asyncio.to_thread(found.table, principal, table)
    schemas: dict[str, str] = getattr(found, "schemas", lambda _: {})(principal)
    full = f"{schemas.get(detail.db_schema, detail.db_schema)}.{detail.name}"
    masking = await gate.queries.means.rules.of(principal.tenant)
    kinds = {each.column_name: each.kind for each in masking.of(source) if each.table_name == full}
    columns = [column.model_copy(update={"sensitive": kinds.get(column.name)}) for column in detail.columns]
    return Envelope(data=detail.model_copy(update={"columns": columns}))
