"""What is kept about a person: told, or taken away."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request

from tobit_kernel.errors import Refused
from tobit_kernel.server.audit.erasure import pseudonymise
from tobit_kernel.server.gateway.callers import Known, People, Tenant, TheGate, event
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.gateway.routes.users import AccountName
from tobit_kernel.server.identity import personal
from tobit_kernel.server.identity.accounts import refuse_above
from tobit_kernel.server.identity.keys import require_person
from tobit_kernel.server.identity.roles import Role
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.people import Personal
from tobit_kernel.wire.signing import Erased, Erasure

router = APIRouter(tags=["users"])


async def _told(gate: Gate, tenant: str, user: str) -> Personal:
    found = await personal.told(gate.store.engine, tenant, user)
    found.tables["audit"] = [json.loads(line) async for line in gate.audit.export(tenant, user)]
    return found


@router.get("/me/export")
async def own(gate: TheGate, principal: Known, request: Request) -> Envelope[Personal]:
    """Everything that is kept about the caller, audit included."""
    require_person(principal)
    found = await _told(gate, principal.tenant, principal.user)
    await gate.audit.record(event(request, principal, "user.export", principal.user))
    return Envelope(data=found)


@router.get("/users/{user}/export")
async def export(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, user: AccountName
) -> Envelope[Personal]:
    """Everything that is kept about a person, audit included."""
    refuse_above(principal, Role((await gate.accounts.get(tenant, user)).role))
    found = await _told(gate, tenant, user)
    await gate.audit.record(event(request, principal, "user.export", user))
    return Envelope(data=found)


@router.post("/users/{user}/erase")
async def erase(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, user: AccountName, body: Erasure
) -> Envelope[Erased]:
    """Puts a pseudonym in a person's place, in the audit too. It can't be undone."""
    person = await gate.accounts.get(tenant, user)
    refuse_above(principal, Role(person.role))
    if user in ("local", principal.user):
        raise Refused(f"{user!r} can't be erased by this.", "Another administrator erases a person who leaves.")
    engine, pseudonym = gate.store.engine, personal.new_pseudonym()
    # What was counted of them in memory would stand in their name a second later.
    await gate.queries.means.limits.usage.flush()
    # Before, so that it can be done again when it is cut off; and what came meanwhile.
    rows = await pseudonymise(engine, gate.sealer.keys, tenant, user, pseudonym)
    await personal.erase(engine, tenant, user, pseudonym, body.keep_tables)
    rows += await pseudonymise(engine, gate.sealer.keys, tenant, user, pseudonym)
    await gate.audit.record(event(request, principal, "user.erase", pseudonym, body.reason))
    return Envelope(data=Erased(pseudonym=pseudonym, audit_rows=rows, schema_dropped=not body.keep_tables))
