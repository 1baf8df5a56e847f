"""Declared columns and row filters on a real MariaDB."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import mariadb
from tests.conftest import short_folder
from tests.integration.masked import ADMIN, Asked, asked, scoped
from tobit_kernel.errors import Refused
from tobit_kernel.settings import settings
from tobit_kernel.wire.sources import SourceDraft


@pytest.fixture(scope="module")
def bench(made_home: Path, needs: Callable[[object, str], None]) -> Iterator[Asked]:
    folder = short_folder()
    subprocess.run(["cp", "-a", f"{made_home}/.", folder], check=True)
    with pytest.MonkeyPatch.context() as patch, mariadb.running(needs) as server:
        patch.setenv("TOBIT_HOME", str(folder))
        settings.cache_clear()
        server.execute(
            "create table plant.customer (id int, name varchar(40), phone varchar(20), line varchar(9));"
            "insert into plant.customer values (1, '김철수', '010-1234-5678', 'L1'),"
            " (2, 'John Smith', '010-9876-5432', 'L2')"
        )
        with asked(folder) as bench:
            options = {"scoped": {"plant.customer": {"line": "line"}}}
            draft = SourceDraft(
                name="maria", type="sqlalchemy", location=server.url(), password="sesame", options=options
            )
            bench.run(bench.gate.sources.add(ADMIN, draft))
            bench.declare("plant.customer", "name", "name", source="maria")
            bench.declare("plant.customer", "phone", "phone", source="maria")
            yield bench
    settings.cache_clear()
    shutil.rmtree(folder, ignore_errors=True)


def test_declared_columns_are_masked(bench: Asked) -> None:
    rows = bench.rows("select name, phone from customer order by id", source="maria")
    assert rows[0] == ["김*수", "010-****-5678"] and rows[1][1] == "010-****-5432"
    for statement in (
        "select reverse(c.phone) from customer c",
        "select plant.customer.phone from plant.customer",
        "with t as (select * from customer) select group_concat(reverse(phone)) from t",
        "select hex(phone) from `customer`",
    ):
        shown = str(bench.rows(statement, source="maria"))
        assert "4321" not in shown and "6789" not in shown and "31323334" not in shown and "1234" not in shown
    assert bench.rows("select count(*) from customer where phone like '010-1%'", source="maria") == [[0]]


def test_rows_are_those_of_the_scopes(bench: Asked) -> None:
    assert bench.rows("select id from customer", scoped(line="L2"), "maria") == [[2]]
    assert bench.rows("select id from customer", scoped(line="\\' or 1=1 -- "), "maria") == []
    assert bench.rows("select id from customer", scoped(), "maria") == []


def test_hashes_are_those_of_python(bench: Asked) -> None:
    bench.declare("plant.customer", "phone", "phone", "hash", source="maria")
    try:
        policy = bench.run(bench.gate.queries.means.rules.of("default")).policy
        assert bench.rows("select phone from customer where id = 1", source="maria") == [
            [policy.hashed("010-1234-5678")]
        ]
    finally:
        bench.declare("plant.customer", "phone", "phone", source="maria")


def test_a_comment_that_mysql_runs_is_refused(bench: Asked) -> None:
    with pytest.raises(Refused):
        bench.rows("select 1 /*! union select phone from customer */ limit 5", source="maria")
