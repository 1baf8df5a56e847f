"""A MariaDB by URL keeps the contract of sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import mariadb
from tests.contracts.sources import *  # noqa: F403
from tests.contracts.sources import Lab
from tobit_kernel.server.sources.source import Record
from tobit_kernel.server.sources.sqlalchemy import Sqlalchemy


@pytest.fixture(scope="module")
def lab(needs: Callable[[object, str], None]) -> Iterator[Lab]:
    with mariadb.running(needs) as server:
        record = Record("default", "plant", "sqlalchemy", server.url(), Path("/nowhere"), password="sesame")
        source = Sqlalchemy.of(record)
        failing = "select case when i > 29000 then 9223372036854775807 + i else i end as n from numbers"
        yield Lab(source, "plant", failing=failing)
        source.close()
