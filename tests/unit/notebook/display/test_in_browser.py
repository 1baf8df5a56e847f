"""Every kind of chart drawn by BokehJS in Chromium, from the package's own files, without a request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import bokeh
import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import Page, sync_playwright

from tobit_kernel.notebook.display.chart import chart
from tobit_kernel.wire.stream import Result, Tail

pytestmark = pytest.mark.browser

BOKEH_JS = Path(bokeh.__file__).parent / "server/static/js/bokeh.min.js"
HOURS = np.datetime64("2026-11-01", "us") + np.arange(200) * np.timedelta64(1, "h")
READINGS = pa.table({"at": HOURS, "온도": np.arange(200) % 24 + 20.0, "설비": ["도장", "$$용접$$"] * 100})
SPECIFICATIONS = {
    "line": "line:at,온도,설비",
    "bar": "bar:설비,온도",
    "pie": "pie:설비,온도",
    "scatter": "scatter:at,온도,설비",
    "heatmap": "heatmap:at,설비,온도",
    "hist": "hist:온도,설비",
    "area": "area:at,온도",
}
#: Distinct colours of a figure's canvas; an empty one has one.
COLOURS = """() => {
  const roots = [document.getElementById("chart")], seen = new Set();
  while (roots.length) {
    const node = roots.pop();
    for (const child of node.querySelectorAll("*")) if (child.shadowRoot) roots.push(child.shadowRoot);
    for (const canvas of node.querySelectorAll("canvas")) {
      if (!canvas.width) continue;
      const pixels = new Uint32Array(
        canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
      for (const pixel of pixels) seen.add(pixel);
    }
  }
  return seen.size;
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser.new_page(viewport={"width": 390, "height": 480})
        browser.close()


@pytest.mark.parametrize("kind", SPECIFICATIONS)
def test_a_chart_is_drawn_without_any_request(page: Page, tmp_path: Path, kind: str) -> None:
    item = chart(Result(READINGS, Tail(), name="설비"), SPECIFICATIONS[kind]).item
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    (tmp_path / "page.html").write_text(
        f'<meta charset="utf-8"><script>{BOKEH_JS.read_text()}</script><div id="chart"></div>'
    )
    page.goto((tmp_path / "page.html").as_uri())
    page.evaluate("item => Bokeh.embed.embed_item(item, 'chart')", json.loads(json.dumps(item)))
    page.wait_for_function(f"({COLOURS})() > 20")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert failed == [] and [url for url in asked if not url.startswith("file:")] == []
    assert width <= 390
