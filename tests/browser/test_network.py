"""The network of a Cypher result in a real JupyterLab."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

#: Made by hand: the way there, through the gate, is tested elsewhere.
CELL = """
import json, pyarrow as pa
from tobit_kernel.notebook.display.network import network
from tobit_kernel.wire.stream import Result, Tail
nodes = [{"id": f"{i}", "labels": ["SW" if i else "HW"], "properties": {"ci_code": f"web-{i}"}} for i in range(5)]
links = [{"id": f"r{i}", "type": "RUNS_ON", "from": f"{i}", "to": "0", "properties": {}} for i in range(1, 5)]
kinds = [pa.field(name, pa.string(), metadata={"tobit.type": name}) for name in ("node", "relationship")]
rows = [pa.array(map(json.dumps, nodes[1:])), pa.array(map(json.dumps, links))]
network(Result(pa.table(rows, schema=pa.schema(kinds)), Tail(row_count=4), source="graph", name=None))
"""


def test_a_network_is_drawn_with_its_legend_and_a_click_shows_properties(jupyterlab: Any, page: Page) -> None:
    jupyterlab.open(page, "network.ipynb", CELL)
    jupyterlab.run(page)
    shown = page.locator(".tobit-Network")
    shown.wait_for(timeout=120_000)
    plot = shown.locator(".tobit-Network-plot")
    expect(plot).to_have_attribute("data-drawn", "5")
    expect(shown.locator(".tobit-Network-legend")).to_contain_text("SW (4)")
    shown.get_by_role("button", name="SW (4)").click()
    expect(shown.get_by_role("button", name="SW (4)")).to_have_attribute("aria-pressed", "true")
    box = plot.bounding_box()
    assert box is not None
    for x in range(10, int(box["width"]), 12):  # wherever the layout has put one
        for y in range(10, int(box["height"]), 12):
            page.mouse.click(box["x"] + x, box["y"] + y)
            if shown.locator(".tobit-Network-details").is_visible():
                expect(shown.locator(".tobit-Network-details")).to_contain_text("web-")
                return
    raise AssertionError("no click met a node")
