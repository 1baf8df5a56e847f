"""People of a tenant."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from tobit_kernel.errors import Refused
from tobit_kernel.server.gateway.callers import MOST_ROWS, People, Tenant, TheGate, event
from tobit_kernel.server.gateway.routes.sign_in import require_team
from tobit_kernel.server.identity.accounts import refuse_stronger
from tobit_kernel.server.identity.keys import require_person
from tobit_kernel.server.identity.one_time import Link
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.people import ACCOUNT, AccountChange, AccountDraft, AccountInfo, AccountPage
from tobit_kernel.wire.signing import Invitation, Recovery, SignInInfo

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
    earlier = await gate.accounts.get(tenant, user)
    changed = await gate.accounts.change(principal, tenant, user, body)
    gate.identity.forget()
    names = set(body.model_dump(exclude_none=True, exclude={"reason"}))
    told = event(request, principal, "user.change", user, body.reason or None)
    await gate.audit.record(replace(told, before=_part(earlier, names), after=_part(changed, names)))
    return Envelope(data=changed)


@router.post("/users")
async def add(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, draft: AccountDraft
) -> Envelope[Invitation]:
    """A new person, and the one-time link by which they choose a password; it is told this once."""
    require_team(gate)
    await gate.tenants.require(tenant)
    async with gate.store.engine.begin() as connection:
        await gate.accounts.add(connection, principal, tenant, draft)
        link = await gate.sign_in.links.make(connection, tenant, draft.id, principal.user)
    told = f"{draft.role} of {tenant}, groups: {', '.join(draft.groups) or 'none'}"
    await gate.audit.record(event(request, principal, "user.add", draft.id, told))
    return Envelope(data=_invitation(draft.id, link))


@router.post("/users/{user}/recover")
async def recover(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, user: AccountName, body: Recovery
) -> Envelope[Invitation]:
    """A one-time link for who lost their password. Their sessions end; with ``clear_totp`` the code is not asked."""
    require_team(gate)
    person = await gate.accounts.get(tenant, user)
    if user == principal.user:
        require_person(principal)
    if person.disabled_at is not None:
        raise Refused(f"{user!r} is disabled.", f"Enable them first: `%tobit users {user} --enable`.")
    refuse_stronger(principal, await gate.identity.person(user))
    if person.origin != "own" or user == "local":
        raise Refused(f"{user!r} has no password here.", "They sign in where their account is.")
    async with gate.store.engine.begin() as connection:
        link = await gate.sign_in.links.make(connection, tenant, user, principal.user)
        await gate.sessions.end_all(connection, user, principal.user)
        if body.clear_totp:
            await gate.sign_in.totp.remove(connection, user)
    await gate.sign_in.attempts.unlock(user)
    what = f"{body.reason} (second factor removed)" if body.clear_totp else body.reason
    await gate.audit.record(event(request, principal, "user.recover", user, what))
    return Envelope(data=_invitation(user, link))


@router.post("/users/{user}/unlock")
async def unlock(
    gate: TheGate, principal: People, tenant: Tenant, request: Request, user: AccountName
) -> Envelope[AccountInfo]:
    """Ends the pause after failed attempts."""
    await gate.accounts.get(tenant, user)
    await gate.sign_in.attempts.unlock(user)
    await gate.audit.record(event(request, principal, "user.unlock", user))
    return Envelope(data=await gate.accounts.get(tenant, user))


@router.get("/users/{user}/sign-ins")
async def sign_ins(
    gate: TheGate, principal: People, tenant: Tenant, user: AccountName
) -> Envelope[list[SignInInfo]]:
    """Their last hundred sign-ins and what somebody tried in their name."""
    await gate.accounts.get(tenant, user)
    return Envelope(data=await gate.history.of(tenant, user))


def _part(account: AccountInfo, names: set[str]) -> dict[str, Any]:
    whole = {**account.model_dump(mode="json"), "disabled": account.disabled_at is not None}
    return {name: whole[name] for name in sorted(names)}


def _invitation(user: str, link: Link) -> Invitation:
    return Invitation(user=user, token=link.token, path=link.at(""), ends_at=link.ends_at)
