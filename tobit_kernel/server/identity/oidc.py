"""Signing in by OpenID Connect: code flow with PKCE, state bound to the browser, nonce; sign-out by the provider."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import Refused, SourceUnavailable, Unauthenticated
from tobit_kernel.server.identity.accounts import External
from tobit_kernel.server.identity.providers import Provider, external
from tobit_kernel.wire.providers import Mapping, OidcOptions

#: A person who takes longer begins anew.
FLOW_S = 600
_LEEWAY_S = 60
_KEYS_S = 600.0
_TIMEOUT_S = 10.0
#: Signed by the provider alone: neither "none" nor a key that this gate has too.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"

_BEGIN = text(
    "insert into gate.oidc_flow (digest, provider, browser, nonce, verifier, next, ends_at)"
    " values (:digest, :provider, :browser, :nonce, :verifier, :next, now() + make_interval(secs => :flow_s))"
)
_TAKE = text(
    "delete from gate.oidc_flow where digest = :digest and provider = :provider and browser = :browser"
    " returning nonce, verifier, next, ends_at > now() as in_time"
)
_LOGGED_OUT = text(
    "insert into gate.oidc_logout (digest, ends_at) values (:digest, now() + interval '1 day') on conflict do nothing"
)


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and what it must bring back in a cookie."""

    url: str
    browser: str


@dataclass(frozen=True)
class Arrived:
    """Who came back, where they wanted to go, and the provider's name of the session."""

    person: External
    next: str
    provider_session: str | None


class Oidc:
    """The flows of all providers."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._metadata: dict[str, tuple[float, dict[str, Any]]] = {}
        self._keys: dict[str, tuple[float, KeySet]] = {}

    async def begin(self, provider: Provider, callback: str, next_path: str) -> Begun:
        """The provider's address for this sign-in."""
        options = cast(OidcOptions, provider.options)
        metadata = await self._known(options.issuer)
        state, nonce, browser, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        values = {"digest": _digest(state), "provider": provider.name, "browser": _digest(browser), "nonce": nonce}
        async with self._engine.begin() as connection:
            await connection.execute(_BEGIN, {**values, "verifier": verifier, "next": next_path, "flow_s": FLOW_S})
        asked = {
            "response_type": "code",
            "client_id": options.client_id,
            "redirect_uri": callback,
            "scope": options.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = str(metadata["authorization_endpoint"])
        return Begun(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", browser)

    async def arrive(self, provider: Provider, callback: str, state: str, code: str, browser: str) -> Arrived:
        """Who signed in; ``Unauthenticated`` when anything about the way back is not right."""
        key = {"digest": _digest(state), "provider": provider.name, "browser": _digest(browser)}
        async with self._engine.begin() as connection:
            flow = (await connection.execute(_TAKE, key)).mappings().first()
        if flow is None or not flow["in_time"]:
            raise Unauthenticated("This sign-in has ended or began in another browser.", "Begin it again.")
        options = cast(OidcOptions, provider.options)
        metadata = await self._known(options.issuer)
        tokens = await self._exchanged(provider, metadata, callback, code, flow["verifier"])
        claims = await self._checked(options, metadata, tokens, flow["nonce"])
        return Arrived(self._person(provider, claims), flow["next"], _session(provider, claims))

    async def signed_out(self, provider: Provider, logout_token: str) -> str:
        """The provider's name of the session that it ends by its back channel."""
        options = cast(OidcOptions, provider.options)
        metadata = await self._known(options.issuer)
        token = await self._decoded(metadata, logout_token)
        wanted = {"iss": {"values": [metadata["issuer"]]}, "aud": {"values": [options.client_id]}}
        claims = CodeIDToken(token.claims, token.header, wanted)
        try:
            claims.validate(leeway=_LEEWAY_S)
        except JoseError as error:
            raise Unauthenticated(f"The sign-out of {provider.name!r} is not valid: {error.error}.") from None
        if _LOGOUT not in (claims.get("events") or {}) or "nonce" in claims or not claims.get("jti"):
            raise Unauthenticated(f"What {provider.name!r} sent is no sign-out.")
        async with self._engine.begin() as connection:
            if not (await connection.execute(_LOGGED_OUT, {"digest": _digest(claims["jti"])})).rowcount:
                raise Unauthenticated("This sign-out was sent before.")
        return _session(provider, claims) or ""

    async def sign_out_address(self, provider: Provider, back: str) -> str | None:
        """Where the browser ends the provider's own session; None when it has no such place."""
        options = cast(OidcOptions, provider.options)
        endpoint = (await self._known(options.issuer)).get("end_session_endpoint")
        asked = urlencode({"client_id": options.client_id, "post_logout_redirect_uri": back})
        return f"{endpoint}?{asked}" if endpoint else None

    # -- what the provider says -------------------------------------------------

    async def _exchanged(
        self, provider: Provider, metadata: dict[str, Any], callback: str, code: str, verifier: str
    ) -> dict[str, Any]:
        options = cast(OidcOptions, provider.options)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": verifier}
        form["client_id"] = options.client_id
        basic = "client_secret_post" not in metadata.get("token_endpoint_auth_methods_supported", [])
        auth = None
        if provider.secret and basic:
            auth = httpx.BasicAuth(options.client_id, provider.secret)
        elif provider.secret:
            form["client_secret"] = provider.secret
        status, answer = await _asked("POST", str(metadata["token_endpoint"]), data=form, auth=auth)
        if status != 200 or "id_token" not in answer:
            raise Unauthenticated(f"{provider.name!r} did not accept the sign-in.", "Begin it again.")
        return answer

    async def _checked(
        self, options: OidcOptions, metadata: dict[str, Any], tokens: dict[str, Any], nonce: str
    ) -> CodeIDToken:
        token = await self._decoded(metadata, tokens["id_token"])
        wanted = {"iss": {"values": [metadata["issuer"]]}, "aud": {"values": [options.client_id]}}
        given = {"nonce": nonce, "client_id": options.client_id, "access_token": tokens.get("access_token")}
        claims = CodeIDToken(token.claims, token.header, wanted, given)
        try:
            claims.validate(leeway=_LEEWAY_S)
        except JoseError as error:
            raise Unauthenticated(f"What the provider says of the person is not valid: {error.error}.") from None
        return claims

    async def _decoded(self, metadata: dict[str, Any], token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        for fresh in (False, True):  # a key that is not known may be a new one
            keys = await self._signed_by(str(metadata["jwks_uri"]), fresh)
            try:
                return jwt.decode(token, key=keys, registry=registry)
            except (JoseError, ValueError):
                continue
        raise Unauthenticated("The provider's signature is not right.", "Begin the sign-in again.")

    async def _signed_by(self, address: str, fresh: bool) -> KeySet:
        at, keys = self._keys.get(address, (0.0, None))
        now = time.monotonic()
        if keys is None or now - at > _KEYS_S or (fresh and now - at > 1):
            _, answer = await _asked("GET", address)
            keys = KeySet.import_key_set(cast(Any, answer))
            self._keys[address] = (now, keys)
        return keys

    async def _known(self, issuer: str) -> dict[str, Any]:
        at, metadata = self._metadata.get(issuer, (0.0, {}))
        if not metadata or time.monotonic() - at > _KEYS_S:
            status, metadata = await _asked("GET", f"{issuer}/.well-known/openid-configuration")
            ends = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if status != 200 or metadata.get("issuer", "").rstrip("/") != issuer or not all(map(metadata.get, ends)):
                raise SourceUnavailable(f"{issuer} does not describe itself as OpenID Connect does.", "Check it.")
            self._metadata[issuer] = (time.monotonic(), metadata)
        return metadata

    def _person(self, provider: Provider, claims: CodeIDToken) -> External:
        options = cast(OidcOptions, provider.options)
        email = str(claims.get("email") or "")
        if options.domains and (
            not claims.get("email_verified") or email.rpartition("@")[2].lower() not in map(str.lower, options.domains)
        ):
            raise Refused(f"{email or 'This person'} is not of a domain that may sign in here.", "Use another account.")
        if options.id_claim == "email" and not claims.get("email_verified"):
            raise Refused("The provider has not verified the e-mail address.", "Verify it there.")
        found = _inside(claims, options.groups_claim)
        groups = [str(group) for group in (found if isinstance(found, list) else [found] if found else [])]
        told = Mapping(str(claims.get(options.id_claim) or claims["sub"]), str(claims.get("name") or ""), email)
        person = external(provider, str(claims["sub"]), told, groups)
        if person.role is None and options.roles:
            raise Refused("None of your groups gives you a role here.", "Ask whoever runs the groups.")
        return person


def _session(provider: Provider, claims: CodeIDToken) -> str | None:
    sid = claims.get("sid") or claims.get("sub")
    return f"{provider.name}:{sid}" if sid else None


def _inside(claims: Any, path: str) -> Any:
    for step in path.split("."):
        claims = claims.get(step) if isinstance(claims, dict) else None
    return claims


def _digest(text_: str) -> bytes:
    return hashlib.sha256(text_.encode()).digest()


async def _asked(method: str, url: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the provider's answer; follows nothing, waits not long."""
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            answer = await client.request(method, url, headers={"accept": "application/json"}, **more)
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise SourceUnavailable(f"{urlsplit(url).hostname} does not answer as a provider should.") from error
    return answer.status_code, found if isinstance(found, dict) else {}
