"""Signing in by OpenID Connect, and everything about the way back that must not be wrong."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.identity.openid import CLIENT, SECRET, OpenId, provider
from tobit_kernel.errors import InputError, Refused, SourceUnavailable, Unauthenticated
from tobit_kernel.server.identity.oidc import Arrived, Oidc
from tobit_kernel.server.identity.principal import LOCAL, Role
from tobit_kernel.server.identity.providers import Provider, Providers
from tobit_kernel.server.store.secrets import Secrets
from tobit_kernel.wire.providers import OidcOptions, ProviderDraft

BACK = "https://gate.example/api/v1/sign-in/oidc/house/callback"
ROLES = {"engineers": "analyst", "chiefs": "manager"}


@pytest.fixture(scope="module")
def openid() -> Iterator[OpenId]:
    with provider() as running:
        yield running


@pytest.fixture
def house(openid: OpenId) -> Provider:
    openid.claims = {}
    options = OidcOptions(preset="keycloak", issuer=openid.issuer, client_id=CLIENT, roles=ROLES)
    return Provider("default", "house", "oidc", options, SECRET)


async def signed_in(oidc: Oidc, house: Provider, openid: OpenId) -> Arrived:
    begun = await oidc.begin(house, BACK, "/sign-in")
    code, state = openid.authorize(begun.url)
    return await oidc.arrive(house, BACK, state, code, begun.browser)


async def test_a_person_arrives_with_the_role_of_their_groups(
    engine: AsyncEngine, house: Provider, openid: OpenId
) -> None:
    arrived = await signed_in(Oidc(engine), house, openid)
    person = arrived.person
    assert (person.id, person.name, person.email, person.subject) == ("kim", "김철수", "kim@plant.kr", "4711")
    assert (person.role, person.groups, arrived.provider_session) == (Role.ANALYST, ["engineers"], "house:s-1")
    openid.claims = {"groups": ["chiefs", "engineers"]}
    assert (await signed_in(Oidc(engine), house, openid)).person.role is Role.MANAGER
    openid.claims = {"groups": []}
    assert (await signed_in(Oidc(engine), house, openid)).person.role is Role.VIEWER


async def test_the_address_tells_nothing_secret(engine: AsyncEngine, house: Provider) -> None:
    begun = await Oidc(engine).begin(house, BACK, "/sign-in")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.url).query).items()}
    assert sorted(asked) == ["client_id", "code_challenge", "code_challenge_method", "nonce", "redirect_uri",
                             "response_type", "scope", "state"]  # fmt: skip
    assert SECRET not in begun.url and begun.browser not in begun.url and SECRET not in repr(house)


@pytest.mark.parametrize(
    "wrong",
    [{"nonce": "another"}, {"nonce": None}, {"aud": "somebody"}, {"iss": "https://evil.example"},
     {"exp": int(time.time()) - 3600}, {"iat": None}, {"sub": None}, {"at_hash": "nonsense"},
     {"aud": [CLIENT, "other"], "azp": "other"}],
    ids=str,
)  # fmt: skip
async def test_a_token_that_is_not_right_lets_nobody_in(
    engine: AsyncEngine, house: Provider, openid: OpenId, wrong: dict[str, Any]
) -> None:
    openid.claims = wrong
    with pytest.raises(Unauthenticated):
        await signed_in(Oidc(engine), house, openid)


async def test_a_state_serves_once_and_only_the_browser_that_began(
    engine: AsyncEngine, house: Provider, openid: OpenId
) -> None:
    oidc = Oidc(engine)
    begun = await oidc.begin(house, BACK, "/sign-in")
    code, state = openid.authorize(begun.url)
    for wrong_state, browser in ((state, "another browser"), ("made up", begun.browser)):
        with pytest.raises(Unauthenticated):
            await oidc.arrive(house, BACK, wrong_state, code, browser)
    await oidc.arrive(house, BACK, state, code, begun.browser)
    with pytest.raises(Unauthenticated):
        await oidc.arrive(house, BACK, state, code, begun.browser)


async def test_a_code_of_another_flow_is_not_taken(engine: AsyncEngine, house: Provider, openid: OpenId) -> None:
    oidc = Oidc(engine)
    victim, attacker = await oidc.begin(house, BACK, "/sign-in"), await oidc.begin(house, BACK, "/sign-in")
    stolen, _ = openid.authorize(attacker.url)
    _, state = openid.authorize(victim.url)
    with pytest.raises(Unauthenticated):
        await oidc.arrive(house, BACK, state, stolen, victim.browser)


@pytest.mark.parametrize("forged", ["none", "HS256", "another key"])
async def test_a_forged_signature_is_not_taken(
    engine: AsyncEngine, house: Provider, openid: OpenId, monkeypatch: pytest.MonkeyPatch, forged: str
) -> None:
    def token(**claims: Any) -> str:
        claims = {"iss": openid.issuer, "sub": "1", "aud": CLIENT, "iat": int(time.time()),
                  "exp": int(time.time()) + 300, **claims}  # fmt: skip
        if forged == "another key":
            return jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSAKey.generate_key(2048))
        if forged == "none":
            parts = (urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "none"}, claims))
            return b".".join(parts).decode() + "."
        public = openid.key.as_pem(private=False)
        return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(public.hex()))

    monkeypatch.setattr(openid, "token", token)
    with pytest.raises(Unauthenticated, match="signature"):
        await signed_in(Oidc(engine), house, openid)


async def test_a_new_key_of_the_provider_is_found(engine: AsyncEngine, house: Provider, openid: OpenId) -> None:
    oidc = Oidc(engine)
    await signed_in(oidc, house, openid)
    oidc._keys = {address: (at - 5, keys) for address, (at, keys) in oidc._keys.items()}
    openid.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig", "alg": "RS256"})
    assert (await signed_in(oidc, house, openid)).person.id == "kim"


async def test_domains_and_roles_keep_strangers_out(engine: AsyncEngine, house: Provider, openid: OpenId) -> None:
    plant = OidcOptions(issuer=openid.issuer, client_id=CLIENT, domains=["plant.kr"], roles=ROLES, default_role="")
    strict = Provider("default", "house", "oidc", plant, SECRET)
    assert (await signed_in(Oidc(engine), strict, openid)).person.id == "kim"
    for claims in ({"email": "kim@plant.kr.evil.example"}, {"email_verified": False}, {"groups": ["visitors"]}):
        openid.claims = claims
        with pytest.raises(Refused):
            await signed_in(Oidc(engine), strict, openid)


async def test_the_provider_signs_out_once(engine: AsyncEngine, house: Provider, openid: OpenId) -> None:
    oidc = Oidc(engine)
    events = {"http://schemas.openid.net/event/backchannel-logout": {}}
    good = openid.token(sid="s-1", jti="j-1", events=events)
    assert await oidc.signed_out(house, good) == "house:s-1"
    wrongs = [{"jti": "j-2"}, {"jti": "j-3", "events": events, "nonce": "n"}, {"events": events},
              {"aud": "x", "jti": "j-4", "events": events}]  # fmt: skip
    for wrong in (good, *(openid.token(sid="s-1", **claims) for claims in wrongs)):
        with pytest.raises(Unauthenticated):
            await oidc.signed_out(house, wrong)
    address = await oidc.sign_out_address(house, "https://gate.example/sign-in")
    assert address is not None and address.startswith(f"{openid.issuer}/end?client_id=tobit")


async def test_records_keep_the_secret_encrypted(engine: AsyncEngine) -> None:
    providers = Providers(engine, Secrets({1: b"k" * 32}))
    draft = ProviderDraft(name="google", kind="oidc", secret=SECRET, options={"preset": "google", "client_id": "c"})
    info = await providers.add(LOCAL, "default", draft)
    assert info.options["issuer"] == "https://accounts.google.com" and SECRET not in repr(info) + repr(draft)
    (found,) = await providers.enabled("oidc")
    assert found.secret == SECRET
    async with engine.connect() as connection:
        stored = (await connection.exec_driver_sql("select secret from gate.provider")).scalar_one()
    assert SECRET.encode() not in bytes(stored)
    await providers.remove("default", "google")
    assert await providers.known("default") == []


@pytest.mark.parametrize(
    "options",
    [{}, {"client_id": "c", "issuer": "http://plain.example"}, {"client_id": "c", "issuer": "https://u:p@x"},
     {"client_id": "c", "roles": {"g": "king"}}, {"client_id": "c", "colour": "red"}],
)  # fmt: skip
async def test_options_that_make_no_sense_name_the_field(engine: AsyncEngine, options: dict[str, Any]) -> None:
    draft = ProviderDraft(name="x", kind="oidc", options=options)
    with pytest.raises(InputError, match=r"^options\."):
        await Providers(engine, Secrets({1: b"k" * 32})).add(LOCAL, "default", draft)


async def test_a_provider_that_is_away_says_so(engine: AsyncEngine) -> None:
    options = OidcOptions(issuer="http://127.0.0.1:9", client_id="c")
    with pytest.raises(SourceUnavailable):
        await Oidc(engine).begin(Provider("default", "gone", "oidc", options), BACK, "/")
