"""Columns that hold personal data, and what is done with what patterns find."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query

from tobit_kernel.errors import InputError, NotFound
from tobit_kernel.server.audit.record import Event
from tobit_kernel.server.gateway.callers import Administering, Registering, TheGate
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.masking.policy import DEFAULT, NAMES, PATTERNS, Kind, Mode, Policy
from tobit_kernel.server.masking.rules import Declared
from tobit_kernel.server.masking.texts import masked
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.masking import Name, PatternInfo, PatternMode, Reason, SensitiveColumn, SensitiveDraft
from tobit_kernel.wire.models import NAME

router = APIRouter(tags=["masking"])

SourceName = Annotated[str, Query(pattern=NAME)]


@router.get("/masking/columns")
async def columns(gate: TheGate, principal: Registering, source: SourceName = "") -> Envelope[list[SensitiveColumn]]:
    """Declared columns, of all sources or of one."""
    masking = await gate.queries.means.rules.of(principal.tenant)
    return Envelope(data=[_shown(each) for each in masking.columns if source in ("", each.source)])


@router.put("/masking/columns")
async def declare(gate: TheGate, principal: Registering, draft: SensitiveDraft) -> Envelope[SensitiveColumn]:
    """Declares that a column holds personal data: it is hidden before any statement sees it."""
    table, column = await _meant(gate, principal, draft.source, draft.table, draft.column)
    declared = Declared(draft.source, table, column, Kind(draft.kind), Mode(draft.mode), draft.reason, principal.user)
    await gate.queries.means.rules.declare(principal.tenant, declared)
    await gate.graph.declared(principal, table)
    await gate.cache.forget(principal)
    await gate.audit.record(
        Event(
            principal, "masking.declare", resource=f"{table}.{column}", source=draft.source,
            reason=f"{draft.kind}, {draft.mode}: {draft.reason}",
        )
    )  # fmt: skip
    kept = (await gate.queries.means.rules.of(principal.tenant)).columns
    return Envelope(
        data=next(_shown(each) for each in kept if (each.source, each.table_name, each.column_name)
                  == (draft.source, table, column))
    )  # fmt: skip


@router.delete("/masking/columns")
async def release(
    gate: TheGate,
    principal: Registering,
    table: Annotated[Name, Query()],
    column: Annotated[Name, Query()],
    reason: Annotated[Reason, Query()],
    source: SourceName = "workbench",
) -> Envelope[dict[str, str]]:
    """Declares that a column holds no personal data after all."""
    found = await _kept(gate, principal, source, table, column)
    await gate.queries.means.rules.release(principal.tenant, source, *found)
    await gate.cache.forget(principal)
    resource = ".".join(found)
    await gate.audit.record(Event(principal, "masking.release", resource=resource, source=source, reason=reason))
    return Envelope(data={"table": found[0], "column": found[1]})


@router.get("/masking/patterns")
async def patterns(gate: TheGate, principal: Administering) -> Envelope[list[PatternInfo]]:
    """All patterns with what is done with what they find."""
    masking = await gate.queries.means.rules.of(principal.tenant)
    decided = {each.pattern: each for each in masking.decisions}
    return Envelope(data=[_told(name, masking.policy, decided.get(name)) for name in NAMES])


@router.put("/masking/patterns")
async def decide(gate: TheGate, principal: Administering, change: PatternMode) -> Envelope[PatternInfo]:
    """Decides what is done with what a pattern finds."""
    rules = gate.queries.means.rules
    await rules.decide(principal.tenant, change.pattern, Mode(change.mode), change.reason, principal.user)
    await gate.cache.forget(principal)
    reason = f"{change.mode}: {change.reason}"
    await gate.audit.record(Event(principal, "masking.pattern", resource=change.pattern, reason=reason))
    masking = await rules.of(principal.tenant)
    decided = {each.pattern: each for each in masking.decisions}
    return Envelope(data=_told(change.pattern, masking.policy, decided.get(change.pattern)))


async def _meant(gate: Gate, principal: Principal, source: str, table: str, column: str) -> tuple[str, str]:
    """Table and column as the source calls them."""
    found = await gate.sources.get(principal, source)
    if found.language != "sql":
        raise InputError(f"Source {source!r} has no tables with columns.", "Patterns mask what comes from it.")
    detail = await asyncio.to_thread(found.table, principal, table)
    schemas: dict[str, str] = getattr(found, "schemas", lambda _: {})(principal)
    names = {each.name: each.name for each in detail.columns}
    names.update({each.name.lower(): each.name for each in detail.columns if each.name.lower() not in names})
    if column not in names and column.lower() not in names:
        raise NotFound(
            f"{table} has no column {column!r}.", f"It has: {', '.join(each.name for each in detail.columns)}."
        )
    schema = schemas.get(detail.db_schema, detail.db_schema)
    return f"{schema}.{detail.name}", names.get(column) or names[column.lower()]


async def _kept(gate: Gate, principal: Principal, source: str, table: str, column: str) -> tuple[str, str]:
    """The same of a declaration, whose table may be gone."""
    kept = (await gate.queries.means.rules.of(principal.tenant)).columns
    if any((each.source, each.table_name, each.column_name) == (source, table, column) for each in kept):
        return table, column
    return await _meant(gate, principal, source, table, column)


def _shown(declared: Declared) -> SensitiveColumn:
    plain: dict[str, Any] = {**vars(declared), "table": declared.table_name, "column": declared.column_name}
    return SensitiveColumn.model_validate(plain)


def _told(name: str, policy: Policy, decided: Any) -> PatternInfo:
    pattern = next(each for each in PATTERNS if each.name == name)
    more = {} if decided is None else {"reason": decided.reason, "decided_by": decided.decided_by, "at": decided.at}
    mode = policy.mode(name)
    example = pattern.example[0]
    return PatternInfo(
        pattern=name,
        title=pattern.title,
        group=pattern.group,
        example=example,
        shown=example if mode is Mode.NONE else masked(example, policy if mode is not Mode.MASK else DEFAULT),
        mode=mode.value,
        **more,
    )
