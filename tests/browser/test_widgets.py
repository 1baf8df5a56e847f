"""The widgets in JupyterLab and Voila, as somebody uses them with mouse and keyboard."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_voila import TEMPLATE, notebook, opened, wait_for

pytestmark = pytest.mark.browser

APPS = Path(__file__).parents[2] / "voila_apps"
BROWSE = ["%load_ext tobit_kernel", "%tobit users --browse", "%tobit sources --browse", "%tobit tables --browse"]


def widget(page: Page, title: str) -> Locator:
    """The widget with this title."""
    return page.locator(".tobit-Widget").filter(has=page.locator(".tobit-Title", has_text=title))


def test_the_widgets_open_by_verb_in_lab(page: Page, jupyterlab: Any) -> None:
    jupyterlab.open(page, "widgets.ipynb", *BROWSE)
    jupyterlab.run(page)
    people = widget(page, "People")
    people.get_by_role("button", name="local", exact=True).click(timeout=90_000)
    expect(people.get_by_role("heading", name="local")).to_be_visible()
    people.get_by_role("button", name="← People").focus()
    page.keyboard.press("Enter")
    people.get_by_role("tab", name="Roles").click()
    expect(people.get_by_role("cell", name="✓✓").first).to_be_visible()
    sources = widget(page, "Sources")
    sources.get_by_role("button", name="workbench", exact=True).click()
    sources.get_by_role("button", name="Test", exact=True).click()
    expect(sources.get_by_role("status")).to_contain_text("workbench is up")
    explorer = widget(page, "Data explorer")
    expect(explorer.locator(".tobit-Listing")).to_be_visible()


@pytest.fixture(scope="module")
def apps(jupyterlab: Any, unused_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Voila with the dashboards that come with Tobit."""
    folder = tmp_path_factory.mktemp("apps")
    shutil.copytree(APPS, folder / "apps")
    notebook(folder / "apps" / "sources.ipynb", "from tobit_kernel.notebook.widgets import sources\nsources()")
    shutil.copytree(TEMPLATE, folder / "share" / "voila" / "templates" / "tobit")
    path = os.pathsep.join((str(folder / "share"), jupyterlab.environment["JUPYTER_PATH"]))
    options = ["--no-browser", "--template=tobit", f"--port={unused_port}", "--Voila.ip=127.0.0.1"]
    with (folder / "voila.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "voila", *options],
            cwd=folder / "apps", env=jupyterlab.environment | {"JUPYTER_PATH": path}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{unused_port}/")
        yield f"http://127.0.0.1:{unused_port}/voila/render"
    finally:
        process.terminate()
        process.wait(20)


def test_the_page_of_an_administrator_in_voila(page: Page, apps: str) -> None:
    content = opened(page, f"{apps}/administration.ipynb")
    for title in ("People", "Sources", "Data explorer"):
        content.get_by_role("tab", name=title, exact=True).first.click()
        expect(widget(page, title).last.locator(".tobit-Listing")).to_be_visible()
    content.get_by_role("tab", name="Sources", exact=True).click()
    sources = widget(page, "Sources").last
    sources.get_by_role("button", name="workbench", exact=True).click()
    sources.get_by_role("button", name="Test", exact=True).click()
    expect(sources.get_by_role("status")).to_contain_text("workbench is up")


def test_on_a_phone_the_page_itself_does_not_scroll_sideways(page: Page, apps: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    content = opened(page, f"{apps}/sources.ipynb")
    content.get_by_role("button", name="workbench", exact=True).click()
    expect(content.get_by_role("button", name="Test", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
