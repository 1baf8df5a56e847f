"""Signing in where somebody else vouches: the way there and back, its sign-out, and the records of providers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from tobit_kernel.errors import LimitReached, NotFound
from tobit_kernel.server.gateway.callers import Administering, Anybody, Tenant, TheGate, event
from tobit_kernel.server.gateway.door import COOKIE
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.identity.providers import Provider
from tobit_kernel.server.identity.sessions import LIFE, Kind
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import NAME
from tobit_kernel.wire.providers import ProviderDraft, ProviderInfo

if TYPE_CHECKING:
    from tobit_kernel.server.identity.oidc import Oidc

router = APIRouter()
_BELOW = "/api/v1/sign-in/oidc"
_FLOW_COOKIE = "__Host-tobit-flow"
_LOGOUT_BYTES = 100_000

ProviderName = Annotated[str, Path(pattern=NAME)]


def _oidc(gate: Gate) -> Oidc:
    """The flows of this gate; the libraries load at the first use."""
    from tobit_kernel.server.identity.oidc import Oidc

    if gate.oidc is None:
        gate.oidc = Oidc(gate.store.engine)
    return gate.oidc


@router.get("/sign-in/oidc/{provider}", tags=["sign-in"], status_code=303, response_class=RedirectResponse)
async def begin(
    gate: TheGate,
    origin: Anybody,
    request: Request,
    provider: ProviderName,
    next: Annotated[str, Query(max_length=500)] = "/sign-in",  # noqa: A002 - the parameter's name everywhere
) -> Response:
    """Sends the browser to the provider."""
    found = await _found(gate, provider)
    begun = await _oidc(gate).begin(found, _callback(gate, request, provider), _own_path(next))
    answer = RedirectResponse(begun.url, 303)
    # Lax: the way back begins at another site.
    answer.set_cookie(
        _FLOW_COOKIE, begun.browser, max_age=600, path="/", secure=True, httponly=True, samesite="lax"
    )
    return answer


@router.get("/sign-in/oidc/{provider}/callback", tags=["sign-in"], status_code=303, response_class=RedirectResponse)
async def arrive(
    gate: TheGate,
    origin: Anybody,
    request: Request,
    provider: ProviderName,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """Takes back who comes from the provider: a session in a cookie, then on to where they wanted to go."""
    found = await _found(gate, provider)
    browser = request.cookies.get(_FLOW_COOKIE, "")
    arrived = await _oidc(gate).arrive(found, _callback(gate, request, provider), state, code, browser)
    opened = await gate.sign_in.enter(arrived.person, "oidc", Kind.BROWSER, origin, arrived.provider_session)
    answer = RedirectResponse(arrived.next, 303)
    answer.delete_cookie(_FLOW_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    seconds = int(LIFE[Kind.BROWSER][1].total_seconds())
    answer.set_cookie(COOKIE, opened.token, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")
    return answer


@router.post("/sign-in/oidc/{provider}/logout", tags=["sign-in"])
async def signed_out(
    gate: TheGate, origin: Anybody, request: Request, provider: ProviderName
) -> Envelope[dict[str, int]]:
    """The provider's back channel: ends the sessions that it names, at once."""
    body = await request.body()
    if len(body) > _LOGOUT_BYTES:
        raise LimitReached("This is no sign-out.")
    token = parse_qs(body.decode("ascii", "replace")).get("logout_token", [""])[0]
    session = await _oidc(gate).signed_out(await _found(gate, provider), token)
    ended = await gate.sessions.end_of_provider(session) if session else 0
    gate.identity.forget()  # before the notice of the database is here
    return Envelope(data={"sessions": ended})


@router.get("/sign-in/oidc/{provider}/sign-out", tags=["sign-in"], status_code=303, response_class=RedirectResponse)
async def sign_out(gate: TheGate, origin: Anybody, request: Request, provider: ProviderName) -> Response:
    """Sends the browser to end the provider's own session, too; the gate's was ended before."""
    back = f"{_base(gate, request)}/sign-in"
    address = await _oidc(gate).sign_out_address(await _found(gate, provider), back)
    return RedirectResponse(address or back, 303)


@router.get("/providers", tags=["providers"])
async def providers(gate: TheGate, principal: Administering, tenant: Tenant) -> Envelope[list[ProviderInfo]]:
    """Who vouches for people of the tenant, without secrets."""
    return Envelope(data=await gate.providers.known(tenant))


@router.post("/providers", tags=["providers"])
async def add(
    gate: TheGate, principal: Administering, tenant: Tenant, request: Request, draft: ProviderDraft
) -> Envelope[ProviderInfo]:
    """Registers a provider; its secret is encrypted and never shown."""
    info = await gate.providers.add(principal, tenant, draft)
    await gate.audit.record(event(request, principal, "provider.add", draft.name, draft.kind))
    return Envelope(data=info)


@router.delete("/providers/{provider}", tags=["providers"])
async def remove(
    gate: TheGate, principal: Administering, tenant: Tenant, request: Request, provider: ProviderName
) -> Envelope[dict[str, str]]:
    """Forgets a provider."""
    await gate.providers.remove(tenant, provider)
    await gate.audit.record(event(request, principal, "provider.remove", provider))
    return Envelope(data={"name": provider})


async def _found(gate: Gate, name: str) -> Provider:
    if gate.identity.is_local:
        raise NotFound(f"There is no sign-in {name!r}.", "This gate is of one person.")
    return await gate.providers.get(name, "oidc")


def _base(gate: Gate, request: Request) -> str:
    """What browsers call this gate: as configured, else as this one did (the door knows the names)."""
    return gate.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")


def _callback(gate: Gate, request: Request, provider: str) -> str:
    return f"{_base(gate, request)}{_BELOW}/{provider}/callback"


def _own_path(path: str) -> str:
    """``path`` where it leads to a page of this gate; else the sign-in page."""
    return path if re.fullmatch(r"/(?![/\\])[A-Za-z0-9_./~-]*", path) else "/sign-in"
