"""A SQLite file keeps the contract of sources."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.contracts.sources import *  # noqa: F403
from tests.contracts.sources import ROWS, Lab
from tobit_kernel.server.sources.source import Record
from tobit_kernel.server.sources.sqlalchemy import Sqlalchemy

COLUMNS = "(i integer, half real, name text, moment datetime)"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    file: Path = tmp_path_factory.mktemp("sqlite") / "plant 1.db"
    start = datetime(2026, 1, 1)
    with sqlite3.connect(file) as connection:
        connection.execute(f"create table numbers {COLUMNS}")
        connection.execute(f"create table empty {COLUMNS}")
        rows = ((n, None if n % 7 == 0 else f"n{n}", str(start + timedelta(seconds=n))) for n in range(1, ROWS + 1))
        connection.executemany("insert into numbers values (?1, ?1 / 2.0, ?2, ?3)", rows)
    connection.close()
    source = Sqlalchemy.of(Record("default", "lab", "sqlalchemy", f"sqlite:///{file}", Path("/nowhere")))
    yield Lab(source, "main", failing="select abs(iif(i > 29000, -9223372036854775808, i)) as n from numbers")
    source.close()
