"""A browser signs in through a provider, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import urllib3

from tests.integration.conftest import Team
from tests.integration.identity.openid import CLIENT, SECRET, OpenId, provider


@pytest.fixture(scope="module")
def openid(team: Team) -> Iterator[OpenId]:
    with provider() as running:
        options = {"issuer": running.issuer, "client_id": CLIENT, "roles": {"engineers": "analyst"}, "prefix": "house."}
        draft = {"name": "house", "kind": "oidc", "options": options, "secret": SECRET}
        assert SECRET not in str(team.client("admin").post("/providers", draft))
        yield running


def went(team: Team, method: str, path: str, cookie: str = "", **more: str) -> urllib3.BaseHTTPResponse:
    headers = {"cookie": cookie, **more} if cookie else more
    return urllib3.request(method, f"{team.url}{path}", headers=headers, redirect=False, retries=False)


def signed_in(team: Team, openid: OpenId, next_path: str = "/sign-in") -> urllib3.BaseHTTPResponse:
    there = went(team, "GET", f"/api/v1/sign-in/oidc/house?{urlencode({'next': next_path})}")
    assert there.status == 303
    flow = there.headers["set-cookie"]
    assert all(word in flow for word in ("__Host-tobit-flow=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"))
    code, state = openid.authorize(there.headers["location"])
    back = f"/api/v1/sign-in/oidc/house/callback?{urlencode({'code': code, 'state': state})}"
    return went(team, "GET", back, flow.partition(";")[0])


def test_a_browser_comes_in_and_the_provider_signs_it_out(team: Team, openid: OpenId) -> None:
    assert [each["name"] for each in team.call("GET", "/sign-in/methods")["data"]] == ["password", "house"]
    back = signed_in(team, openid, "/sign-in")
    assert back.status == 303 and back.headers["location"] == "/sign-in"
    cookies = back.headers.getlist("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-tobit="))
    assert all(word in session for word in ("HttpOnly", "Secure", "SameSite=lax"))
    cookie = session.partition(";")[0]
    me = went(team, "GET", "/api/v1/me", cookie).json()["data"]
    assert (me["user"], me["role"], me["tenant"], me["groups"]) == ("house.kim", "analyst", "default", ["engineers"])
    assert went(team, "DELETE", "/api/v1/me/session", cookie).status == 403  # no token against forgery
    token = openid.token(sid="s-1", jti="out", events={"http://schemas.openid.net/event/backchannel-logout": {}})
    body = urlencode({"logout_token": token})
    out = urllib3.request("POST", f"{team.url}/api/v1/sign-in/oidc/house/logout", body=body,
                          headers={"content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert out.json()["data"] == {"sessions": 1}
    assert went(team, "GET", "/api/v1/me", cookie).status == 401


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "/x?y=//z", "javascript:1"]
)
def test_the_way_back_leads_nowhere_else(team: Team, openid: OpenId, path: str) -> None:
    assert signed_in(team, openid, path).headers["location"] == "/sign-in"


def test_without_the_cookie_of_the_beginning_nobody_arrives(team: Team, openid: OpenId) -> None:
    there = went(team, "GET", "/api/v1/sign-in/oidc/house")
    code, state = openid.authorize(there.headers["location"])
    back = f"/api/v1/sign-in/oidc/house/callback?{urlencode({'code': code, 'state': state})}"
    assert went(team, "GET", back).status == 401


def test_providers_are_the_administrators(team: Team, openid: OpenId) -> None:
    assert SECRET not in str(team.client("admin").get("/providers"))
    assert team.call("GET", "/providers", token=team.tokens["park"])["code"] == 403
    assert team.call("GET", "/sign-in/oidc/nowhere")["code"] == 404
