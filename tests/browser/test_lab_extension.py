"""The JupyterLab extension in a real JupyterLab, with the real gate behind it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

#: The Lab of conftest.py: tests cannot import each other here.
Lab = Any

ROWS = """%%tobit sql readings --limit {limit}
select i as id, 'pump-' || i % 97 as asset, case when i % 4 > 0 then '펌프' end as 설비, (i % 1000) / 8.0 as temperature
from generate_series(1, {rows}) as i"""
CHART = "%%tobit sql --chart line:i,y\nselect i, i * i as y from generate_series(1, 50) as i"


def sql(rows: int, limit: str = "10000") -> str:
    return ROWS.format(rows=rows, limit=limit)


def shown(page: Page, lab: Lab, name: str, *cells: str) -> Locator:
    """The first grid of a notebook with these cells, after they ran."""
    lab.open(page, name, *cells)
    lab.run(page)
    grid = page.locator(".tobit-Grid").first
    grid.wait_for(timeout=120_000)
    return grid


def first_row(grid: Locator) -> Locator:
    return grid.locator("tbody tr").first


def test_a_million_rows_page_sort_and_filter_without_filling_the_page(jupyterlab: Lab, page: Page) -> None:
    grid = shown(page, jupyterlab, "million.ipynb", sql(1_000_000, "none"))
    expect(grid.locator(".tobit-Grid-summary")).to_contain_text("1,000,000 rows")
    grid.get_by_role("button", name="Last page").click()
    expect(first_row(grid)).to_contain_text("999951")
    grid.get_by_role("button", name="temperature").click()
    grid.get_by_role("button", name="temperature").click()
    expect(first_row(grid)).to_contain_text("124.875")
    grid.get_by_role("button", name="id").click(modifiers=["Shift"])
    expect(first_row(grid)).to_contain_text("999")
    grid.get_by_role("button", name="Filter", exact=True).click()
    grid.get_by_label("Condition for temperature").select_option("<")
    grid.get_by_label("Filter temperature").fill("1")
    expect(grid.locator(".tobit-Grid-summary")).to_contain_text("8,000 rows")
    grid.get_by_label("Rows per page").select_option("500")
    expect(grid.locator("tbody tr")).to_have_count(500)


def test_an_export_holds_the_filtered_rows(jupyterlab: Lab, page: Page) -> None:
    grid = shown(page, jupyterlab, "export.ipynb", sql(970))
    grid.get_by_role("button", name="Filter", exact=True).click()
    grid.get_by_label("Filter asset").fill("pump-7")
    grid.get_by_label("Condition for asset").select_option("=")
    expect(grid.locator(".tobit-Grid-summary")).to_contain_text("10 rows")
    with page.expect_download() as started:
        grid.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="CSV").click()
    lines = Path(started.value.path()).read_text("utf-8-sig").splitlines()
    assert started.value.suggested_filename == "readings.csv"
    assert lines[0].replace('"', "") == "id,asset,설비,temperature" and len(lines) == 11


def test_a_filter_that_does_not_fit_says_so_and_keeps_the_rows(jupyterlab: Lab, page: Page) -> None:
    grid = shown(page, jupyterlab, "wrong.ipynb", sql(200))
    grid.get_by_role("button", name="Filter", exact=True).click()
    grid.get_by_label("Filter id").fill("many")
    expect(grid.get_by_role("alert")).to_contain_text("'many' is not a number")
    expect(grid.locator("tbody tr")).to_have_count(50)
    grid.get_by_label("Filter id").fill("100000")
    expect(grid).to_contain_text("No row fits the filters.")
    grid.get_by_role("button", name="Clear filters").click()
    expect(grid.locator("tbody tr")).to_have_count(50)


def test_the_grid_is_a_table_for_screen_readers_and_the_keyboard(jupyterlab: Lab, page: Page) -> None:
    grid = shown(page, jupyterlab, "reader.ipynb", sql(200))
    expect(grid.get_by_role("table", name="Result readings")).to_be_visible()
    expect(grid.get_by_role("columnheader")).to_have_count(5)
    expect(grid.locator("td", has_text="NULL").first).to_be_visible()
    assert grid.locator("td.tobit-kind-number").first.evaluate("cell => getComputedStyle(cell).textAlign") == "end"
    page.keyboard.press("Escape")
    grid.get_by_role("button", name="id").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(first_row(grid)).to_contain_text("200")
    expect(grid.get_by_role("columnheader").nth(1)).to_have_attribute("aria-sort", "descending")
    # "d d" deletes the cell wherever JupyterLab hears it.
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(grid).to_be_visible()


def test_after_a_restart_the_saved_rows_stay_and_it_says_why(jupyterlab: Lab, page: Page) -> None:
    grid = shown(page, jupyterlab, "restart.ipynb", sql(200))
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Restart Kernel…")).click()
    page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
    expect(grid.get_by_role("status")).to_contain_text("first 50 rows", timeout=30_000)
    expect(grid.locator("tbody tr")).to_have_count(50)
    expect(grid.get_by_role("button", name="Export")).to_be_disabled()


def test_a_reopened_notebook_shows_its_result_and_its_chart(jupyterlab: Lab, page: Page) -> None:
    shown(page, jupyterlab, "again.ipynb", sql(200), CHART)
    page.locator(".tobit-Chart canvas").first.wait_for(state="attached")
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    saved = json.loads((jupyterlab.notebooks / "again.ipynb").read_text())
    assert "application/vnd.tobit.grid+json" in saved["cells"][0]["outputs"][0]["data"]
    # Another notebook gets a kernel of its own, and one that was changed elsewhere is not trusted.
    saved["cells"][0]["source"] += "\n"
    (jupyterlab.notebooks / "later.ipynb").write_text(json.dumps(saved, sort_keys=True))
    jupyterlab.open(page, "later.ipynb")
    grid = page.locator(".tobit-Grid").first
    expect(grid.locator("tbody tr")).to_have_count(50)
    expect(grid.get_by_role("status")).to_contain_text("first")
    # A picture runs nothing.
    expect(page.locator(".tobit-Chart img")).to_be_visible()
    expect(page.locator(".tobit-Chart")).to_contain_text("trust the notebook")
    jupyterlab.open(page, "again.ipynb")
    page.locator(".tobit-Chart canvas").first.wait_for(state="attached")
    expect(page.locator(".tobit-Chart img")).to_be_hidden()


def test_a_chart_takes_the_width_that_there_is(jupyterlab: Lab, page: Page) -> None:
    jupyterlab.open(page, "chart.ipynb", CHART)
    jupyterlab.run(page)
    chart = page.locator(".tobit-Chart-plot")
    chart.locator("canvas").first.wait_for(state="attached", timeout=120_000)
    for width in (1280, 800):
        page.set_viewport_size({"width": width, "height": 800})
        expect(chart.locator(".bk-Figure")).to_have_js_property(
            "clientWidth", chart.evaluate("plot => plot.clientWidth")
        )


def test_sql_and_cypher_are_coloured_and_python_stays_python(jupyterlab: Lab, page: Page) -> None:
    cells = ["%%tobit sql\nselect :days as d", "%%tobit cypher\nmatch (n) return n", "def f(): pass"]
    jupyterlab.open(page, "colours.ipynb", *cells)

    def bold(cell: int, word: str) -> bool:
        token = page.locator(".jp-CodeCell").nth(cell).locator(".cm-line span", has_text=re.compile(f"^{word}$"))
        return int(token.evaluate("word => getComputedStyle(word).fontWeight")) >= 600

    assert bold(0, "select") and bold(1, "match") and bold(2, "def")
    expect(page.locator(".jp-CodeCell").first.locator(".cm-line span", has_text=":days")).to_have_count(1)
    expect(page.locator(".tobit-magic-line")).to_have_count(2)
    page.locator(".jp-CodeCell").first.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# ")
    expect(page.locator(".tobit-magic-line")).to_have_count(1)


def catalog(page: Page, lab: Lab, name: str) -> Locator:
    """The open side panel beside an empty notebook."""
    lab.open(page, name, "")
    page.locator("li[data-id=tobit-catalog]").click()
    panel = page.locator("#tobit-catalog")
    panel.get_by_role("treeitem", name=re.compile("^workbench")).wait_for(timeout=120_000)
    return panel


def test_the_catalog_is_walked_by_keyboard_and_inserts_names(jupyterlab: Lab, page: Page) -> None:
    panel = catalog(page, jupyterlab, "insert.ipynb")
    page.locator(".jp-CodeCell .cm-content").click()
    panel.get_by_role("treeitem", name=re.compile("^mfg")).locator("> div").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".jp-CodeCell .cm-content")).to_contain_text("mfg.dim_date")
    panel.get_by_role("treeitem", name=re.compile("^dim_line")).focus()
    page.keyboard.press("ArrowRight")
    panel.get_by_role("treeitem", name=re.compile("^line_code")).first.wait_for()


def test_the_filter_finds_tables_that_are_not_open(jupyterlab: Lab, page: Page) -> None:
    panel = catalog(page, jupyterlab, "filter.ipynb")
    panel.get_by_label("Filter tables and columns").fill("equip")
    expect(panel.get_by_role("treeitem", name=re.compile("^dim_equipment"))).to_be_visible()
    expect(panel.get_by_role("treeitem", name=re.compile("^dim_date"))).to_have_count(0)
    panel.get_by_label("Filter tables and columns").fill("nothing is called so")
    expect(panel.get_by_role("status")).to_contain_text("Nothing is called like")


def test_a_table_is_previewed_and_described_from_its_menu(jupyterlab: Lab, page: Page) -> None:
    panel = catalog(page, jupyterlab, "menu.ipynb")
    panel.get_by_label("Filter tables and columns").fill("dim_equipment")
    row = panel.get_by_role("treeitem", name=re.compile("^dim_equipment")).locator("> div")
    row.click(button="right")
    page.get_by_role("menuitem", name="Describe columns").click()
    expect(page.locator(".tobit-Preview-head")).to_contain_text("Machines and the line")
    row.click(button="right")
    page.get_by_role("menuitem", name="Show the first rows").click()
    expect(page.locator(".tobit-Preview").last).to_contain_text("mfg.dim_equipment")


def test_completion_answers_while_the_kernel_is_busy(jupyterlab: Lab, page: Page) -> None:
    jupyterlab.open(page, "busy.ipynb", "import time; time.sleep(60)", "", "%%tobit sql\nselect * from mfg.dim_li")
    jupyterlab.run(page)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=busy]").wait_for()
    for cell, typed, completed in ((1, "%tobit desc", "%tobit describe"), (2, "", "mfg.dim_line")):
        editor = page.locator(".jp-CodeCell .cm-content").nth(cell)
        editor.click()
        page.keyboard.press("Control+End")
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
        page.locator(".jp-Completer .jp-Completer-item").first.wait_for()
        page.keyboard.press("Enter")
        expect(editor).to_contain_text(completed)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=busy]").wait_for()


def test_the_status_item_names_the_user_and_the_gate(jupyterlab: Lab, page: Page) -> None:
    catalog(page, jupyterlab, "status.ipynb")
    item = page.locator(".tobit-Status")
    page.reload()
    expect(item).to_have_text("local @ default", timeout=60_000)
    expect(item).to_have_attribute(
        "title", re.compile(f"Gate: running.*Home: {re.escape(str(jupyterlab.home))}", re.DOTALL)
    )
