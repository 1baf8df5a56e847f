"""The committed bundle of the JupyterLab extension belongs to its sources and to the installed Bokeh."""

import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path

LAB = Path(__file__).parents[3] / "extensions" / "lab"
MADE_OF = json.loads((LAB / "bundle" / "sources.json").read_text())
MOST_BYTES = 1_800_000


def sources() -> list[str]:
    """What extensions/lab/stamp.mjs counts as sources."""
    texts = {".ts", ".css", ".js", ".json", ".svg"}
    found = [path for name in ("src", "style") for path in (LAB / name).rglob("*") if path.suffix in texts]
    settings = ["package.json", "package-lock.json", "tsconfig.json"]
    return sorted([str(path.relative_to(LAB)) for path in found] + settings)


def test_the_bundle_was_built_from_these_sources() -> None:
    total = hashlib.sha256()
    for name in sources():
        text = (LAB / name).read_text("utf-8").replace("\r\n", "\n")
        total.update(f"{name}\0{text}\0".encode())
    assert MADE_OF["sha256"] == total.hexdigest(), "run extensions/lab/build.sh and commit bundle/"


def test_the_bundled_bokehjs_has_the_version_of_bokeh() -> None:
    assert MADE_OF["bokeh"] == version("bokeh")


def test_the_bundle_is_small_and_has_no_source_maps() -> None:
    files = [path for path in (LAB / "bundle").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert not [path for path in files if path.suffix == ".map"]


def test_the_bundle_names_no_other_host() -> None:
    ours = [path for path in (LAB / "bundle" / "static").glob("*.js") if path.stat().st_size < 500_000]
    hosts = {host for path in ours for host in re.findall(r"https?://([\w.-]+)", path.read_text("utf-8"))}
    assert hosts <= {"www.w3.org"}


def test_licences_of_third_parties_come_along() -> None:
    packages = json.loads((LAB / "bundle" / "static" / "third-party-licenses.json").read_text())["packages"]
    assert {"@bokeh/bokehjs": True}.items() <= {each["name"]: bool(each["extractedText"]) for each in packages}.items()


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((LAB / "package-lock.json").read_text())
    assert not [name for name, facts in lock["packages"].items() if "resolved" in facts]
