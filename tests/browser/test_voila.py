"""Voila's pages with our template: offline, on a phone, light and dark, with errors that people can act on."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

TEMPLATE = Path(__file__).parents[2] / "templates" / "voila" / "tobit"
PROSE = "# 생산 현황\n\n오늘의 설비 상태입니다. $x^2$\n\n| 설비 | 온도 |\n|---|---|\n| 펌프 | 20 |"
GRID = """%%tobit sql readings --limit none
select i as id, '펌프 ' || i % 97 as 설비, repeat('wide ', 30) as note from generate_series(1, 100000) as i"""
CHART = "%%tobit sql --chart line:i,y\nselect i, i * i as y from generate_series(1, 50) as i"
TEXT = "print('평문 ' + 'x' * 400)"
WIDE = "import pandas\npandas.DataFrame({f'column_{i}': range(3) for i in range(30)})"
PICTURE = "import matplotlib.pyplot as plt\nplt.figure(figsize=(14, 2)); plt.plot([1, 2, 3]); None"
WIDGET = """import ipywidgets
number, said = ipywidgets.IntSlider(), ipywidgets.Label("0")
number.observe(lambda change: setattr(said, "value", f"is {change['new']}"), "value")
ipywidgets.VBox([number, said])"""
WRONG = "%%tobit sql\nselect nosuch from mfg.dim_line"


@pytest.fixture(scope="module")
def voila(jupyterlab: Any, unused_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Voila with a few notebooks, on the lab's gate; the template is this checkout's."""
    folder = tmp_path_factory.mktemp("voila")
    notebook(folder / "dashboard.ipynb", PROSE, GRID, CHART, TEXT, WIDE, PICTURE, WIDGET)
    notebook(folder / "wrong.ipynb", "print('before')", WRONG, "print('later')")
    notebook(folder / "secret.ipynb", "secret = 'hunter2'\nraise ValueError(secret)")
    (folder / "more").mkdir()
    notebook(folder / "more" / "한글 이름.ipynb", "print('here')")
    notebook(folder / "slow.ipynb", "import time\ntime.sleep(4)", "print('done')")
    # Copied, as a wheel installs it: Voila answers 403 for what a link leads to.
    shutil.copytree(TEMPLATE, folder / "share" / "voila" / "templates" / "tobit")
    path = os.pathsep.join((str(folder / "share"), jupyterlab.environment["JUPYTER_PATH"]))
    options = ["--no-browser", "--template=tobit", f"--port={unused_port}", "--Voila.ip=127.0.0.1"]
    with (folder / "voila.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "voila", *options],
            cwd=folder, env=jupyterlab.environment | {"JUPYTER_PATH": path}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{unused_port}/")
        yield f"http://127.0.0.1:{unused_port}/voila"
    finally:
        process.terminate()
        process.wait(20)


def notebook(path: Path, *cells: str) -> None:
    """A new notebook; a text that begins with "#" is prose."""
    made: list[dict[str, Any]] = []
    for number, text in enumerate(cells):
        cell: dict[str, Any] = {"id": f"cell{number}", "metadata": {}, "source": text}
        code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "outputs": []}
        made.append(cell | ({"cell_type": "markdown"} if text.startswith("#") else code))
    spec = {"name": "tobit", "display_name": "Tobit", "language": "python"}
    path.write_text(json.dumps({"cells": made, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}))


def wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib3.request("GET", address, timeout=2, retries=False)
            return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.2)
    pytest.fail("Voila did not start")


def opened(page: Page, address: str) -> Locator:
    """The page's content, when all of it is there."""
    page.goto(address, timeout=90_000)
    content = page.locator("main.tobit-page")
    content.wait_for(timeout=90_000)
    return content


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_a_notebook_is_a_page_with_a_title_and_without_its_code(page: Page, voila: str) -> None:
    content = opened(page, f"{voila}/render/dashboard.ipynb")
    expect(page).to_have_title("생산 현황")
    expect(content.get_by_role("heading", name="생산 현황")).to_be_visible()
    expect(content).to_contain_text("평문")
    expect(content.locator("mjx-container")).to_have_count(1)
    expect(content).not_to_contain_text("generate_series")
    expect(page.locator("#loading")).to_be_hidden()
    grid = content.locator(".tobit-Grid")
    grid.get_by_role("button", name="Last page").click()
    expect(grid.locator("tbody tr").first).to_contain_text("99951")
    expect(content.locator(".tobit-Chart-plot .bk-Figure canvas").first).to_be_attached()
    expect(content.locator(".tobit-Chart img")).to_be_hidden()
    content.locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    expect(content.locator(".widget-label").last).to_have_text("is 1")


def test_on_a_phone_wide_things_scroll_by_themselves(page: Page, voila: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    content = opened(page, f"{voila}/render/dashboard.ipynb")
    chart = content.locator(".tobit-Chart-plot .bk-Figure")
    chart.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    wide = "outputs => outputs.map(output => output.getBoundingClientRect().right)"
    rights = content.locator(".jp-OutputArea-output, .bk-Figure, img").evaluate_all(wide)
    assert len(rights) >= 7 and max(rights) <= 390 - 11
    table = content.locator(".jp-OutputArea-output", has=page.locator("table.dataframe"))
    assert table.evaluate("output => output.scrollWidth > output.clientWidth")
    # The page itself scrolls down to its end.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("scrollY") > 500
    expect(content.locator(".noUi-handle")).to_be_in_viewport()


def test_light_or_dark_is_the_systems_choice_unless_the_address_says(page: Page, voila: str) -> None:
    page.emulate_media(color_scheme="dark")
    opened(page, f"{voila}/render/slow.ipynb")
    assert background(page) == "rgb(17, 17, 17)"
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")
    assert background(page) == "rgb(255, 255, 255)"
    opened(page, f"{voila}/render/slow.ipynb?theme=dark")
    assert background(page) == "rgb(17, 17, 17)"
    page.emulate_media(color_scheme="dark")
    opened(page, f"{voila}/render/slow.ipynb?theme=light")
    assert background(page) == "rgb(255, 255, 255)"


def test_while_it_runs_the_page_says_what_it_does(page: Page, voila: str) -> None:
    page.goto(f"{voila}/render/slow.ipynb", wait_until="commit")
    expect(page.get_by_role("status")).to_have_text("Running cell 1 of 2 …")
    expect(page.locator("#loading_time")).to_have_text("4 s")
    expect(page.locator("main.tobit-page")).to_contain_text("done")


def test_our_errors_are_our_lines_and_the_page_says_that_it_stops(page: Page, voila: str) -> None:
    content = opened(page, f"{voila}/render/wrong.ipynb")
    expect(content).to_contain_text("before")
    lines = content.get_by_role("alert").locator("p")
    expect(lines.first).to_have_text('Column "nosuch" does not exist')
    expect(lines.last).to_have_text("→ `%tobit describe TABLE` lists its columns.")
    expect(content).to_contain_text("at cell 2 of 3")
    expect(content).not_to_contain_text("later")


def test_other_errors_tell_a_visitor_nothing(page: Page, voila: str) -> None:
    content = opened(page, f"{voila}/render/secret.ipynb")
    expect(content.get_by_role("alert")).to_contain_text("This part of the page failed.")
    assert "hunter2" not in page.content() and "Traceback" not in page.content()


def test_the_list_of_notebooks_and_a_missing_page_ask_nobody_else(page: Page, voila: str) -> None:
    page.goto(voila.removesuffix("/voila"))
    expect(page.get_by_role("link", name="dashboard.ipynb")).to_be_visible()
    page.get_by_role("link", name="more/").click()
    page.get_by_role("link", name="한글 이름.ipynb").click()
    expect(page.locator("main.tobit-page")).to_contain_text("here", timeout=60_000)
    answer = page.goto(f"{voila}/render/nosuch.ipynb")
    assert answer is not None and answer.status >= 400
    page.wait_for_load_state("networkidle")
