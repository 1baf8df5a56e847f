"""A DuckDB file keeps the contract of sources, and lets nobody out of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.contracts.sources import *  # noqa: F403
from tests.contracts.sources import Lab
from tobit_kernel.errors import InputError, SourceUnavailable, TobitError
from tobit_kernel.server.sources.duckdb import DuckDB
from tobit_kernel.server.sources.source import Record

TABLES = """
create table numbers as
select i::integer as i, i / 2.0::double as half, case when i % 7 <> 0 then 'n' || i end as name,
       timestamp '2026-01-01' + to_seconds(i) as moment
from range(1, 30001) as t(i);
create table empty as select * from numbers where false;
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("duckdb")
    for name in ("plant 1.duckdb", "other.duckdb"):
        with duckdb.connect(str(folder / name)) as connection:
            connection.execute(TABLES)
    (folder / "secret.csv").write_text("a\n1\n")
    (folder / "home").mkdir()
    return folder


def opened(folder: Path, location: str) -> DuckDB:
    return DuckDB.of(Record("default", "lab", "duckdb", location, folder / "home"))


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[Lab]:
    source = opened(folder, f"duckdb:///{folder}/plant 1.duckdb")
    yield Lab(source, "main")
    source.close()


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')", "select * from read_text('/etc/passwd')",
        "select * from read_blob('FOLDER/plant 1.duckdb')", "select * from \"Read_Blob\" ('FOLDER/plant 1.duckdb')",
        "select * from query('select * from read_bl' || 'ob(''FOLDER/plant 1.duckdb'')')",
        "select * from '/etc/passwd'",
        "select * from 'FOLDER/secret.csv'", "select * from read_csv('FOLDER/secret.csv')",
        "select * from 'FOLDER/other.duckdb'", "select * from glob('/etc/*')", "select * from glob('FOLDER/*')",
        "select * from read_parquet('https://example.org/a.parquet')", "select * from 's3://bucket/a.csv'",
        "copy numbers to '/tmp/tobit-out.csv'", "copy (select 1) to '/tmp/tobit-out.csv'",
        "copy numbers from '/etc/passwd'", "export database '/tmp/tobit-out'", "import database '/tmp/x'",
        "attach 'FOLDER/other.duckdb' as o", "detach \"plant 1\"", "use memory", "install httpfs", "load httpfs",
        "set enable_external_access = true", "set lock_configuration = false", "set allowed_paths = ['/etc/passwd']",
        "reset enable_external_access", "pragma database_list", "pragma enable_profiling",
        "select getenv('HOME')", "create secret s (type s3)", "call pragma_version()", "checkpoint",
        "create table t as select 1", "insert into numbers values (1)", "select 1; select 2",
        "with x as (delete from numbers returning *) select * from x", "explain analyze select 1",
        "prepare p as select 1", "execute p", "begin", "vacuum", "update numbers set i = 1", "create macro m() as 1",
    ],
)  # fmt: skip
def test_nothing_beside_the_file_can_be_reached(lab: Lab, folder: Path, statement: str) -> None:
    with pytest.raises(TobitError):
        lab.ask(statement.replace("FOLDER", str(folder)))
    assert not Path("/tmp/tobit-out.csv").exists() and not Path("/tmp/tobit-out").exists()  # noqa: S108
    assert lab.ask("select count(*) as n from numbers")["n"].to_pylist() == [30_000]


def test_what_is_too_large_ends(lab: Lab) -> None:
    for bomb in ("select repeat('x', 10_000_000_000)", "select count(*) from range(1000000000000) where range % 7 = 8"):
        with pytest.raises(TobitError):
            lab.ask(bomb, timeout_s=1)


def test_a_location_that_makes_no_sense_is_told(folder: Path) -> None:
    for location in ("plant.duckdb", "duckdb://plant.duckdb", "md:plant", str(folder / "home" / "x.duckdb")):
        with pytest.raises(InputError):
            opened(folder, location)
    for location in (str(folder / "none.duckdb"), str(folder / "secret.csv")):
        source = opened(folder, location)
        with pytest.raises(SourceUnavailable):
            source.check()
        source.close()
