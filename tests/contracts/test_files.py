"""Files and folders keep the contract of sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.contracts.sources import *  # noqa: F403
from tests.contracts.sources import ROWS, Lab
from tobit_kernel.server.sources.files import Files
from tobit_kernel.server.sources.source import Record


@pytest.fixture(scope="module", params=["csv", "parquet"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("files")
    start = datetime(2026, 1, 1)
    frame = pl.DataFrame(
        {
            "i": range(1, ROWS + 1),
            "half": [n / 2 for n in range(1, ROWS + 1)],
            "name": [None if n % 7 == 0 else f"n{n}" for n in range(1, ROWS + 1)],
            "moment": [start + timedelta(seconds=n) for n in range(1, ROWS + 1)],
        }
    )
    frame.head(0).write_parquet(folder / "empty.parquet")
    if request.param == "csv":
        frame.write_csv(folder / "numbers.csv")
    else:
        frame.write_parquet(folder / "numbers.parquet")
    source = Files.of(Record("default", "lab", "files", str(folder), tmp_path_factory.mktemp("home")))
    yield Lab(source, "main")
    source.close()
