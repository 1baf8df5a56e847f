"""What a link shows, in a browser: with a password, ten thousand rows, nothing, in two languages."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.conftest import Team, made_team, team  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

#: A folder for pictures of every step; set it to look at them.
PICTURES = os.environ.get("TOBIT_PICTURES")
LINES = """
select n as "번호", 'L-' || n as line, case when n % 3 > 0 then round(n / 7.0, 2) end as "불량률",
       9007199254740993 + n as exact,
       case n when 1 then '=1+1' when 2 then '-5' when 3 then repeat('long', 60) else '김"민,수' end as note,
       timestamptz '2026-03-02 08:00+09' + n * interval '1 minute' as at
from generate_series(1, {rows}) n order by n
"""


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def shared(gate: Team, statement: str, limit: int = 1000, **more: Any) -> str:
    """The address of a new link."""
    draft = {"request": {"statement": statement, "limit": limit}, **more}
    return gate.url + str(gate.client("kim").post("/shares", draft)["path"])


def test_a_password_then_the_rows_and_nothing_of_the_secret_in_an_address(page: Page, team: Team) -> None:  # noqa: F811
    refused: list[str] = []
    seen: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda request: seen.append(f"{request.url} {request.headers.get('referer', '')}"))
    address = shared(team, LINES.format(rows=250), title="불량률 라인별", password="red bridge 12", uses=3)
    page.goto(address)
    expect(page.get_by_text("This link has a password.")).to_be_visible()
    picture(page, "share-password")
    page.locator("input[name=password]").fill("blue bridge 12")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#problem")).to_have_text("The password is wrong.")
    picture(page, "share-wrong")
    page.locator("input[name=password]").fill("red bridge 12")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="불량률 라인별")).to_be_visible()
    expect(page.locator("#about")).to_contain_text("from kim · opens until")
    expect(page.locator("#about")).to_contain_text("opens 2 more times")
    expect(page.locator("tbody tr")).to_have_count(100)
    expect(page.locator("#count")).to_have_text("1–100 of 250")
    assert page.locator("tbody tr").first.locator("td").all_inner_texts()[3] == "9007199254740994"
    assert page.locator("tbody td.null").first.inner_text() == "null"
    right = "getComputedStyle(document.querySelector('tbody td')).textAlign"
    assert page.evaluate(right) == "right" and page.title() == "불량률 라인별 · Tobit"
    picture(page, "share")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#count")).to_have_text("201–250 of 250")
    expect(page.locator("#after")).to_be_disabled()
    token = address.partition("#")[2]
    assert not [request for request in seen if token in request.partition("#")[0] or token in request.split()[-1]]
    assert not refused


def test_the_csv_has_all_rows_and_no_formula(page: Page, team: Team, tmp_path: Path) -> None:  # noqa: F811
    page.goto(shared(team, LINES.format(rows=10_000), limit=10_000, title="a/b: c"))
    expect(page.locator("#count")).to_have_text("1–100 of 10,000")
    assert page.locator("tbody tr").count() == 100
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    assert waiting.value.suggested_filename == "a b c.csv"
    waiting.value.save_as(tmp_path / "rows.csv")
    rows = list(csv.reader((tmp_path / "rows.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 10_001 and rows[0][0] == "번호"
    assert rows[1][4] == "'=1+1" and rows[2][4] == "-5" and rows[3][2] == ""
    assert rows[4][3:5] == ["9007199254740997", '김"민,수']


def test_a_link_that_is_over_no_rows_and_half_an_address(page: Page, team: Team) -> None:  # noqa: F811
    page.goto(shared(team, "select 1 as a where false", uses=1))
    expect(page.locator("#none")).to_have_text("There are no rows at the moment.")
    expect(page.locator("#about")).to_contain_text("this was its last use")
    picture(page, "share-none")
    page.reload()
    expect(page.locator("#problem")).to_contain_text("This link is not open any more.")
    picture(page, "share-over")
    page.goto(f"{team.url}/share")
    expect(page.locator("#problem")).to_contain_text("The address is not complete.")
    page.goto(shared(team, "select 1 / (1 - n) as a from generate_series(1, 1) n"))
    expect(page.locator("#problem")).to_contain_text("Tell whoever sent the link.")
    picture(page, "share-failed")


def test_korean_dark_and_narrow(chromium: Browser, team: Team) -> None:  # noqa: F811
    context = chromium.new_context(locale="ko-KR", color_scheme="dark", viewport={"width": 360, "height": 720})
    page = context.new_page()
    page.goto(shared(team, LINES.format(rows=120), title="라인별 불량률"))
    expect(page.locator("#count")).to_have_text("1–100 / 120")
    expect(page.get_by_role("button", name="CSV 내려받기")).to_be_visible()
    picture(page, "share-korean")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
