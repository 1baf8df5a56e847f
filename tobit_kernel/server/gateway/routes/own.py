"""How the caller comes in: their password, second factor, session, history."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.requests import cookie_parser

from tobit_kernel.errors import Refused
from tobit_kernel.server.gateway.callers import Known, TheGate, event, origin_of
from tobit_kernel.server.gateway.door import COOKIE, csrf_of
from tobit_kernel.server.gateway.routes.sign_in import require_team, signed
from tobit_kernel.server.identity.keys import require_person
from tobit_kernel.server.identity.principal import Via
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.people import Signed
from tobit_kernel.wire.signing import (
    CodeShown,
    Factor,
    PasswordChange,
    PasswordShown,
    RecoveryCodes,
    SignInInfo,
    TotpEnrolment,
)

router = APIRouter(prefix="/me", tags=["own"])


@router.get("/session")
async def session(gate: TheGate, principal: Known, request: Request) -> Envelope[Signed]:
    """The caller's session; for a cookie with what a page must send beside it."""
    known = await gate.sessions.known(principal.tenant, principal.user)
    own = [each for each in known if each.id == principal.credential]
    if not own:
        raise Refused("You did not come with a session.", "`%tobit whoami` tells how.")
    token = cookie_parser(request.headers.get("cookie", "")).get(COOKIE, "")
    is_cookie = bool(token) and "authorization" not in request.headers
    return Envelope(
        data=Signed(
            ends_at=own[0].ends_at,
            user=principal.user,
            tenant=principal.tenant,
            csrf=csrf_of(token) if is_cookie else "",
            must_change_password=principal.must_change_password,
        )
    )


@router.post("/session/renew")
async def renew(gate: TheGate, principal: Known, request: Request, response: Response) -> Envelope[Signed]:
    """A new session of the same kind, while the present one still counts."""
    if principal.via is not Via.SESSION:
        raise Refused("Only a session can be renewed.", "An API key is rotated: `%tobit keys --rotate ID`.")
    opened = await gate.sessions.renew(principal.tenant, principal.credential, origin_of(request))
    kind = await gate.sessions.kind_of(principal.tenant, opened.id)
    return Envelope(data=signed(response, opened, kind))


@router.put("/password")
async def change_password(
    gate: TheGate, principal: Known, request: Request, body: PasswordChange
) -> Envelope[dict[str, str]]:
    """Another password; all other sessions of the caller end."""
    require_team(gate)
    require_person(principal)
    await gate.sign_in.change_password(principal, body.old, body.new, origin_of(request))
    await gate.audit.record(event(request, principal, "password.change", principal.user))
    return Envelope(data={"user": principal.user})


@router.post("/totp")
async def begin_totp(gate: TheGate, principal: Known, request: Request, body: PasswordShown) -> Envelope[TotpEnrolment]:
    """A new second factor; it counts after ``/me/totp/confirm``."""
    require_team(gate)
    require_person(principal)
    await gate.sign_in.require_password(principal, body.password, origin_of(request))
    begun = await gate.sign_in.totp.begin(principal.tenant, principal.user)
    return Envelope(data=TotpEnrolment(uri=begun.uri, svg=begun.svg, secret=begun.secret))


@router.post("/totp/confirm")
async def confirm_totp(gate: TheGate, principal: Known, request: Request, body: CodeShown) -> Envelope[RecoveryCodes]:
    """From now on signing in takes a code; the answer holds ten for the case that the app is lost."""
    require_team(gate)
    require_person(principal)
    codes = await gate.sign_in.totp.confirm(principal.user, body.code)
    await gate.audit.record(event(request, principal, "totp.add", principal.user))
    return Envelope(data=RecoveryCodes(codes=codes))


@router.delete("/totp")
async def remove_totp(
    gate: TheGate, principal: Known, request: Request, body: PasswordShown
) -> Envelope[dict[str, str]]:
    """From now on the password is enough."""
    require_team(gate)
    require_person(principal)
    await gate.sign_in.require_password(principal, body.password, origin_of(request))
    async with gate.store.engine.begin() as connection:
        await gate.sign_in.totp.remove(connection, principal.user)
    await gate.audit.record(event(request, principal, "totp.remove", principal.user))
    return Envelope(data={"user": principal.user})


@router.get("/factor")
async def factor(gate: TheGate, principal: Known) -> Envelope[Factor]:
    """Whether the caller has a password here, and a second factor."""
    person = await gate.accounts.get(principal.tenant, principal.user)
    return Envelope(data=Factor(has_password=person.has_password, has_totp=person.has_totp))


@router.get("/sign-ins")
async def own_sign_ins(gate: TheGate, principal: Known) -> Envelope[list[SignInInfo]]:
    """The caller's last hundred sign-ins and what somebody tried in their name."""
    return Envelope(data=await gate.history.of(principal.tenant, principal.user))
