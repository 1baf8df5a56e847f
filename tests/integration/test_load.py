"""Files become tables, in a real PostgreSQL, seen by the reader's role."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import polars as pl
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tobit_kernel.errors import Conflict, InputError, NotFound, Refused, RowsRejected
from tobit_kernel.server.identity.principal import Principal, Role
from tobit_kernel.server.store.database import Addresses
from tobit_kernel.server.tables import Loaded, Mode, drop, load

LOCAL = Principal("default", "local", Role.ADMIN)
BOB = Principal("default", "bob", Role.ANALYST)
EVE = Principal("other", "eve", Role.ADMIN)
NAB = Path(__file__).parents[3] / "shared/data/nab/realKnownCause/machine_temperature_system_failure.csv"

Loader = Callable[..., Loaded]


@pytest.fixture(scope="module", autouse=True)
def other_tenant(database: Addresses) -> None:
    with database.app.connect() as connection:
        connection.execute("insert into gate.tenant values ('other', 'Other')")


@pytest.fixture
def loader(database: Addresses, tmp_path: Path) -> Loader:
    """``loader("a.csv", b"…", table=…)``."""

    def run(name: str, content: bytes | str | Path, principal: Principal = LOCAL, **options: object) -> Loaded:
        path = content if isinstance(content, Path) else tmp_path / f"upload-{threading.get_ident()}"
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load(database.app, tmp_path, principal, path, name, **options)  # type: ignore[arg-type]

    return run


def rows(database: Addresses, statement: str, principal: Principal | None = LOCAL) -> list[tuple[object, ...]]:
    """What ``principal`` sees through the reader's role; None is nobody."""
    with database.reader.connect() as reader, database.app.connect(autocommit=True) as app:
        if principal is not None:
            app.execute(
                "insert into gate.bound (pid, backend_start, tenant_id, actor, role) "
                "values (%(pid)s, gate.backend_start(%(pid)s), %(tenant)s, %(user)s, 'admin')",
                {"pid": reader.info.backend_pid, "tenant": principal.tenant, "user": principal.user},
            )
        return reader.execute(statement).fetchall()  # type: ignore[arg-type]


def test_the_machine_temperatures_of_nab(loader: Loader, database: Addresses, needs: Callable[..., None]) -> None:
    needs(NAB.exists(), "the data folder ../shared/data is not here")
    loaded = loader(NAB.name, NAB, table="nab.machine_temperature")
    assert (loaded.table, loaded.rows) == ("nab.machine_temperature", 22_695)
    assert [(column.name, column.type) for column in loaded.columns] == [
        ("timestamp", "timestamp"),
        ("value", "double precision"),
    ]
    [(count, mean)] = rows(database, "select count(*), avg(value) from nab.machine_temperature")
    assert count == 22_695
    assert mean == pytest.approx(pd.read_csv(NAB)["value"].mean())


def test_a_table_without_a_schema_is_the_users_own(loader: Loader, database: Addresses) -> None:
    assert loader("own.csv", "a\n1\n").table == "my.own"
    assert rows(database, "select a from my_local.own") == [(1,)]
    assert rows(database, "select a from my_local.own", BOB) == []
    assert rows(database, "select a from my_local.own", None) == []


def test_a_shared_table_is_seen_by_the_tenant_only(loader: Loader, database: Addresses) -> None:
    loader("s.csv", "a\n1\n", BOB, table="lab.seen")
    assert rows(database, "select a from lab.seen", LOCAL) == [(1,)]
    assert rows(database, "select a from lab.seen", EVE) == []
    assert rows(database, "select a from lab.seen", None) == []


def test_korean_names_and_values(loader: Loader, database: Addresses) -> None:
    loaded = loader("생산.csv", "날짜,품목 코드,수량\n2024-01-05,00123,7\n".encode("cp949"), table="공장.생산_실적")
    assert [column.type for column in loaded.columns] == ["date", "text", "bigint"]
    assert rows(database, 'select "품목 코드", 수량 from 공장.생산_실적') == [("00123", 7)]


def test_create_refuses_a_table_that_is_there(loader: Loader) -> None:
    loader("twice.csv", "a\n1\n")
    with pytest.raises(Conflict, match="my.twice"):
        loader("twice.csv", "a\n1\n")


def test_replace_takes_its_place(loader: Loader, database: Addresses) -> None:
    loader("r.csv", "a\n1\n", table="lab.replaced")
    loader("r.csv", "b\nx\ny\n", table="lab.replaced", mode=Mode.REPLACE)
    assert rows(database, "select * from lab.replaced order by 1") == [("x",), ("y",)]
    assert rows(database, "select * from lab.replaced", EVE) == []
    assert rows(database, "select 1 from pg_class where relname like 'loading%'") == []


def test_append_matches_columns_by_name_and_takes_the_tables_types(loader: Loader, database: Addresses) -> None:
    loader("a.csv", "code,value\nA1,1.5\n", table="lab.appended")
    loader("b.csv", "value,code\n2,007\n", table="lab.appended", mode=Mode.APPEND)
    assert rows(database, "select code, value from lab.appended order by value") == [("A1", 1.5), ("007", 2.0)]


def test_append_refuses_other_columns_and_other_types(loader: Loader) -> None:
    loader("a.csv", "code,value\nA1,1.5\n", table="lab.strict")
    with pytest.raises(InputError, match="lacks 'value'"):
        loader("b.csv", "code\nA1\n", table="lab.strict", mode=Mode.APPEND)
    with pytest.raises(InputError, match="has also 'x'"):
        loader("b.csv", "code,value,x\nA1,1,2\n", table="lab.strict", mode=Mode.APPEND)
    with pytest.raises(RowsRejected, match="1 value of 'b.csv' does not fit"):
        loader("b.csv", "code,value\nA1,warm\n", table="lab.strict", mode=Mode.APPEND)


def test_a_bad_row_leaves_the_old_table(loader: Loader, database: Addresses) -> None:
    loader("k.csv", "a\n1\n", table="lab.kept")
    with pytest.raises(RowsRejected) as caught:
        loader("k.csv", "a\n1\nx\n", table="lab.kept", mode=Mode.REPLACE, types={"a": "bigint"})
    assert caught.value.details["rows"] == [
        {"file": "k.csv", "line": 3, "column": "a", "value": "x", "reason": "is not a bigint"}
    ]
    assert rows(database, "select a from lab.kept") == [(1,)]


@pytest.mark.parametrize(
    "table", ["gate.audit", "pg_catalog.x", "information_schema.x", "ops.x", "mfg.x", "public.x", "my_bob.x", "pg_x.y"]
)
def test_reserved_schemas_are_refused(loader: Loader, table: str) -> None:
    with pytest.raises(Refused):
        loader("a.csv", "a\n1\n", table=table)


def test_a_table_of_another_tenant_or_user_is_left_alone(loader: Loader) -> None:
    loader("a.csv", "a\n1\n", table="lab.mine")
    with pytest.raises(Conflict, match="taken"):
        loader("a.csv", "a\n1\n", EVE, table="lab.mine", mode=Mode.REPLACE)
    with pytest.raises(Refused, match="belongs to local"):
        loader("a.csv", "a\n1\n", BOB, table="lab.mine", mode=Mode.APPEND)
    with pytest.raises(Refused, match="may not load"):
        loader("a.csv", "a\n1\n", Principal("default", "vic", Role.VIEWER), table="x")


def test_quotes_in_names_stay_names(loader: Loader, database: Addresses) -> None:
    loader("q.csv", 'a"b,"c; drop table gate.audit; --","%s"\n1,2,3\n', table="lab.quoted")
    assert rows(database, """select "a""b", "c; drop table gate.audit; --", "%s" from lab.quoted""") == [(1, 2, 3)]


def test_a_header_alone_makes_an_empty_table(loader: Loader, database: Addresses) -> None:
    assert loader("h.csv", "a,b\n", table="lab.empty").rows == 0
    assert rows(database, "select * from lab.empty") == []


def test_concurrent_loads_into_one_table_do_not_mix(loader: Loader, database: Addresses) -> None:
    files = {number: "a\n" + f"{number}\n" * 1000 for number in range(4)}
    threads = [
        threading.Thread(
            target=loader, args=("c.csv", content), kwargs={"table": "lab.contended", "mode": Mode.REPLACE}
        )
        for content in files.values()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [(count, distinct)] = rows(database, "select count(*), count(distinct a) from lab.contended")
    assert (count, distinct) == (1000, 1)


def test_progress_tells_reading_and_writing_and_can_stop_it(loader: Loader, database: Addresses) -> None:
    seen: list[tuple[int, int | None, str]] = []
    content = "a\n" + "1\n" * 120_000
    loader("p.csv", content, table="lab.progress", progress=lambda *step: seen.append(step))
    assert seen[0] == (0, None, "reading p.csv")
    assert seen[-1] == (120_000, 120_000, "finishing")
    assert any(note.startswith("writing") and 0 < done < 120_000 for done, _, note in seen)

    def stop(done: int, total: int | None, note: str) -> None:
        if done:
            raise InputError("stopped here")

    with pytest.raises(InputError, match="stopped here"):
        loader("p.csv", content, table="lab.stopped", progress=stop)
    assert rows(database, "select to_regclass('lab.stopped')") == [(None,)]


def test_drop_removes_ones_own_table_and_names_near_ones(loader: Loader, database: Addresses) -> None:
    loader("d.csv", "a\n1\n2\n", table="lab.dropped")
    with pytest.raises(NotFound) as caught:
        drop(database.app, LOCAL, "lab.droped")
    assert "lab.dropped" in caught.value.hint
    with pytest.raises(NotFound):
        drop(database.app, EVE, "lab.dropped")
    with pytest.raises(Refused):
        drop(database.app, BOB, "lab.dropped")
    dropped = drop(database.app, LOCAL, "lab.dropped")
    assert dropped.as_data() == {"table": "lab.dropped", "rows": 2}
    loader("d.csv", "a\n1\n", EVE, table="lab.dropped")


def test_an_administrator_drops_tables_of_others(loader: Loader, database: Addresses) -> None:
    loader("b.csv", "a\n1\n", BOB)
    assert drop(database.app, LOCAL, "my_bob.b").rows == 1
    with pytest.raises(Refused):
        drop(database.app, LOCAL, "gate.audit")


def test_a_pandas_frame_keeps_its_types(loader: Loader, database: Addresses, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "at": pd.to_datetime(["2024-01-05 10:00", None]).tz_localize("Asia/Seoul"),
            "kind": pd.Categorical(["a", "b"]),
            "count": pd.array([1, None], dtype="Int32"),
            "took": pd.to_timedelta(["1h", "2s"]),
            "tags": [["x"], ["y", "z"]],
            "more": [{"k": 1}, None],
        }
    )
    frame.to_parquet(tmp_path / "frame", index=False)
    loaded = loader("frame.parquet", tmp_path / "frame", table="lab.pandas")
    assert {column.name: column.type for column in loaded.columns} == {
        "at": "timestamptz",
        "kind": "text",
        "count": "integer",
        "took": "interval",
        "tags": "text[]",
        "more": "jsonb",
    }
    shown = rows(database, "select at::text, kind, count, took::text, tags, more->>'k' from lab.pandas")
    assert shown == [
        ("2024-01-05 01:00:00+00", "a", 1, "01:00:00", ["x"], "1"),
        (None, "b", None, "00:00:02", ["y", "z"], None),
    ]


def test_a_polars_frame_keeps_its_types(loader: Loader, database: Addresses, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "price": pl.Series(["1.25", "-3.50"]).cast(pl.Decimal(10, 2)),
            "level": pl.Series(["low", "high"], dtype=pl.Enum(["low", "high"])),
            "nested": [{"a": [1, 2]}, {"a": []}],
            "took": pl.Series([1_500_000, None]).cast(pl.Duration("us")),
            "raw": [b"\x00\xff", b""],
        }
    )
    frame.write_ipc(tmp_path / "frame")
    loaded = loader("frame.arrow", tmp_path / "frame", table="lab.polars")
    assert [column.type for column in loaded.columns] == ["numeric(10,2)", "text", "jsonb", "interval", "bytea"]
    shown = rows(database, "select price::text, level, nested::text, took::text, raw::text from lab.polars")
    assert shown == [
        ("1.25", "low", '{"a": [1, 2]}', "00:00:01.5", "\\x00ff"),
        ("-3.50", "high", '{"a": []}', None, "\\x"),
    ]


def test_every_type_that_can_be_given(loader: Loader, database: Addresses) -> None:
    given = {
        "smallint": "1",
        "integer": "-2",
        "bigint": "3",
        "real": "1.5",
        "double precision": "1e10",
        "numeric(8,3)": "1.25",
        "numeric": "1234567890123456789.125",
        "boolean": "yes",
        "date": "20240131",
        "time": "10:11",
        "timestamp": "2024/01/31 10:11",
        "timestamptz": "2024-01-31T10:11:12+09:00",
        "interval": "1 day 02:00:00",
        "uuid": "550e8400-e29b-41d4-a716-446655440000",
        "json": "[1]",
        "jsonb": '"x"',
        "bytea": "\\x00ff",
        "text": "007",
    }
    header = "\t".join(f"c{number}" for number in range(len(given)))
    types = {f"c{number}": kind for number, kind in enumerate(given)}
    content = (
        header
        + "\n"
        + "\t".join(value.replace('"', '""') if '"' not in value else '"""x"""' for value in given.values())
    )
    loader("t.tsv", content, table="lab.types", types=types)
    kinds = rows(
        database,
        "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'lab.types'::regclass "
        "and attnum > 0 order by attnum",
    )
    assert [kind for (kind,) in kinds][:7] == list(given)[:7]
    [row] = rows(
        database, "select c5::text, c6::text, c8::text, c11::text, c12::text, c13::text, c15::text from lab.types"
    )
    assert row == (
        "1.250",
        "1234567890123456789.125",
        "2024-01-31",
        "2024-01-31 01:11:12+00",
        "1 day 02:00:00",
        "550e8400-e29b-41d4-a716-446655440000",
        '"x"',
    )


def test_parquet_with_values_that_postgresql_cannot_hold(loader: Loader, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["ok", "x\0y"]}), tmp_path / "nul")
    with pytest.raises(RowsRejected, match="1 value"):
        loader("nul.parquet", tmp_path / "nul", table="lab.nul")
    many = pa.table({f"c{number}": [1] for number in range(1601)})
    pq.write_table(many, tmp_path / "wide")
    with pytest.raises(InputError, match="1,601 columns"):
        loader("wide.parquet", tmp_path / "wide", table="lab.wide")


def test_the_gate_role_owns_what_is_loaded_and_the_reader_cannot_write(loader: Loader, database: Addresses) -> None:
    loader("o.csv", "a\n1\n", table="lab.owned")
    assert rows(database, "select tableowner from pg_tables where tablename = 'owned'") == [("tobit_app",)]
    with database.reader.connect() as reader, pytest.raises(psycopg.Error):
        reader.execute("set transaction read write; insert into lab.owned values (2)")
