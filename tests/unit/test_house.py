"""The rules of the house that a program can see."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()
    if (ROOT / name).is_file()
]  # fmt: skip
MODULES = [path for path in TRACKED if path.suffix == ".py" and ROOT / "tobit_kernel" in path.parents]
VERBS = sorted(point.name for point in entry_points(group="tobit.verbs"))


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("module", MODULES, ids=names(MODULES))
def test_a_module_is_one_sitting(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    long = [
        f"{node.name}: {lines} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := _lines_of_code(node)) > 40
    ]
    assert not long


def _lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines without the docstring: that of a verb is its help."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return lines - ((first.end_lineno or 0) - first.lineno + 1 if said else 0)


def test_no_folder_is_called_utils() -> None:
    folders = {folder.name for path in TRACKED for folder in path.relative_to(ROOT).parents}
    assert not folders & {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


def test_no_class_is_a_manager_and_none_repeats_our_name() -> None:
    classes = [
        node.name for path in MODULES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]  # fmt: skip
    assert not [name for name in classes if re.search("Manager|BaseService|Utils", name)]
    assert [name for name in classes if name.startswith("Tobit")] == ["TobitError"]


def test_locks_name_no_host() -> None:
    locks = [path for path in TRACKED if re.search(r"^locks/.*\.txt$|\.lock$|lock\.json$", str(path.relative_to(ROOT)))]
    assert locks
    for lock in locks:
        # npm writes where authors take donations too; what it downloads from stands under "resolved".
        downloads = r"--(?:extra-)?index-url|\"resolved\": \"http" if lock.suffix == ".json" else r"https?://|index-url"
        assert not re.findall(downloads, lock.read_text(encoding="utf-8"))


def test_every_package_of_a_lock_is_pinned_and_hashed() -> None:
    for lock in (ROOT / "locks").glob("*.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8").strip())
        assert len(entries) > 100
        assert not [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]


def test_imports_run_downwards_only() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_test(verb: str) -> None:
    tests = [path for path in TRACKED if path.name.startswith("test_") and path.suffix == ".py"]
    named = rf"%tobit {verb}\b|\btobit {verb}\b|[\"'`]{verb}[\"'`]|\b(?:verbs|launch)\.{verb}\b"
    mention = re.compile(named)
    assert [path for path in tests if mention.search(path.read_text(encoding="utf-8"))]


def dependencies(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    return {re.split(r"[\[<>=;! ]", one)[0] for one in wanted} - {"tobit-kernel"}


@pytest.mark.parametrize(("lock", "extras"), [("lab", ("server", "lab")), ("dev", ("dev",)), ("bench", ("bench",))])
def test_a_lock_holds_every_dependency(lock: str, extras: tuple[str, ...]) -> None:
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "locks" / f"{lock}.txt").read_text(), re.MULTILINE))
    assert sorted(dependencies(*extras) - locked) == [], "run make lock"


def test_every_dependency_has_a_reason() -> None:
    page = (ROOT / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8")
    known = dependencies("server", "lab", "dev", "bench")
    assert sorted(name for name in known if f"`{name}`" not in page) == []
