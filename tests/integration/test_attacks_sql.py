"""Attacks on somebody's own PostgreSQL with a powerful login, where the guard alone stops functions."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.integration.conftest import Home
from tobit_kernel.errors import Refused, StatementError, TobitError
from tobit_kernel.server.queries.called import called
from tobit_kernel.server.sources.postgresql.attributes import attributes
from tobit_kernel.server.store.database import make_database, superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres

SOURCE, DATABASE = "customer", "customer"
SET_UP = """
    create schema app;
    create table t (id int primary key, name text, v float8, status text);
    insert into t select g, 'n' || g, g, 'ok' from generate_series(1, 10) g;
    create table "설비" ("이름" text, at timestamptz default now());
    create schema my_company;
    create table my_company.orders (id int);
    create table effects (id int);
    create sequence numbers;
    create function app.log(text) returns int language sql as 'select 1 from pg_sleep(30)';
    create function total(t) returns int language sql as 'select 1 from pg_sleep(30)';
"""

#: Each would call a function that waits, reads a file, writes one, or signals.
ATTACKS = [
    # value.name is name(value)
    "select f.pg_read_file from unnest(array['PG_VERSION']) f",
    "select s.pg_sleep from generate_series(30, 31) s",
    "select (30::float8).pg_sleep",
    "select ('PG_VERSION'::text).pg_read_file",
    "select ((array['PG_VERSION'])[1]).pg_read_file",
    "select (array['PG_VERSION'])[1].pg_read_file",
    'select (("x"))."pg_read_file" from (select \'PG_VERSION\'::text as x) y',
    "select f . /* */ PG_READ_FILE from unnest(array['PG_VERSION']) f",
    "select ('/etc/passwd'::text).lo_import",
    "select ('.'::text).pg_ls_dir",
    "select ('numbers'::regclass).nextval",
    "select (1::bigint).pg_advisory_lock",
    "select ('data_directory'::text).current_setting",
    "select t.total from t",
    "select (t).total from t",
    "select (t.*).total from t",
    "select id from t order by t.total",
    "select id from t where exists (select from generate_series(30, 31) s where s.pg_sleep is null)",
    # a name that is allowed, in a schema of somebody else
    "select app.log('x')",
    'select "app"."log"(\'x\')',
    "select app . log ('x')",
    # where strings and comments end
    "select e'a'\n'\\'', pg_sleep(30)::text, '--'\n||'x'",
    "select e'a' -- b\n'\\'', pg_sleep(30)::text, '--'\n||'x'",
    "select 1 --\r, pg_sleep(30)\n, 2",
    "select 1 as x$$, pg_sleep(30), 2 as y$$",
    "select 1 as 가$$, pg_sleep(30), 2 as 나$$",
    "select 1 as \U0001f600$$, pg_sleep(30), 2 as \U0001f600$$",
    "select /*+ '*/ pg_sleep(30), /*' */ 1",
    "select 1 /* /* */ */, pg_sleep(30), /* */ 2",
    "select 1 {# , #} pg_sleep(30)",
    "select U&'a!' uescape '!', pg_sleep(30)",
    # where a name and a parenthesis could be taken for something else
    "select pg_sleep(a) from (values (30)) pg_sleep(a)",
    "with pg_sleep(a) as (select 30) select pg_sleep(a) from pg_sleep",
    "select * from (values (30.0)) v(a), lateral pg_sleep(a)",
    "select * from (values (30.0)) v(a) join lateral pg_sleep(a) on true",
    "select * from (values (30.0)) v(a), rows from (pg_sleep(a)) x",
    'select "pg_sleep" (30)',
    "select pg_sleep\n--c\n(30)",
    "select pg_catalog . pg_sleep /* */ (30)",
    "select * from xmltable('/a' passing xmlelement(name x, pg_sleep(30)) columns b text)",
    "select * from json_table(to_json(pg_sleep(30)::text)::jsonb, '$' columns (a int path '$'))",
    "select json_object('a' value pg_sleep(30)::text)",
    "select 1 from t tablesample system((select 1 from pg_sleep(30)))",
    "select now() at time zone pg_sleep(30)::text",
    "select sum(v) over w from t window w as (order by pg_sleep(30)::text)",
    # others of the list
    "select lo_import('/etc/passwd')",
    "select pg_read_file('PG_VERSION')",
    "select * from pg_ls_dir('.') as x",
    "select * from dblink('dbname=postgres', 'select 1') as t(a int)",
    "select set_config('transaction_read_only', 'off', true)",
    "select nextval('numbers')",
    "select pg_terminate_backend(1)",
    "select query_to_xml('select pg_sleep(30)', true, true, '')",
    "select * from ts_stat('select pg_sleep(30)::text::tsvector')",
    # secrets of the server
    "select * from pg_authid",
    "select passwd from pg_catalog.pg_shadow",
    "table pg_authid",
    "select * from (with pg_authid as (select 1) select 1) x, pg_authid",
    "select array(select rolpassword from pg_authid)",
    "select * from pg_user_mappings",
    "select * from information_schema.user_mapping_options",
    "select * from pg_file_settings",
    "select * from pg_hba_file_rules",
]

#: What only reads; each must run, on the workbench's own database and on somebody else's.
LEGITIMATE = [
    "select 'pg_sleep(1); drop table t' as \"select\", 'it''s' as b",
    "select e'a\\'b', 'a\\', $$it's$$, $q$ $$ $q$, U&'\\0041', N'x', B'101', X'1F'",
    "select 1 -- pg_sleep(1)\n, 2 /* pg_sleep(1) /* nested */ */",
    "select '이름' as 이름, 1 as \"생산 라인\"",
    "select count(*), sum(g), avg(g)::numeric(10, 2) from generate_series(1, 10) g",
    "select sum(g) filter (where g > 5) from generate_series(1, 10) g",
    "select percentile_cont(0.5) within group (order by g) from generate_series(1, 10) g",
    "select mode() within group (order by g % 3) from generate_series(1, 10) g",
    "select row_number() over (partition by g % 2 order by g desc) from generate_series(1, 10) g",
    "select sum(g) over w, lag(g, 1, 0) over w from generate_series(1, 5) g window w as (order by g)",
    "select avg(g) over (order by g rows between 2 preceding and current row) from generate_series(1, 5) g",
    "select sum(g) over (order by g groups between 1 preceding and 1 following exclude current row)"
    " from generate_series(1, 5) g",
    "select date_trunc('hour', now()), extract(epoch from now()), date_part('dow', now())",
    "select now() - interval '1 day', now() at time zone 'Asia/Seoul', interval '1' day",
    "select now()::date + make_interval(days => 3), age(now(), now() - interval '1 year')",
    "select to_char(now(), 'YYYY-MM-DD HH24:MI'), to_date('2024-01-02', 'YYYY-MM-DD'), to_timestamp(0)",
    "select d::date from generate_series(date '2024-01-01', date '2024-01-05', interval '1 day') as d",
    "select date_bin('15 minutes', now(), timestamptz '2020-01-01')",
    "select current_date, current_timestamp(3), localtime (0), timestamp(3) '2024-01-02'",
    "select a, n from unnest(array['a', 'b']) with ordinality as x(a, n)",
    "select a, n from unnest(array['a', 'b']) with ordinality x(a, n)",
    "select x.a, x.b from unnest(array[1, 2], array['a', 'b']) x(a, b)",
    "select array_agg(g order by g desc), array_to_string(array[1, 2], ','), (array[1, 2, 3])[2:3]"
    " from generate_series(1, 3) g",
    "select 2 = any(array[1, 2]), 2 <> all(array[1]), array[1, 2] @> array[1], cardinality(array[1])",
    "select g % 2, g % 3, count(*) from generate_series(1, 9) g group by grouping sets ((1), (2), ())",
    "select g % 2 as a, grouping(g % 2) from generate_series(1, 9) g group by rollup (g % 2)",
    "select distinct on (g % 2) g from generate_series(1, 9) g order by g % 2, g desc",
    "with recursive tree(n, path) as (select 1, array[1] union all select n + 1, path || n from tree where n < 5)"
    " select * from tree",
    "with a as materialized (select 1 as x), b(y) as (select x from a) select * from a, b",
    "with t(a, b) as (values (1, 'x'), (2, 'y')) select t.a, t.b from t",
    "select * from (values (1, 'a'), (2, 'b')) as v(id, name) join lateral (select v.id * 2 as d) l on true",
    "select * from generate_series(1, 2) a(x) cross join lateral generate_series(1, a.x) b(y)",
    "select * from generate_series(1, 2) a(x) left join generate_series(2, 3) b(y) on (a.x = b.y)",
    "select '{\"a\": {\"b\": [1, 2]}}'::jsonb -> 'a' ->> 'b', '{\"a\": 1}'::jsonb @> '{\"a\": 1}'",
    "select '{\"a\": [1]}'::jsonb #>> '{a,0}', '{\"a\": 1}'::jsonb ? 'a', '{\"a\": 1}'::jsonb - 'a'",
    "select key, value from jsonb_each('{\"a\": 1}')",
    "select * from jsonb_to_recordset('[{\"a\": 1, \"b\": \"x\"}]') as r(a int, b varchar(10))",
    "select * from json_to_record('{\"a\": 1}') r(a int)",
    "select jsonb_path_query('{\"a\": [1, 2]}', '$.a[*] ? (@ > 1)'), jsonb_build_object('a', 1)",
    "select json_agg(row_to_json(x)) from (select 1 as a) x",
    "select x.* from (select 1 as a, 2 as b) x where (x.a, x.b) in ((1, 2), (3, 4)) and (x.a, 1) < (2, 0)",
    "select regexp_replace('a1b2', '\\d', '', 'g'), regexp_matches('ab', '(a)(b)'), 'abc' ~ '^a', 'A' ~* 'a'",
    "select 'abc' like 'a%', 'abc' ilike 'A_C', 'a%' like 'a!%' escape '!', 'abc' similar to '(a|b)%'",
    "select split_part('a,b', ',', 2), string_agg(x, ',' order by x) from unnest(array['b', 'a']) x",
    "select left('abc', 1), right('abc', 1), substring('abc' from 2 for 1), position('b' in 'abc'),"
    " overlay('abc' placing 'x' from 2), trim(both 'x' from 'xax')",
    "select case when 1 > 0 then (select 2) else coalesce(null, 3) end, nullif(1, 1), greatest(1, 2)",
    "select 1 between (0) and (2), 1 in (1, 2), not (false), 1 is distinct from 2, null is null",
    "select exists (select 1), (select max(g) from generate_series(1, 3) g), array(select 1)",
    "select 1 union all (select 2 order by 1 limit 1) intersect select 1 except select 3",
    "select cast('12.5' as numeric(6, 2)), '1'::int::text, 1::bit(8), 'x'::varchar(3), '{1,2}'::int[]",
    "select int4range(1, 5) @> 3, daterange('2024-01-01', '2024-02-01', '[)')"
    " where (date '2024-01-01', date '2024-01-02') overlaps (date '2024-01-01', date '2024-01-03')",
    "select inet '10.0.0.1' << inet '10.0.0.0/8', host(inet '10.0.0.1/32'), masklen('10.0.0.0/8'::cidr)",
    "select to_tsvector('simple', 'a b') @@ to_tsquery('simple', 'a & b')",
    "select round(1.234, 2), floor(1.5), ceil(1.5), mod(7, 3), power(2, 3), 5 % 3, 2 ^ 3, |/ 9",
    "select width_bucket(5, 0, 10, 5), corr(g, g), regr_slope(g, g), stddev_samp(g) from generate_series(1, 9) g",
    "select md5('a'), encode(sha256('a'), 'hex'), gen_random_uuid() is not null, random() < 1",
    "select count(*) from pg_class tablesample bernoulli (50)",
    "values (1, 'a'), (2, 'b')",
    "select * from generate_series(1, 5) g order by g desc nulls last limit (2) offset (1)",
    "select * from generate_series(1, 5) g fetch first 2 rows only",
    "select g.* from generate_series(1, 2) as g where g = 1 or g.g = 2",
    "select x.name, x.text, x.date, x.path from (select 1 as name, 2 as text, 3 as date, 4 as path) x",
    "select x.status, x.count, x.lower from (select 'a' as status, 1 as count, 2 as lower) x",
    "select pg_catalog.upper('a'), pg_catalog.now() is not null",
    "select o.relname from pg_catalog.pg_class o where o.relkind = 'r' limit 1",
    "select format('%s-%I', 1, 'a b'), concat_ws('-', 1, null, 2), lpad('1', 3, '0'), initcap('ab')",
    "select u & b from (select 3 as u, 2 as b) as bits",
]


@pytest.fixture(scope="module")
def customer(gate: Home) -> Iterator[Home]:
    """``gate`` with a source that signs in as a superuser; nothing is revoked in its database."""
    server = EmbeddedPostgres(gate.folder)
    address = make_database(server, DATABASE)
    with address.connect(autocommit=True) as connection:
        connection.execute(SET_UP)
        # a database's setting that would let a string end elsewhere
        connection.execute(f"alter database {DATABASE} set standard_conforming_strings = off")
    words = address.keywords
    location = f"postgresql://{words['user']}@/{DATABASE}?host={words['host']}&port={words['port']}"
    gate.gate.post(
        "/sources", {"name": SOURCE, "type": "postgresql", "location": location, "password": words["password"]}
    )
    yield gate
    gate.gate.delete(f"/sources/{SOURCE}")
    with superuser(server, "postgres").connect(autocommit=True) as connection:
        connection.execute(f"drop database {DATABASE} with (force)")


@pytest.mark.parametrize("statement", ATTACKS)
def test_no_function_with_an_effect_is_called_on_a_customers_server(customer: Home, statement: str) -> None:
    began = time.monotonic()
    with pytest.raises((Refused, StatementError)) as caught:
        customer.ask(statement, source=SOURCE, timeout_s=5)
    assert time.monotonic() - began < 4
    assert "PG_VERSION" not in str(caught.value) or "pg_read_file" in str(caught.value)


@pytest.mark.parametrize("statement", ATTACKS[:18])
def test_a_plan_and_a_parameter_call_no_function_either(customer: Home, statement: str) -> None:
    body = {"statement": statement, "source": SOURCE, "timeout_s": 5}
    with pytest.raises((Refused, StatementError)):
        customer.gate.post("/query/explain", body)
    with pytest.raises((Refused, StatementError)):
        customer.ask(f"select * from ({statement}) x where :p = 1", {"p": 1}, source=SOURCE, timeout_s=5)


def test_nothing_was_left_behind(customer: Home) -> None:
    with superuser(EmbeddedPostgres(customer.folder), DATABASE).connect(autocommit=True) as connection:
        found = connection.execute("select (select count(*) from pg_largeobject_metadata), last_value, is_called"
                                   " from numbers").fetchone()
    assert found == (0, 1, False)


@pytest.mark.parametrize("source", ["workbench", SOURCE])
@pytest.mark.parametrize("statement", LEGITIMATE)
def test_what_only_computes_is_run(customer: Home, source: str, statement: str) -> None:
    assert len(customer.ask(statement, source=source).columns) > 0


def test_columns_with_names_of_functions_are_columns(customer: Home) -> None:
    found = customer.rows("select t.name, t.status, public.t.v from t order by t.id limit 1", source=SOURCE)
    assert found == [("n1", "ok", 1.0)]


def test_a_customers_schemas_are_not_ours(customer: Home) -> None:
    assert customer.rows("select count(*) from my_company.orders", source=SOURCE) == [(0,)]
    with pytest.raises(TobitError):
        customer.rows("select count(*) from my_company.orders")


def test_a_backslash_ends_no_string_whatever_the_database_is_set_to(customer: Home) -> None:
    assert customer.rows("select 'a\\' || 'b'", source=SOURCE) == [("a\\b",)]
    hidden = "select '\\'', pg_sleep(30)::text, '--'\n||'x'"
    assert customer.rows(hidden, source=SOURCE) == [("\\', pg_sleep(30)::text, x",)]


def test_databases_in_other_encodings_are_read(customer: Home) -> None:
    server = EmbeddedPostgres(customer.folder)
    with superuser(server, "postgres").connect(autocommit=True) as connection:
        connection.execute("create database euckr encoding 'EUC_KR' template template0 locale_provider libc locale 'C'")
    try:
        with superuser(server, "euckr").connect(autocommit=True) as connection:
            connection.execute("set client_encoding = 'UTF8'")
            connection.execute('create table "설비" as select \'한글\'::text as "이름"')
        words = superuser(server, "euckr").keywords
        location = f"postgresql://{words['user']}@/euckr?host={words['host']}&port={words['port']}"
        customer.gate.post(
            "/sources", {"name": "euckr", "type": "postgresql", "location": location, "password": words["password"]}
        )
        assert customer.rows("select 이름 from 설비", source="euckr") == [("한글",)]
        customer.gate.delete("/sources/euckr")
    finally:
        with superuser(server, "postgres").connect(autocommit=True) as connection:
            connection.execute("drop database euckr with (force)")


def test_names_behind_a_dot_are_found() -> None:
    assert attributes("select a.b, (c).\"D\"\"e\", f . /* x */ G, h.i(1), 'j.k', l.* from m.n") == [
        "b", 'D"e', "g", "n",
    ]  # fmt: skip


def test_an_alias_with_columns_is_no_call_but_a_call_of_its_name_is() -> None:
    from sqlglot import parse_one

    for statement, names in (
        ("select 1 from (values (1)) pg_sleep(a)", ()),
        ("select pg_sleep(a) from (values (1)) pg_sleep(a)", ("pg_sleep",)),
        ("with x(a) as (select 1) select a::vector(3), cast(a as geometry(1)) from x", ()),
    ):
        assert called(parse_one(statement, read="postgres"), statement) == names
