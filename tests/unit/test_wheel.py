"""What pip puts into an environment."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Each folder of the checkout that the wheel carries, where it ends up, and a file that must be there.
CARRIED = {
    "jupyter/kernels": ("share/jupyter/kernels", "tobit/kernel.json"),
    "jupyter/jupyter_server_config.d": ("etc/jupyter/jupyter_server_config.d", "tobit.json"),
    "extensions/lab/bundle": ("share/jupyter/labextensions/tobit-lab", "package.json"),
    "notebooks": ("share/tobit/notebooks", "01-first-steps.ipynb"),
    "voila_apps": ("share/tobit/voila_apps", "administration.ipynb"),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("tobit_kernel-*.whl"))


@pytest.fixture(scope="module")
def files(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize("source", CARRIED)
def test_the_wheel_carries_what_lies_beside_the_package(source: str, files: set[str]) -> None:
    target, file = CARRIED[source]
    assert [name for name in files if name.endswith(f".data/data/{target}/{file}")]


def test_the_wheel_carries_the_sql_beside_the_code(files: set[str]) -> None:
    ours = {str(path.relative_to(ROOT)) for path in (ROOT / "tobit_kernel").rglob("*.sql")}
    assert ours and ours <= files


def test_the_wheel_carries_nothing_of_the_workshop(files: set[str]) -> None:
    assert not [name for name in files if "__pycache__" in name or "checkpoint" in name or name.startswith("tests/")]


def test_an_editable_install_has_the_same_data() -> None:
    for target, file in CARRIED.values():
        assert (Path(sys.prefix) / target / file).is_file() or target.startswith("share/tobit"), target


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_a_wheel_in_an_empty_folder_is_a_whole_workbench(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [environment / "bin" / "pip", "install", "--quiet", "--constraint", _versions(tmp_path)]
    subprocess.run([*pip, f"{wheel}[all]"], check=True)

    def says(*command: str) -> str:
        program = [environment / "bin" / command[0], *command[1:]]
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout + done.stderr

    assert "tobit" in says("jupyter", "kernelspec", "list")
    assert "tobit-lab" in says("jupyter", "labextension", "list")
    assert "tobit_kernel" in says("jupyter", "server", "extension", "list")
    assert "stop" in says("tobit", "--help")
    found = says("python", "-c", "from tobit_kernel.shipped import shipped; print(*shipped('notebooks').iterdir())")
    assert str(environment) in found and "01-first-steps.ipynb" in found


def _versions(folder: Path) -> Path:
    """The lock as constraints: its versions without its hashes, which pip would demand of the wheel too."""
    lines = (ROOT / "locks" / "lab.txt").read_text(encoding="utf-8").splitlines()
    constraints = folder / "versions.txt"
    constraints.write_text("\n".join(line.rstrip(" \\") for line in lines if not line.startswith(" ")))
    return constraints
