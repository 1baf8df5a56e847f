"""The folders beside the code are found in a checkout and in an installed wheel."""

from pathlib import Path

import pytest

from tobit_kernel import shipped as module
from tobit_kernel.errors import NotFound
from tobit_kernel.shipped import shipped


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package without a checkout around it, and the data folder of its environment."""
    code = tmp_path / "lib" / "site-packages" / "tobit_kernel" / "shipped.py"
    monkeypatch.setattr(module, "__file__", str(code))
    monkeypatch.setattr(module, "_data_folders", lambda: [str(tmp_path)])
    return tmp_path / "share" / "tobit"


def test_a_checkout_uses_its_own_folder() -> None:
    assert shipped("docs") == Path(__file__).parents[2] / "docs"


def test_a_wheel_uses_the_folder_that_it_installed(installed: Path) -> None:
    (installed / "notebooks").mkdir(parents=True)
    assert shipped("notebooks") == installed / "notebooks"


def test_a_folder_of_another_package_is_not_ours(installed: Path) -> None:
    (installed.parents[1] / "lib" / "site-packages" / "notebooks").mkdir(parents=True)
    with pytest.raises(NotFound, match="'notebooks' did not come"):
        shipped("notebooks")
