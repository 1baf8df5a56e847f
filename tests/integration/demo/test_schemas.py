"""Schemas ops and mfg in a real database: described, keyed by tenant, under row security."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]
OURS = "array['ops', 'mfg']::regnamespace[]"


def names(connection: Connection, statement: str) -> list[str]:
    return [name for (name,) in connection.execute(statement)]


def test_every_table_and_column_has_a_comment(app: Connection) -> None:
    silent = names(app, f"""
        select c.oid::regclass::text || coalesce('.' || a.attname, '')
        from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = any({OURS}) and c.relkind in ('r', 'p', 'v')
          and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)""")  # fmt: skip
    assert silent == []


def test_every_table_and_partition_has_row_security_for_both_roles(app: Connection) -> None:
    app.execute("select ops.ensure_partitions('2020-01-01', '2020-02-01')")
    open_ = names(app, f"""
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = any({OURS}) and c.relkind in ('r', 'p')
          and (not relrowsecurity
               or (select count(*) from pg_policy where polrelid = c.oid and polpermissive) <> 2)""")  # fmt: skip
    assert open_ == []


def test_tenant_id_comes_first_in_every_key(app: Connection) -> None:
    others = names(app, f"""
        select conrelid::regclass::text || ': ' || conname from pg_constraint
        join pg_attribute a on attrelid = conrelid and attnum = conkey[1]
        where connamespace = any({OURS}) and contype in ('p', 'u', 'f') and attname <> 'tenant_id'""")  # fmt: skip
    assert others == []


def test_partitions_are_made_once_for_every_month(app: Connection) -> None:
    months = "select ops.ensure_partitions('2021-11-30 23:59:59+00', '2022-02-01 00:00+00')"
    assert app.execute(months).fetchone() == (4,)
    assert app.execute(months).fetchone() == (0,)


@pytest.mark.parametrize(
    ("first", "last"), [("2020-01-01", "infinity"), ("-infinity", "2020-01-01"), ("1900-01-01", "2026-01-01")]
)
def test_endless_partitions_are_refused(app: Connection, first: str, last: str) -> None:
    with pytest.raises(psycopg.errors.RaiseException):
        app.execute("select ops.ensure_partitions(%s::timestamptz, %s::timestamptz)", (first, last))


def test_the_reader_may_neither_make_partitions_nor_write(reading: Callable[[str], Connection]) -> None:
    reader = reading("default")
    reader.execute("set default_transaction_read_only = off")
    for statement in (
        "select ops.ensure_partitions(now(), now())",
        "select ops.analyze()",
        "select mfg.analyze()",
        "insert into ops.ci (tenant_id, ci_code, ci_name, ci_type) values ('default', 'x', 'x', 'SW')",
        "select * from gate.demo_step",
        "select * from ops.metric_value_2020_01",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(statement)


def test_times_of_partitions_do_not_depend_on_the_zone_of_the_session(app: Connection) -> None:
    app.execute("set timezone = 'Asia/Seoul'")
    try:
        app.execute("select ops.ensure_partitions('2019-05-31 23:00+00', '2019-05-31 23:00+00')")
        app.execute("set timezone = 'UTC'")
        bound = app.execute(
            "select pg_get_expr(relpartbound, oid) from pg_class where oid = 'ops.metric_value_2019_05'::regclass"
        ).fetchone()
    finally:
        app.execute("set timezone = 'UTC'")
    assert bound == ("FOR VALUES FROM ('2019-05-01 00:00:00+00') TO ('2019-06-01 00:00:00+00')",)


def test_env_follows_the_attributes(app: Connection) -> None:
    app.execute(
        "insert into ops.ci (tenant_id, ci_code, ci_name, ci_type, attributes)"
        """ values ('schema-test', 'A', '가', 'SW', '{"env": "dev"}')"""
    )
    found = app.execute("select env, ci_id > 1000000 from ops.ci where tenant_id = 'schema-test'").fetchone()
    assert found == ("dev", True)
    app.execute("delete from ops.ci where tenant_id = 'schema-test'")


def test_a_good_quantity_that_does_not_fit_is_refused(app: Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        app.execute(
            "insert into mfg.fact_hourly_production (tenant_id, hour, line_code, product_code, total_qty, good_qty,"
            " defect_qty) values ('schema-test', %s, 'l', 'p', 10, 9, 2)",
            (datetime(2026, 1, 1, tzinfo=UTC),),
        )
