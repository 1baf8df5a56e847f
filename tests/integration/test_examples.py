"""The examples of the manual run, page by page, in the order in which a reader types them.

A fenced block counts when the line before it is `<!-- run -->`. All of a page's blocks share one kernel.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
MARK = "<!-- run -->"
BLOCK = re.compile(rf"^{MARK}\n```\w+\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted((ROOT / "docs").rglob("*.md")) if MARK in page.read_text(encoding="utf-8")]


@pytest.fixture
def demo_data(home: Path) -> Iterator[None]:
    """A gate with a hundredth of the demo data; stopped afterwards."""
    tobit = Path(sys.executable).with_name("tobit")
    subprocess.run([tobit, "demo", "--scale", "0.01"], check=True, capture_output=True)
    yield
    subprocess.run([tobit, "stop"], check=True, capture_output=True)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_examples_run(page: Path, demo_data: None, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    cells = BLOCK.findall(text)
    assert len(cells) == text.count(MARK)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, kernel_name="tobit", timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    assert all(cell.outputs for cell in notebook.cells if cell.source.startswith(("%%tobit", "%tobit")))
