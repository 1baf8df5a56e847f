"""Files and folders as a source: what is there, what may be asked, what may not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tobit_kernel.errors import (
    Cancelled,
    InputError,
    NotFound,
    Refused,
    RowsRejected,
    SourceUnavailable,
    StatementError,
    TimedOut,
)
from tobit_kernel.server.identity.principal import LOCAL
from tobit_kernel.server.sources.files import Files
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record

NAB = Path(__file__).parents[3] / "shared/data/nab/realKnownCause"
SLOW = "select sum(a.id * b.id * c.id) from lines a, lines b, lines c, lines d"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    (root / "parts").mkdir(parents=True)
    (root / "lines.csv").write_text("id,at,name\n" + "".join(f"{n},2024-01-05 10:00,L{n}\n" for n in range(1000)))
    (root / "한글 자료.csv").write_bytes("품목,수량\n나사,3\n".encode("cp949"))
    (root / "objects.json").write_text('[{"a": {"b": 1}, "c": "x"}, {"a": null, "c": "y"}]')
    pl.DataFrame({"x": [1, 2], "y": ["p", "q"]}).write_parquet(root / "parts" / "1.parquet")
    pl.DataFrame({"x": [3], "y": ["r"]}).write_parquet(root / "parts" / "2.parquet")
    pd.DataFrame({"when": [datetime(2024, 1, 5)], "value": [1.5]}).to_excel(
        root / "book.xlsx", index=False, engine="xlsxwriter"
    )
    (root / "broken.csv").write_text("a,b\n1,2\n3\n")
    (root / "notes.md").write_text("no table")
    (tmp_path / "secret.csv").write_text("password\nhunter2\n")
    (root / "link.csv").symlink_to(tmp_path / "secret.csv")
    return root


@pytest.fixture
def source(folder: Path, tmp_path: Path) -> Iterator[Files]:
    files = Files.of(Record("default", "lab", "files", str(folder), tmp_path / "home"))
    yield files
    files.close()


def ask(source: Files, statement: str, *values: object, limit: int | None = None, timeout_s: float = 30) -> pa.Table:
    run = source.start(LOCAL, Prepared(statement, list(values), limit, timeout_s), Cancellation())
    try:
        return pa.Table.from_batches(run.batches(), run.schema)
    finally:
        run.close()


def test_a_file_is_a_table_and_so_is_a_folder_of_parts(source: Files) -> None:
    assert {table.name: (table.db_schema, table.type, table.rows) for table in source.tables(LOCAL)} == {
        "book": ("main", "file", None),
        "broken": ("main", "file", 2),
        "lines": ("main", "file", 1000),
        "objects": ("main", "file", None),
        "parts": ("main", "file", 3),
        "한글_자료": ("main", "file", 1),
    }
    assert [table.name for table in source.tables(LOCAL, "main.p*")] == ["parts"]
    assert source.check() == "6 tables"


def test_columns_have_types(source: Files) -> None:
    columns = source.table(LOCAL, "main.lines").columns
    assert [(column.name, column.type) for column in columns] == [
        ("id", "bigint"),
        ("at", "timestamp"),
        ("name", "text"),
    ]
    with pytest.raises(NotFound) as caught:
        source.table(LOCAL, "line")
    assert "lines" in caught.value.hint


def test_rows_come_with_parameters_and_a_limit(source: Files) -> None:
    assert ask(source, "select name from lines where id = $1", 7).to_pylist() == [{"name": "L7"}]
    assert ask(source, "select id from main.lines where id = any($1)", [1, 2])["id"].to_pylist() == [1, 2]
    assert ask(source, "select id from lines order by id desc;", limit=2)["id"].to_pylist() == [999, 998, 997]


def test_every_format_answers(source: Files) -> None:
    assert ask(source, 'select 품목, 수량 + 1 as n from "한글_자료"').to_pylist() == [{"품목": "나사", "n": 4}]
    assert ask(source, "select sum(x) as s from parts").to_pylist() == [{"s": 6.0}]
    assert ask(source, "select a->>'b' as b from objects")["b"].to_pylist() == ["1", None]
    assert ask(source, 'select "when", value from book').to_pylist() == [
        {"when": datetime(2024, 1, 5).date(), "value": 1.5}
    ]


def test_nab_is_asked_without_loading(tmp_path: Path, needs: Callable[..., None]) -> None:
    needs(NAB.exists(), "the data folder ../shared/data is not here")
    source = Files.of(Record("default", "nab", "files", str(NAB), tmp_path / "home"))
    answer = ask(source, "select count(*) as n, avg(value) as mean from machine_temperature_system_failure")
    expected = pd.read_csv(NAB / "machine_temperature_system_failure.csv")["value"].mean()
    assert answer.to_pylist() == [{"n": 22_695, "mean": pytest.approx(expected)}]
    source.close()


def test_columns_of_odd_types_arrive_as_from_postgresql(source: Files) -> None:
    answer = ask(
        source,
        "select interval '90 minutes' as i, 1.5::decimal(9,2) as d, {'k': [1]} as s, [1, 2] as l, null as n, "
        "timestamptz '2024-01-05 10:00+09' as t, uuid '550e8400-e29b-41d4-a716-446655440000' as u, 1 as i",
    )
    assert answer.schema.types[:5] == [pa.duration("us"), pa.float64(), pa.string(), pa.list_(pa.int32()), pa.string()]
    assert answer.column_names == ["i", "d", "s", "l", "n", "t", "u", "i"]
    assert answer.column(2).to_pylist() == ['{"k":[1]}']
    assert answer.column(5).to_pylist() == [datetime(2024, 1, 5, 1, tzinfo=UTC)]
    assert answer.schema.field(0).metadata == {b"tobit.type": b"interval"}


def test_an_error_knows_its_place_in_characters(source: Files) -> None:
    statement = "select '한글', nope from lines"
    with pytest.raises(StatementError) as caught:
        source.start(LOCAL, Prepared(statement), Cancellation())
    assert caught.value.details["position"] == statement.index("nope")
    with pytest.raises(StatementError) as caught:
        source.parse(LOCAL, "select id form lines where id = $1")
    assert "syntax error" in caught.value.message
    source.parse(LOCAL, "select id from lines where id = $1")


def test_a_broken_file_says_where_and_hinders_no_other(source: Files) -> None:
    with pytest.raises(RowsRejected) as caught:
        ask(source, "select * from broken")
    assert caught.value.details["rows"][0]["line"] == 3
    assert ask(source, "select count(*) as n from lines").to_pylist() == [{"n": 1000}]


@pytest.mark.parametrize(
    "statement",
    [
        "copy lines to '/tmp/tobit-out.csv'",
        "attach '/tmp/tobit-out.db'",
        "install httpfs",
        "load httpfs",
        "pragma database_list",
        "set threads = 8",
        "create table t as select 1",
        "drop view lines",
        "call pragma_version()",
        "select 1; select 2",
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('{folder}/../secret.csv')",
        "select * from read_csv('{folder}/link.csv')",
        "select * from '{folder}/book.xlsx', read_blob('{folder}/book.xlsx')",
        "select * from glob('{folder}/*')",
        "select * from read_csv('https://example.invalid/a.csv')",
        "select * from sniff_csv('/etc/passwd')",
        "select * from query('copy (select 1) to ''/tmp/tobit-out.csv''')",
        "select * from link",
        "select getenv('HOME')",
        "select * from read_csv(['/etc/passwd'])",
        "select * from read_blob('{folder}/../*')",
        "select * from parquet_scan('/etc/passwd')",
        "select * from parquet_metadata('/etc/passwd')",
        "select * from read_json_auto('/etc/passwd')",
        "select * from '/etc/passwd'",
        'select * from "/etc/passwd"',
        "from read_text('/proc/self/environ')",
        "select * from read_text('file:///etc/passwd')",
        "select * from query_table('/etc/passwd')",
        "select * from sqlite_scan('/tmp/x', 'y')",
        "with x as materialized (select * from read_text('/etc/passwd')) select * from x",
        "reset enable_external_access",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "export database '/tmp/tobit-out'",
        "import database '/tmp/tobit-out'",
        "explain analyze copy (select 1) to '/tmp/tobit-out.csv'",
        "checkpoint",
        "create secret s (type s3)",
        "prepare p as select 1",
        "use system",
        "vacuum",
    ],
)
def test_nothing_else_can_be_reached(source: Files, folder: Path, statement: str) -> None:
    with pytest.raises((Refused, StatementError)):
        ask(source, statement.replace("{folder}", str(folder)))


def test_a_changed_file_is_read_anew(source: Files, folder: Path) -> None:
    assert ask(source, "select count(*) as n from lines")["n"].to_pylist() == [1000]
    (folder / "lines.csv").write_text("other\nx\n")
    assert ask(source, "select other from lines").to_pylist() == [{"other": "x"}]


def test_parts_of_different_types_meet(tmp_path: Path) -> None:
    parts = tmp_path / "data" / "days"
    parts.mkdir(parents=True)
    (parts / "1.csv").write_text("id,v\n1,2\n")
    (parts / "2.csv").write_text("v,id,w\n2.5,A2,x\n")
    source = Files.of(Record("default", "d", "files", str(tmp_path / "data"), tmp_path / "home"))
    assert [(column.name, column.type) for column in source.table(LOCAL, "days").columns] == [
        ("id", "text"),
        ("v", "double precision"),
        ("w", "text"),
    ]
    assert ask(source, "select * from days").to_pylist() == [
        {"id": "1", "v": 2.0, "w": None},
        {"id": "A2", "v": 2.5, "w": "x"},
    ]
    source.close()


def test_a_statement_ends_when_it_is_cancelled(source: Files) -> None:
    cancellation = Cancellation()
    threading.Timer(0.5, cancellation.cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        run = source.start(LOCAL, Prepared(SLOW), cancellation)
        list(run.batches())
    assert time.monotonic() - began < 2


def test_a_statement_ends_at_its_time_limit(source: Files) -> None:
    with pytest.raises(TimedOut):
        ask(source, SLOW, timeout_s=0.5)


def test_places_that_cannot_be_sources(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with pytest.raises(InputError, match="Tobit's own files"):
        Files.of(Record("default", "x", "files", str(home / "scratch"), home))
    with pytest.raises(InputError, match="Tobit's own files"):
        Files.of(Record("default", "x", "files", "/", home))
    with pytest.raises(InputError, match="no full path"):
        Files.of(Record("default", "x", "files", "data", home))
    with pytest.raises(SourceUnavailable):
        Files.of(Record("default", "x", "files", str(tmp_path / "missing"), home)).check()


def test_a_plan_is_text(source: Files) -> None:
    assert "Read Csv" in source.explain(LOCAL, Prepared("select * from lines where id > $1", [3])).title().replace(
        "_", " "
    )
