"""The manual reads and searches from the disk, and asks no other host for anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]


@pytest.mark.browser
def test_the_manual_searches_without_a_network(chromium: Browser, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"})
    asked: list[str] = []
    with chromium.new_page(viewport={"width": 1280, "height": 860}) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "index.html").as_uri())
        page.get_by_role("textbox", name="Search").press_sequentially("interrupt")
        page.locator(".md-search-result__link", has_text="First steps").first.wait_for()
        page.goto((tmp_path / "reference" / "verbs.html").as_uri())
    assert asked and [address for address in asked if not address.startswith(("file:", "data:", "blob:"))] == []
