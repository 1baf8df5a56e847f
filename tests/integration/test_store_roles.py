"""What the roles of the database may not do, tried against the real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import NotFound
from tobit_kernel.server.store.database import Addresses
from tobit_kernel.server.store.tenancy import (
    backend_start,
    bind,
    clear_bindings,
    unbind,
)


@dataclass(frozen=True)
class Somebody:
    tenant: str = "default"
    user: str = "local"
    role: str = "admin"
    bound_scopes: str = "{}"


LOCAL = Somebody()
MADE_FOR_TEST = """
insert into gate.tenant (tenant_id, name) values ('other', 'Other') on conflict do nothing;
create schema if not exists shared;
grant usage on schema shared to tobit_reader;
create table if not exists shared.reading as
    select 'default' as tenant_id, 1 as value union all select 'other', 2;
alter table shared.reading enable row level security;
drop policy if exists tenant on shared.reading;
create policy tenant on shared.reading to tobit_reader using (tenant_id = (select gate.tenant()));
grant select on shared.reading to tobit_reader;
"""


@pytest.fixture
def reader(database: Addresses) -> Iterator[psycopg.Connection[Any]]:
    with database.owner.connect(autocommit=True) as owner:
        owner.execute(MADE_FOR_TEST)
    with database.reader.connect(autocommit=True) as connection:
        yield connection


async def started(engine: AsyncEngine, connection: psycopg.Connection[Any]) -> datetime:
    return await backend_start(engine, connection.info.backend_pid)


REFUSED_TO_READER = [
    "insert into shared.reading values ('default', 3)",
    "update shared.reading set value = 0",
    "delete from shared.reading",
    "truncate shared.reading",
    "create table public.mine (a int)",
    "create table shared.mine (a int)",
    "create temporary table mine (a int)",
    "select * into temporary mine from shared.reading",
    "create schema mine",
    "create function public.f() returns int language sql return 1",
    "create view public.v as select 1",
    "select * from gate.bound",
    "select * from gate.audit",
    "select * from gate.source",
    "select gate.tenant()",
    "select gate.backend_start(1)",
    "set role tobit_app",
    "set role tobit_owner",
    "set session authorization tobit_app",
    "alter table shared.reading disable row level security",
    "alter role tobit_reader bypassrls",
    "alter policy tenant on shared.reading using (true)",
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('.')",
    "copy shared.reading to '/tmp/x'",
    "copy (select 1) to program 'id'",
    "select lo_create(0)",
    "select pg_notify('a', 'b')",
    "select pg_terminate_backend(1)",
    "select pg_cancel_backend(1)",
    "select pg_sleep(0)",
    "select pg_advisory_lock(1)",
    "select set_config('row_security', 'off', false)",
    "select query_to_xml('select 1', true, true, '')",
    "select database_to_xml(true, true, '')",
    "select * from ts_stat('select to_tsvector(''a'')')",
    "select * from pg_stat_get_activity(null)",
    "select pg_logical_emit_message(false, 'a', 'b')",
    "select nextval('gate.audit_id_seq')",
]


@pytest.mark.parametrize("statement", REFUSED_TO_READER)
def test_the_reader_may_not(reader: psycopg.Connection[Any], statement: str) -> None:
    reader.execute("set default_transaction_read_only = off")  # the last net must not be the only one
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)) as refused:
        reader.execute(statement.encode())
    assert refused.value.sqlstate in ("42501", "42P01")


@pytest.mark.parametrize("expression", ["random()", "clock_timestamp()", "gen_random_uuid()", "now()", "version()"])
def test_the_reader_may_compute(reader: psycopg.Connection[Any], expression: str) -> None:
    assert reader.execute(f"select {expression}".encode()).fetchone() != (None,)


def test_the_reader_is_read_only_and_limited_from_the_start(reader: psycopg.Connection[Any]) -> None:
    names = ("default_transaction_read_only", "statement_timeout", "lock_timeout", "TimeZone")
    shown = [reader.execute(f"show {name}".encode()).fetchone() for name in names]
    assert shown == [("on",), ("1h",), ("10s",), ("UTC",)]


async def test_an_unbound_reader_sees_no_rows(reader: psycopg.Connection[Any]) -> None:
    assert reader.execute("select * from shared.reading").fetchall() == []


async def test_a_bound_reader_sees_its_tenant_and_after_unbind_nothing(
    reader: psycopg.Connection[Any], engine: AsyncEngine
) -> None:
    pid, start = reader.info.backend_pid, await started(engine, reader)
    await bind(engine, pid, start, LOCAL)
    assert reader.execute("select * from shared.reading").fetchall() == [("default", 1)]
    await bind(engine, pid, start, Somebody(tenant="other", user="kim"))
    assert reader.execute("select * from shared.reading").fetchall() == [("other", 2)]
    await unbind(engine, pid, start)
    assert reader.execute("select * from shared.reading").fetchall() == []


async def test_no_setting_changes_the_tenant(reader: psycopg.Connection[Any], engine: AsyncEngine) -> None:
    await bind(engine, reader.info.backend_pid, await started(engine, reader), LOCAL)
    for name, value in (("row_security", "on"), ("search_path", "shared"), ("role", "tobit_reader")):
        reader.execute(f"set {name} = {value}".encode())
        assert reader.execute("select tenant_id from shared.reading").fetchall() == [("default",)]
    reader.execute("set row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("select * from shared.reading")


async def test_a_binding_holds_for_one_backend_only_also_when_its_number_comes_back(
    reader: psycopg.Connection[Any], engine: AsyncEngine, database: Addresses
) -> None:
    pid, start = reader.info.backend_pid, await started(engine, reader)
    await bind(engine, pid, start.replace(year=2001), LOCAL)
    assert reader.execute("select * from shared.reading").fetchall() == []
    await bind(engine, pid, start, LOCAL)
    with database.reader.connect() as another:
        assert another.execute("select * from shared.reading").fetchall() == []


async def test_bindings_of_dead_backends_are_removed(
    engine: AsyncEngine, database: Addresses, reader: psycopg.Connection[Any]
) -> None:
    await bind(engine, reader.info.backend_pid, await started(engine, reader), LOCAL)
    with database.reader.connect() as short:
        gone = short.info.backend_pid
        await bind(engine, gone, await started(engine, short), LOCAL)
    while True:
        try:
            await backend_start(engine, gone)
        except NotFound:
            break
    assert await clear_bindings(engine) >= 1
    assert reader.execute("select * from shared.reading").fetchall() == [("default", 1)]
    async with engine.connect() as connection:
        left = await connection.scalars(text("select pid from gate.bound"))
        assert list(left) == [reader.info.backend_pid]


async def test_binding_through_one_connection_is_committed_at_once(
    reader: psycopg.Connection[Any], engine: AsyncEngine
) -> None:
    pid, start = reader.info.backend_pid, await started(engine, reader)
    async with engine.connect() as connection:
        await bind(connection, pid, start, LOCAL)
        assert reader.execute("select * from shared.reading").fetchall() == [("default", 1)]


async def test_binding_survives_the_end_of_all_idle_connections(
    reader: psycopg.Connection[Any], engine: AsyncEngine, database: Addresses
) -> None:
    pid, start = reader.info.backend_pid, await started(engine, reader)
    await bind(engine, pid, start, LOCAL)
    with database.owner.connect(autocommit=True) as owner:
        ended = owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tobit_app'")
        assert ended.fetchall()
    await bind(engine, pid, start, Somebody(tenant="other"))
    assert reader.execute("select * from shared.reading").fetchall() == [("other", 2)]


async def test_rows_are_told_apart_in_parallel_plans_too(engine: AsyncEngine, database: Addresses) -> None:
    with database.owner.connect(autocommit=True) as owner:
        owner.execute("create table if not exists shared.many as select 'default' as tenant_id, i from generate_series(1, 200000) i")  # fmt: skip  # noqa: E501
        owner.execute("alter table shared.many enable row level security")
        owner.execute("create policy t on shared.many to tobit_reader using (tenant_id = (select gate.tenant()))")
        owner.execute("grant select on shared.many to tobit_reader")
        owner.execute("analyze shared.many")
    with database.reader.connect(autocommit=True) as connection:
        await bind(engine, connection.info.backend_pid, await started(engine, connection), LOCAL)
        connection.execute(
            "set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0"
        )
        plan = "\n".join(row[0] for row in connection.execute("explain select count(*) from shared.many"))
        assert "Parallel" in plan
        assert connection.execute("select count(*) from shared.many").fetchone() == (200000,)


async def test_arrow_reads_through_the_readers_address(engine: AsyncEngine, database: Addresses) -> None:
    with adbc.connect(database.reader.uri) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid() as pid")
        pid = cursor.fetch_arrow_table()["pid"][0].as_py()
        await bind(engine, pid, await backend_start(engine, pid), LOCAL)
        cursor.execute("select value from shared.reading")
        assert cursor.fetch_arrow_table().to_pydict() == {"value": [1]}


@pytest.mark.parametrize("table", ["audit", "span"])
@pytest.mark.parametrize("change", ["update gate.{} set name = 'x'", "delete from gate.{}", "truncate gate.{}"])
def test_what_was_done_cannot_be_changed_by_the_gateway(database: Addresses, table: str, change: str) -> None:
    statement = change.format(table).replace("name", "actor" if table == "audit" else "name")
    with database.app.connect() as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.encode())


def test_the_gateway_writes_down_what_was_done(database: Addresses) -> None:
    with database.app.connect(autocommit=True) as app:
        app.execute(
            "insert into gate.audit (tenant_id, actor, actor_type, action, outcome, tables, rows)"
            " values ('default', 'local', 'user', 'query', 'ok', %s, 3)",
            (["ops.event"],),
        )
        assert app.execute("select tables, rows from gate.audit").fetchall() == [(["ops.event"], 3)]


@pytest.mark.parametrize("role", ["app", "reader"])
def test_who_serves_requests_is_no_superuser_and_not_exempt_from_row_security(database: Addresses, role: str) -> None:
    with getattr(database, role).connect() as connection:
        row = connection.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles"
            " where rolname = current_user"
        ).fetchone()
    assert row == (False,) * 5


def test_every_table_of_the_gate_has_row_security_and_a_tenant(database: Addresses) -> None:
    with database.app.connect() as app:
        open_tables = app.execute(
            "select relname from pg_class where relnamespace = 'gate'::regnamespace and relkind in ('r', 'p')"
            " and (not relrowsecurity or not exists (select from pg_attribute"
            " where attrelid = pg_class.oid and attname = 'tenant_id'))"
        ).fetchall()
    # They are about the database, or stand before it is known who somebody is; not about anybody in it.
    about_nobody = ["alembic_version", "audit_seal", "audit_turn", "migration", "oidc_flow", "oidc_logout"]
    assert sorted(name for (name,) in open_tables) == about_nobody


async def test_a_table_that_was_not_protected_yet_is_read_by_nobody(engine: AsyncEngine, database: Addresses) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("create schema if not exists my_local"))
        await connection.execute(text("grant usage on schema my_local to tobit_reader"))
        await connection.execute(text("create table if not exists my_local.raw as select 1 as a"))
    with database.reader.connect() as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("select * from my_local.raw")
