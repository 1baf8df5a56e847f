"""Which addresses of sources lead to the gate's own machine."""

from __future__ import annotations

import pytest

from tobit_kernel.server.sources.records import _is_of_this_machine

HERE = [
    "postgresql://reader@[/x",
    "/data/logs", "data.csv", "file:///data", "sqlite:///x.db", "sqlite://", "sqlite+pysqlite:///x", "duckdb:///x.duckdb",
    "unix:///run/redis.sock", "unix://user@/run/redis.sock", "postgresql:///plant", "postgresql:///plant?host=/run/pg",
    "postgresql://%2Frun%2Fpg/plant", "postgresql://reader@/plant?host=/run/pg", "mysql+pymysql:///plant",
    "postgresql://db.plant.kr/plant?host=/run/pg", "postgresql://db/plant?host=%2Frun", "host=/run/pg dbname=plant",
    "postgresql://db.plant.kr/plant?host=@abstract", "mysql+pymysql://db/plant?unix_socket=/run/my",
    "C:\\\\data",
]  # fmt: skip
ELSEWHERE = [
    "postgresql://reader@db.plant.kr/plant", "postgresql://db:5433/plant?sslmode=require", "redis://cache:6379/0",
    "bolt://graph:7687", "https://metrics.plant.kr/", "mysql+pymysql://reader@db/plant", "postgresql://[::1]:5432/x",
]  # fmt: skip


@pytest.mark.parametrize("location", HERE)
def test_paths_and_sockets_are_of_this_machine(location: str) -> None:
    assert _is_of_this_machine(location)


@pytest.mark.parametrize("location", ELSEWHERE)
def test_hosts_are_elsewhere(location: str) -> None:
    assert not _is_of_this_machine(location)
