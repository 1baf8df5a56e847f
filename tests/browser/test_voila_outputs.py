"""Results and charts on a Voila page: the same renderers, through the page's own kernel connection."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

SQL = "%%tobit sql readings --limit none\nselect i as id, i % 97 as asset from generate_series(1, 100000) as i"
CHART = "%%tobit sql --chart line:i,y\nselect i, i * i as y from generate_series(1, 50) as i"
WIDGETS = """import ipywidgets
number, said = ipywidgets.IntSlider(), ipywidgets.Label("0")
number.observe(lambda change: setattr(said, "value", f"is {change['new']}"), "value")
ipywidgets.VBox([number, said])"""


@pytest.fixture(scope="module")
def voila(jupyterlab: Any, unused_port: int) -> Iterator[str]:
    """The address of a dashboard, beside the lab and on the same gate."""
    jupyterlab.write("dashboard.ipynb", SQL, CHART, WIDGETS)
    notebook = str(jupyterlab.notebooks / "dashboard.ipynb")
    options = ["--no-browser", f"--port={unused_port}", "--Voila.ip=127.0.0.1"]
    process = subprocess.Popen([sys.executable, "-m", "voila", notebook, *options], env=jupyterlab.environment)
    address = f"http://127.0.0.1:{unused_port}"
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib3.request("GET", f"{address}/static/favicon.ico", timeout=2, retries=False)
                break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def dashboard(chromium: Browser, voila: str) -> Iterator[Page]:
    """The dashboard. Voila's own template asks a CDN for a font; that is cut off here."""
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    context.set_default_timeout(60_000)
    context.route("https://**", lambda route: route.abort())
    opened = context.new_page()
    opened.goto(voila)
    yield opened
    context.close()


def test_a_dashboard_pages_and_filters_in_its_kernel(dashboard: Page) -> None:
    grid = dashboard.locator(".tobit-Grid")
    grid.get_by_role("button", name="Last page").click()
    expect(grid.locator("tbody tr").first).to_contain_text("99951")
    grid.get_by_role("button", name="Filter", exact=True).click()
    grid.get_by_label("Filter asset").fill("96")
    expect(grid.locator(".tobit-Grid-summary")).to_contain_text("1,030 rows")


def test_a_dashboard_draws_charts_and_leaves_widgets_alone(dashboard: Page) -> None:
    dashboard.locator(".tobit-Chart canvas").first.wait_for(state="attached")
    expect(dashboard.locator(".tobit-Chart img")).to_be_hidden()
    dashboard.locator(".noUi-handle").focus()
    dashboard.keyboard.press("ArrowRight")
    expect(dashboard.locator(".jupyter-widgets.widget-label").last).to_have_text("is 1")


def test_a_phone_scrolls_inside_the_grid_only(dashboard: Page) -> None:
    dashboard.set_viewport_size({"width": 390, "height": 844})
    grid = dashboard.locator(".tobit-Grid")
    grid.get_by_role("button", name="Filter", exact=True).click()
    dashboard.locator(".tobit-Chart canvas").first.wait_for(state="attached")
    dashboard.wait_for_timeout(500)
    assert dashboard.evaluate("document.documentElement.scrollWidth") <= 390
    moves = grid.get_by_role("group", name="Pages").bounding_box()
    assert moves is not None and moves["height"] < 90
