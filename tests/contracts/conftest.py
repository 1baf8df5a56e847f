"""What the contract suites share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import short_folder

pytest.register_assert_rewrite("tests.contracts.sources")


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder as ``TOBIT_HOME``."""
    folder = short_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
