"""The examples of the manual run, page by page, in the order in which a reader types them.

A fenced block counts when the line before it is `<!-- run -->`. All of a page's blocks share one kernel.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import short_folder
from tests.integration.conftest import Home, copied

ROOT = Path(__file__).parents[2]
MARK = "<!-- run -->"
BLOCK = re.compile(rf"^{MARK}\n```\w+\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted((ROOT / "docs").rglob("*.md")) if MARK in page.read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def made_demo(made_home: Path) -> Iterator[Path]:
    """A home with a hundredth of the demo data in which nothing runs; copy it, don't use it."""
    home = copied(made_home, Home(short_folder()))
    made = home.tobit("demo", "--scale", "0.01")
    home.stop()
    assert made.returncode == 0, made.stderr
    yield home.folder
    shutil.rmtree(home.folder, ignore_errors=True)


@pytest.fixture
def demo_data(home: Path, made_demo: Path) -> Iterator[None]:
    """Demo data in ``home``; what a page starts there is ended afterwards."""
    here = copied(made_demo, Home(home))
    yield
    here.stop()


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_examples_run(page: Path, demo_data: None, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    cells = BLOCK.findall(text)
    assert len(cells) == text.count(MARK)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, kernel_name="tobit", timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    assert all(cell.outputs for cell in notebook.cells if cell.source.startswith(("%%tobit", "%tobit")))
