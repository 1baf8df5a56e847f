"""Signing in, for those who are not: passwords, one-time links, the Hub's tokens."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from tobit_kernel.errors import InputError, NotFound, Refused
from tobit_kernel.server.gateway.callers import Anybody, TheGate
from tobit_kernel.server.gateway.door import COOKIE, csrf_of
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.identity import first, passwords
from tobit_kernel.server.identity.identity import digest_of
from tobit_kernel.server.identity.sessions import LIFE, Kind, Opened
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.people import Signed
from tobit_kernel.wire.signing import (
    Credentials,
    HubToken,
    OneTime,
    OneTimeAnswer,
    OneTimeQuestion,
    SignInMethod,
)

router = APIRouter(prefix="/sign-in", tags=["sign-in"])


def require_team(gate: Gate) -> None:
    """``Refused`` where one person works on their own machine."""
    if gate.identity.is_local:
        raise Refused(
            "This gate is of one person: nobody signs in, its token is a file that only they can read.",
            "`tobit gateway --team` serves many.",
        )


def signed(response: Response, opened: Opened, kind: Kind) -> Signed:
    """The answer to a sign-in: a browser gets a cookie that scripts can't read, a program the token."""
    told = Signed(
        ends_at=opened.ends_at,
        user=opened.account,
        tenant=opened.tenant,
        must_change_password=opened.must_change_password,
    )
    if kind is not Kind.BROWSER:
        return told.model_copy(update={"token": opened.token})
    seconds = int(LIFE[kind][1].total_seconds())
    response.set_cookie(
        COOKIE, opened.token, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax"
    )
    return told.model_copy(update={"csrf": csrf_of(opened.token)})


@router.post("")
async def sign_in(
    gate: TheGate, origin: Anybody, request: Request, response: Response, body: Credentials
) -> Envelope[Signed]:
    """A session for name and password. 401 with ``details.needs = "code"`` asks for the second factor."""
    require_team(gate)
    _refuse_strangers(request)
    kind = Kind(body.kind)
    opened = await gate.sign_in.by_password(body.name, body.password, body.code, kind, origin)
    return Envelope(data=signed(response, opened, kind))


@router.get("/methods")
async def methods(gate: TheGate, origin: Anybody) -> Envelope[list[SignInMethod]]:
    """The ways to sign in here."""
    require_team(gate)
    found = [SignInMethod(method="password", name="password", title="Name and password")]
    for provider in await gate.providers.enabled("oidc"):
        title = provider.options.title or provider.name.capitalize()
        url = f"/api/v1/sign-in/oidc/{provider.name}"
        found.append(SignInMethod(method="oidc", name=provider.name, title=title, url=url))
    return Envelope(data=found)


@router.post("/one-time/check")
async def check(gate: TheGate, origin: Anybody, body: OneTimeQuestion) -> Envelope[OneTimeAnswer]:
    """For whom a one-time link is, and what a password for it lacks; the link stays unused."""
    require_team(gate)
    person = await gate.sign_in.invited(body.token, origin)
    answer = OneTimeAnswer(user=person.id, name=person.name, needs_code=person.has_totp)
    if body.password:
        told = [person.id, person.name, person.email]
        answer.score = (await asyncio.to_thread(passwords.score, body.password, told))[0]
        try:
            await passwords.require_good(body.password, told)
        except InputError as error:
            answer.problem, answer.hint = error.message, error.hint
    return Envelope(data=answer)


@router.post("/one-time")
async def one_time(
    gate: TheGate, origin: Anybody, request: Request, response: Response, body: OneTime
) -> Envelope[Signed]:
    """Sets the password of who has the link, which is used up by that, and signs in."""
    require_team(gate)
    _refuse_strangers(request)
    kind = Kind(body.kind)
    opened = await gate.sign_in.by_link(body.token, body.password, body.code, kind, origin)
    if opened.account == first.NAME:
        first.forget(gate.settings.home)
    return Envelope(data=signed(response, opened, kind))


@router.post("/hub")
async def hub(gate: TheGate, origin: Anybody, response: Response, body: HubToken) -> Envelope[Signed]:
    """A session of ten minutes for a kernel that shows the token of its JupyterHub."""
    require_team(gate)
    if gate.hub is None:
        raise NotFound("This gate knows no JupyterHub.", "TOBIT_HUB_API_URL tells it where one is.")
    person = await gate.hub.person(body.token)
    session = digest_of(body.token).hex()
    opened = await gate.sign_in.enter(person, "hub", Kind.KERNEL, origin, f"hub/{session}")
    return Envelope(data=signed(response, opened, Kind.KERNEL))


def _refuse_strangers(request: Request) -> None:
    """A page of another site must not sign a browser in as somebody else (login CSRF)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused("A page of another site can't sign anybody in here.", "Open the gate's own page: /sign-in.")
