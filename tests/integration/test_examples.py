"""The examples of the manual run, page by page, in the order in which a reader types them.

A fenced block counts when the line before it is `<!-- run -->`. All of a page's blocks share one kernel.
"""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^<!-- run -->\n```\w+[^\n]*\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted((ROOT / "docs").rglob("*.md")) if "<!-- run -->" in page.read_text(encoding="utf-8")]


def cells(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_examples_run(page: Path, tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells(page)])
    client = NotebookClient(notebook, kernel_name="tobit", timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    assert len(cells(page)) == page.read_text(encoding="utf-8").count("<!-- run -->")
