"""The gate's own page, in a browser: the first link, the second factor, sessions, in two languages."""

from __future__ import annotations

import os
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.integration.conftest import PASSWORD, Team, made_team, team  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

#: A folder for pictures of every step; set it to look at them.
PICTURES = os.environ.get("TOBIT_PICTURES")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def invited(gate: Team, account: str, **more: str) -> str:
    """The address of a new person's one-time link."""
    return gate.url + str(gate.client("admin").post("/users", {"id": account, "role": "analyst", **more})["path"])


def test_a_link_a_password_a_second_factor_and_out(page: Page, team: Team) -> None:  # noqa: F811
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if _is_policy(said) else None)
    page.goto(invited(team, "seo", name="Seo Jin"))
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    assert "tbl_" not in page.url
    page.locator("#choose input[name=password]").fill("password1234")
    expect(page.locator("#advice")).to_contain_text("too easy to guess")
    picture(page, "choose-weak")
    page.locator("#choose input[name=password]").fill(PASSWORD)
    expect(page.locator("#advice")).to_have_text("Good.")
    page.locator("#choose input[name=again]").fill(PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    expect(page.locator("#who")).to_have_text("seo")
    picture(page, "home")

    page.locator("#factor-begin input").fill(PASSWORD)
    page.get_by_role("button", name="Add a second factor").click()
    expect(page.locator("#qr")).to_be_visible()
    picture(page, "factor")
    secret = page.locator("#factor-secret").inner_text().replace(" ", "")
    page.locator("#factor-confirm input").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#codes li")).to_have_count(10)
    picture(page, "codes")
    code = page.locator("#codes li").first.inner_text()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    picture(page, "sign-in")
    page.locator("#enter input[name=name]").fill("seo")
    page.locator("#enter input[name=password]").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#problem")).to_have_text("Name, password or code is wrong.")
    page.locator("#enter input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#enter-code")).to_be_visible()
    picture(page, "code")
    page.locator("#enter input[name=code]").fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#who")).to_have_text("seo")
    page.reload()
    expect(page.locator("#sessions li")).to_have_count(1)
    cookie = next(each for each in page.context.cookies() if each["name"] == "__Host-tobit")
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Lax", "/")
    assert page.evaluate("document.cookie") == "" and not refused


def test_korean_dark_and_narrow(chromium: Browser, team: Team) -> None:  # noqa: F811
    context = chromium.new_context(
        locale="ko-KR", color_scheme="dark", viewport={"width": 360, "height": 720}, base_url=team.url
    )
    page = context.new_page()
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="로그인")).to_be_visible()
    picture(page, "korean")
    page.locator("#enter input[name=name]").fill("kim")
    page.locator("#enter input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    expect(page.locator("#who")).to_have_text("kim")
    picture(page, "korean-home")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_next_leads_to_the_gate_s_own_pages_alone(page: Page, team: Team) -> None:  # noqa: F811
    for path in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/api/v1/stop"):
        page.goto(f"{team.url}/sign-in?next={path}")
        assert page.locator("body").get_attribute("data-next") == ""
    page.goto(f"{team.url}/sign-in?next=/shared/abc")
    assert page.locator("body").get_attribute("data-next") == "/shared/abc"


def _is_policy(said: ConsoleMessage) -> bool:
    return "Content Security Policy" in said.text
