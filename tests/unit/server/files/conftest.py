"""A file is opened as the loader opens it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tobit_kernel.server.files.opening import Inspection, open_file

Opened = Callable[..., tuple[Inspection, pa.Table]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """``opened("a.csv", b"…", types=…)`` → what it holds, and its rows."""

    def run(name: str, content: bytes | str | Path, **options: Any) -> tuple[Inspection, pa.Table]:
        path = content if isinstance(content, Path) else tmp_path / "upload"
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        with open_file(path, name, tmp_path, **options) as file:
            table = file.batches().read_all()
            inspection = file.inspection()
        assert table.num_rows == inspection.rows
        return inspection, table

    return run
