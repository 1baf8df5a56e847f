"""Registered sources: declared columns and row filters by what the caller's scopes leave."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import short_folder
from tests.integration.masked import ADMIN, TRUSTED, Asked, asked, scoped
from tobit_kernel.errors import Refused, TobitError
from tobit_kernel.server.store.database import superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.settings import settings
from tobit_kernel.wire.sources import SourceDraft

TABLE = "create table customer (id int, name text, phone text, line text)"
ROWS = "insert into customer values (1, '김철수', '010-1234-5678', 'L1'), (2, 'John Smith', '010-9876-5432', 'L2')"
SOURCES = ("postgres", "duck", "lite", "folder")
SCOPED = {"postgres": "public.customer", "duck": "main.customer", "lite": "main.customer", "folder": "main.customer"}


@pytest.fixture(scope="module")
def bench(made_home: Path) -> Iterator[Asked]:
    folder, data = short_folder(), short_folder()
    subprocess.run(["cp", "-a", f"{made_home}/.", folder], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOBIT_HOME", str(folder))
        settings.cache_clear()
        with asked(folder) as bench:
            locations = {**_files(data), "postgres": _postgres(folder)}
            for name, (kind, location, password) in locations.items():
                options = {"scoped": {SCOPED[name]: {"line": "line"}}}
                draft = SourceDraft(name=name, type=kind, location=location, password=password, options=options)
                bench.run(bench.gate.sources.add(ADMIN, draft))
                for column, as_kind in {"name": "name", "phone": "phone"}.items():
                    bench.declare(SCOPED[name], column, as_kind, source=name)
            yield bench
    settings.cache_clear()
    for each in (folder, data):
        shutil.rmtree(each, ignore_errors=True)


def _files(data: Path) -> dict[str, tuple[str, str, str | None]]:
    with duckdb.connect(str(data / "plant.duckdb")) as connection:
        connection.execute(TABLE)
        connection.execute(ROWS)
        (data / "files").mkdir()
        connection.execute(f"copy customer to '{data}/files/customer.parquet'")
    with sqlite3.connect(data / "plant.sqlite") as lite:
        lite.execute(TABLE)
        lite.execute(ROWS)
    lite.close()
    return {
        "duck": ("duckdb", str(data / "plant.duckdb"), None),
        "lite": ("sqlalchemy", f"sqlite:///{data}/plant.sqlite", None),
        "folder": ("files", str(data / "files"), None),
    }


def _postgres(folder: Path) -> tuple[str, str, str | None]:
    with superuser(EmbeddedPostgres(folder)).connect(autocommit=True) as connection:
        connection.execute("create role outside login password 'outside'")
        connection.execute(TABLE)
        connection.execute(ROWS)
        connection.execute("create view lines as select line, count(*) as n from customer group by 1")
        connection.execute("grant usage on schema public to outside")
        connection.execute("grant select on customer, lines to outside")
        connection.execute(f'grant connect on database "{connection.info.dbname}" to outside')
        host, port, name = connection.info.host, connection.info.port, connection.info.dbname
    return "postgresql", f"postgresql://outside@/{name}?host={host}&port={port}", "outside"


@pytest.mark.parametrize("source", SOURCES)
def test_declared_columns_are_masked_whatever_is_done_with_them(bench: Asked, source: str) -> None:
    rows = bench.rows("select name, phone from customer order by id", source=source)
    assert rows[0] == ["김*수", "010-****-5678"] and rows[1][1] == "010-****-5432"
    for statement in (
        "select substr(c.phone, 5, 4) as x from customer as c",
        f"select x.phone from (select * from {SCOPED[source]}) x",
        "with t as (select * from customer) select max(phone) from t",
        "select count(*) from customer where phone like '010-1%'",
        "select a.phone from customer a join customer b on a.id = b.id",
    ):
        shown = str(bench.rows(statement, source=source))
        assert "1234" not in shown and "9876" not in shown
    assert bench.rows("select count(*) from customer where phone like '010-1%'", source=source) == [[0]]


@pytest.mark.parametrize("source", SOURCES)
def test_rows_are_those_of_the_scopes(bench: Asked, source: str) -> None:
    statement = "select id from customer order by id"
    assert bench.rows(statement, source=source) == [[1], [2]]
    assert bench.rows(statement, scoped(line="L2"), source) == [[2]]
    assert bench.rows(statement, scoped(line="L2' or '1'='1"), source) == []
    assert bench.rows(statement, scoped(line="*"), source) == [[1], [2]]
    assert bench.rows(statement, scoped(shift="day"), source) == []
    assert bench.rows(statement, scoped(), source) == []
    assert bench.rows("select count(*) from customer where line = 'L1'", scoped(line="L2"), source) == [[0]]


@pytest.mark.parametrize("source", SOURCES)
def test_a_person_with_the_permission_sees_the_values(bench: Asked, source: str) -> None:
    assert bench.rows("select phone from customer where id = 1", TRUSTED, source) == [["010-1234-5678"]]


def test_an_error_tells_nothing_of_rows_out_of_sight(bench: Asked) -> None:
    with pytest.raises(TobitError) as failed:
        bench.rows("select id from customer where cast(line as int) > 0", scoped(line="L2"), "postgres")
    assert "L2" in failed.value.message and "L1" not in failed.value.message


def test_a_view_over_filtered_rows_is_refused(bench: Asked) -> None:
    assert len(bench.rows("select * from lines", source="postgres")) == 2
    with pytest.raises(Refused):
        bench.rows("select * from lines", scoped(line="L2"), "postgres")


WAYS_AROUND = """
from query_table('customer')
select * from query('select phone from customer')
select * from read_parquet('/tmp/customer.parquet')
from '/tmp/customer.parquet'
pivot customer on phone
select * from (summarize customer)
select * from json_execute_serialized_sql('{}')
select * from duckdb_tables()
"""


@pytest.mark.parametrize("source", ["duck", "folder"])
@pytest.mark.parametrize("statement", WAYS_AROUND.strip().split("\n"))
def test_ways_around_the_name_of_a_table_are_refused(bench: Asked, source: str, statement: str) -> None:
    with pytest.raises(TobitError) as failed:
        bench.rows(statement, source=source)
    assert "1234" not in str(failed.value.as_data())


@pytest.mark.parametrize("source", ["postgres", "duck", "folder"])
def test_hashes_are_the_same_in_every_source(bench: Asked, source: str) -> None:
    bench.declare(SCOPED[source], "phone", "phone", "hash", source=source)
    try:
        policy = bench.run(bench.gate.queries.means.rules.of("default")).policy
        assert bench.rows("select phone from customer where id = 1", source=source) == [
            [policy.hashed("010-1234-5678")]
        ]
    finally:
        bench.declare(SCOPED[source], "phone", "phone", source=source)
