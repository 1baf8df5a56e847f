"""The manual builds, and its generated pages know everything that the code has."""

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tobit_kernel.errors import TobitError
from tobit_kernel.settings import Settings, variable

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        build, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_verb_has_a_section(site: Path) -> None:
    page = (site / "reference" / "verbs.html").read_text(encoding="utf-8")
    verbs = {point.name for point in entry_points(group="tobit.verbs")}
    assert verbs == {verb for verb in verbs if f'<h2 id="{verb}">' in page}


def test_every_error_and_setting_has_a_line(site: Path) -> None:
    errors = (site / "reference" / "errors.html").read_text(encoding="utf-8")
    assert [
        kind.__name__ for kind in TobitError.__subclasses__() if f"<code>{kind.__name__}</code>" not in errors
    ] == []
    settings = (site / "reference" / "settings.html").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if variable(name) not in settings] == []


def test_every_route_has_a_section(site: Path) -> None:
    page = (site / "reference" / "http-api.html").read_text(encoding="utf-8")
    for route in ("POST /api/v1/query", "GET /api/v1/me", "GET /api/v1/sources", "POST /api/v1/tables"):
        assert route in page


def test_pages_name_no_other_host_to_load_from(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text and 'rel="stylesheet" href="http' not in text, page


def test_search_reads_from_the_disk(site: Path) -> None:
    index = (site / "search" / "search_index.js").read_text(encoding="utf-8").removeprefix("var __index = ")
    assert any("interrupt" in part["text"].lower() for part in json.loads(index)["docs"])
