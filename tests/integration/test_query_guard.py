"""What a statement may not do, and what must not be refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.integration.conftest import Home, until
from tobit_kernel.errors import TobitError

#: Attacks that must be refused; what they would have reached is looked at in ``unharmed``.
ATTACKS = [
    "commit; create table public.owned (a int)",
    "rollback; drop table ops.ci",
    "select 1; commit; drop table ops.ci",
    "select 1; select 2",
    "begin",
    "set transaction read write",
    "set session characteristics as transaction read write",
    "set role tobit_owner",
    "set session authorization tobit_owner",
    "reset role",
    "with x as (delete from ops.ci returning *) select * from x",
    "with x as (insert into ops.ci select * from ops.ci returning 1) select * from x",
    "with x as (update ops.ci set name = 'x' returning 1) select * from x",
    "with x as (merge into ops.ci c using ops.ci d on c.ci_id = d.ci_id when matched then delete returning 1) "
    "select * from x",
    "select * into public.owned from ops.ci",
    "create table public.owned as select 1",
    "select * from ops.ci for update",
    "select * from ops.ci for share",
    "select * from (select * from ops.ci for update) x",
    "explain analyze delete from ops.ci",
    "explain analyze select 1",
    "insert into ops.ci select * from ops.ci",
    "truncate ops.ci",
    "alter table ops.ci disable row level security",
    "grant all on ops.ci to public",
    "select lo_import('/etc/passwd')",
    "select lo_export(1, '/tmp/tobit-owned')",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "select * from lo_get(1)",
    "copy ops.ci to '/tmp/tobit-owned'",
    "copy (select 1) to program 'touch /tmp/tobit-owned'",
    "copy ops.ci from '/etc/passwd'",
    "copy (select 1) to stdout",
    "select pg_read_file('/etc/passwd')",
    "select pg_read_binary_file('postgresql.conf')",
    "select * from pg_read_file('postgresql.conf')",
    "select * from pg_ls_dir('.')",
    "select * from pg_ls_waldir()",
    "select pg_stat_file('.')",
    "select (pg_stat_file('.')).size",
    "select * from pg_catalog.pg_read_file('/etc/passwd') as f(t)",
    "select dblink('host=/tmp', 'select 1')",
    "select * from dblink('dbname=postgres', 'select 1') as t(a int)",
    "create extension dblink",
    "select set_config('role', 'tobit_owner', false)",
    "select set_config('row_security', 'off', true)",
    "set row_security = off",
    "set gate.tenant = 'other'",
    "set local statement_timeout = 0",
    "select pg_catalog.set_config('transaction_read_only', 'off', true)",
    "select \"set_config\"('role', 'tobit_owner', false)",
    "select U&\"\\0073et_config\"('role', 'tobit_owner', false)",
    "select u & \"\\0073et_config\"('role', 'tobit_owner', false)",
    "select U&\"!0073et_config\" UESCAPE '!' ('role', 'x', false)",
    "select /* harmless */ set_config /* ( */ ('role', 'tobit_owner', false)",
    "select set_config\n(\n'role', 'x', false)",
    "select * from ts_stat('select set_config(''role'', ''tobit_owner'', false)::tsvector')",
    "select * from ts_stat($$select ''::tsvector from gate.audit$$)",
    "select query_to_xml('select * from gate.audit', true, true, '')",
    "select table_to_xml('gate.audit', true, true, '')",
    "select database_to_xml(true, true, '')",
    "select query_to_xml_and_xmlschema('delete from ops.ci', true, true, '')",
    "select cursor_to_xml('g', 1, true, true, '')",
    "select schema_to_xml('gate', true, true, '')",
    "select gate.tenant()",
    "select gate.backend_start(1)",
    "select * from gate.audit",
    "select * from gate.source",
    "select secret from gate.source",
    "table gate.audit",
    'select * from "gate".bound',
    "select * from (table gate.bound) x",
    "select (select count(*) from gate.audit)",
    "with x as (select * from gate.audit) select * from x",
    "select * from ops.ci where exists (select from gate.audit)",
    "select 1 from ops.ci order by (select count(*) from gate.bound)",
    "select 'gate.audit'::regclass::text, pg_relation_size('gate.audit')",
    "select pg_advisory_lock(1)",
    "select pg_try_advisory_xact_lock(1)",
    "select pg_advisory_unlock_all()",
    "select pg_notify('x', 'y')",
    "listen x",
    "notify x",
    "unlisten *",
    "select pg_logical_emit_message(true, 'a', 'b')",
    "select pg_switch_wal()",
    "select pg_create_restore_point('x')",
    "select pg_current_wal_lsn()",
    "select pg_terminate_backend(pg_backend_pid())",
    "select pg_cancel_backend(1)",
    "select pg_reload_conf()",
    "select pg_rotate_logfile()",
    "select * from pg_stat_get_activity(null)",
    "select pg_stat_reset()",
    "select pg_sleep(100)",
    "select pg_sleep_for('1 hour')",
    "select pg_sleep_until('tomorrow')",
    "select nextval('gate.audit_id_seq')",
    "select setval('gate.audit_id_seq', 1)",
    "select lastval()",
    "select currval('gate.audit_id_seq')",
    "do $$ begin delete from ops.ci; end $$",
    "prepare p as delete from ops.ci",
    "execute p",
    "deallocate all",
    "discard all",
    "lock table ops.ci",
    "vacuum",
    "analyze ops.ci",
    "checkpoint",
    "cluster",
    "reindex database tobit",
    "call x()",
    "declare c cursor for select 1",
    "fetch all from g",
    "close g",
    "move all in g",
    "show all",
    "show data_directory",
    "select current_setting('data_directory')",
    "select * from pg_show_all_settings()",
    "select * from pg_hba_file_rules()",
    "select inet_server_addr()",
    "select has_table_privilege('gate.audit', 'select')",
    "select to_regclass('gate.audit')",
    "select pg_get_viewdef('x'::regclass)",
    "select col_description(1, 1)",
    "select * from pg_options_to_table(null)",
    "select txid_current()",
    "select pg_export_snapshot()",
    "select pg_file_write('/tmp/tobit-owned', 'x', false)",
    "select xmlparse(document '<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>')",
    "values (set_config('role', 'x', false))",
    "select * from rows from (pg_ls_dir('.'), generate_series(1, 2)) x",
    "select json_agg(x) from pg_ls_dir('.') x",
    "select array(select pg_ls_dir('.'))",
    "select case when true then pg_read_file('/etc/passwd') end",
    "select 1 limit (select pg_sleep(9)::text::int)",
    "select 1 where set_config('role', 'x', false) is null",
    "select sum(1) filter (where pg_sleep(9) is null)",
    "select count(*) over (order by pg_sleep(9)::text)",
    "select 1 -- \n; drop table ops.ci",
    "select $$ ; $$ ; drop table ops.ci",
    "select E'\\'' ; drop table ops.ci --'",
]

#: They end by their own time limit, or are refused; the gate is none the worse.
BOMBS = [
    "with recursive r(i) as (select 1 union all select i + 1 from r) select count(*) from r",
    "select count(*) from generate_series(1, 1000000000000)",
    "select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 100000) c",
    "select count(*) from ops.ci a, ops.ci b, ops.ci c, generate_series(1, 1000000000) d",
    "select regexp_replace(repeat('a', 100000), '(a*)*b', 'x')",
    "select max(i::numeric ^ 1000) from generate_series(1, 100000000) i",
]

#: They look dangerous, or sqlglot must follow them: all are plain SELECTs.
LEGITIMATE = [
    "select 'drop table ops.ci; commit'",
    "select 'set_config(' as \"pg_sleep\"",
    'select 1 as "delete", 2 as "update", 3 as "for update"',
    "select $$ ; delete from x; $$, $body$ commit; $body$",
    "select E'it\\'s; drop table x'",
    "select 'it''s -- no comment'",
    "select 1 /* ; drop table x */ -- ; commit",
    "select 1; ",
    "select 1 /* /* */ ; drop table ops.ci -- */",
    "select '10.0.0.1'::inet <<= '10.0.0.0/8' and '10.0.0.0/8'::inet >>= '10.0.0.1', 'a <<= b'",
    "select 1 ; -- the end",
    "with a as (select 1 as x), b as (select x + 1 as y from a) select * from a, b",
    "with recursive r(i) as (select 1 union all select i + 1 from r where i < 5) select * from r",
    "with x as materialized (select 1 as a) select * from x",
    "select i, sum(i) over (order by i rows between 1 preceding and current row) from generate_series(1, 3) i",
    "select i, lag(i) over w, rank() over w from generate_series(1, 3) i window w as (order by i desc)",
    "select a.i, l.j from generate_series(1, 2) a(i), lateral (select a.i * 2 as j) l",
    "select * from generate_series(1, 3) with ordinality as t(v, n)",
    "select x from unnest(array[1, 2], array['a', 'b']) as t(x, y)",
    "select (array[1, 2, 3])[2:], array[1] || 2, 2 = any(array[1, 2]), "
    "array_agg(i order by i desc) from generate_series(1, 2) i",
    "select '{\"a\": [1, {\"b\": 2}]}'::jsonb #>> '{a,1,b}', '{\"a\": 1}'::jsonb ->> 'a', '[1]'::jsonb @> '1'",
    "select jsonb_path_query('[1, 2]', '$[*] ? (@ > 1)'), jsonb_build_object('a', 1), "
    "json_agg(i) from generate_series(1, 1) i",
    "select * from jsonb_to_recordset('[{\"a\": 1}]') as t(a int)",
    "select key, value from jsonb_each_text('{\"a\": 1}')",
    "select date_trunc('hour', now()), extract(epoch from interval '1 hour'), now() - interval '1 day', "
    "date '2026-01-01' + 7",
    "select timestamptz '2026-01-01' at time zone 'Asia/Seoul', age(now()), to_char(now(), 'YYYY-MM-DD HH24:MI')",
    "select date_bin('15 minutes', now(), timestamp '2001-01-01'::timestamptz)",
    "select coalesce(null, 1), nullif(1, 1), greatest(1, 2), least(1, 2), case when 1 = 1 then 'a' else 'b' end",
    "select percentile_cont(0.5) within group (order by i), "
    "mode() within group (order by i) from generate_series(1, 9) i",
    "select count(*) filter (where i > 2), count(distinct i), string_agg(i::text, "
    "',' order by i) from generate_series(1, 3) i",
    "select i % 2 as k, count(*) from generate_series(1, 4) i group by 1 having count(*) > 1 order by 1 nulls last",
    "select a, b, count(*) from (values (1, 2), (3, 4)) t(a, b) group by grouping sets ((a), (b), ())",
    "select a, count(*) from (values (1), (2)) t(a) group by rollup (a)",
    "select distinct on (i % 2) i from generate_series(1, 4) i order by i % 2, i desc",
    "select 1 union select 2 intersect select 2 except select 3 order by 1 limit 5 offset 0",
    "(select 1 as a limit 1) union all (select 2 limit 1)",
    "values (1, 'a'), (2, 'b')",
    "table ops.ci",
    "select * from ops.ci c left join ops.ci_relation r on true where c.ci_id is not null limit 1",
    "select c.* from ops.ci c tablesample system (10)",
    "select count(*) from ops.ci c natural join ops.ci d",
    'select "이름" from (select 1 as "이름") as 표 where 표."이름" = 1',
    "select 값 from (select '한글' as 값) 자료 where 값 ~ '^한' and 값 like '한%' and 값 not ilike 'x%'",
    "select regexp_replace('a1', '\\d', ''), split_part('a-b', '-', 2), left('abc', 2), format('%s', 1), md5('a')",
    "select 1::text || 'a', 5 / 2, 5 % 2, 2 ^ 3, |/ 4, ||/ 8, 1 << 2, 7 & 3, 'a' = 'a' is true",
    "select width_bucket(5, 0, 10, 5), round(1.5), ceil(1.2), power(2, 3), mod(7, 3), random() < 1, pi()",
    "select exists (select 1), 1 in (select 1), 1 = all (select 1), array(select 1), row(1, 2) = row(1, 2)",
    "select (select max(ci_id::text) from ops.ci) is null or true",
    "select cast('1' as int), '1'::numeric(10, 2), interval '1' day, b'101', x'1F'::int, 1e3, .5, 1_000",
    "select generate_series(1, 3), unnest(array[1, 2, 3])",
    "select to_tsvector('simple', 'a b') @@ to_tsquery('simple', 'a')",
    "select host('10.0.0.1'::inet), int4range(1, 5) @> 3",
    "select overlay('abc' placing 'x' from 2), position('b' in 'abc'), substring('abc' from 2 for 1), "
    "trim(both 'x' from 'xax')",
    "select x.* from (select 1 as a, 2 as b) x, (select 3 as c) y where (x.a, x.b) in ((1, 2), (3, 4))",
    "select gen_random_uuid() is not null, version() like 'PostgreSQL%', current_date is not null, "
    "current_timestamp > now()",
    "select 1 as \"with ; semicolon\", 2 as \"quote \"\" inside\"",
    "select not (true and (false or (true)))",
    "select * from json_table('[{\"a\": 1}]', '$[*]' columns (a int path '$.a')) t",
]  # fmt: skip


@pytest.fixture
def unharmed(gate: Home) -> Iterator[None]:
    def state(database: Any) -> list[Any]:
        asked = (
            "select count(*) from pg_class where relname = 'owned'",
            "select count(*) from ops.ci",
            "select relrowsecurity from pg_class where oid = 'ops.ci'::regclass",
            "select count(*) from pg_largeobject_metadata",
            "select count(*) from pg_locks where locktype = 'advisory'",
            "select rolname, rolconfig from pg_roles where rolname like 'tobit%' order by 1",
            "select string_agg(extname, ',' order by extname) from pg_extension",
        )
        return [database.execute(question).fetchall() for question in asked]

    with gate.database() as database:
        before = state(database)
        yield
        assert state(database) == before


@pytest.mark.parametrize("statement", ATTACKS)
@pytest.mark.parametrize("way", ["query", "with a parameter", "a cell", "explain"])
def test_attacks_get_nowhere(gate: Home, unharmed: None, way: str, statement: str) -> None:
    body: dict[str, Any] = {"statement": statement, "timeout_s": 2}
    if way == "with a parameter":
        body["statement"] = f"select * from ({statement}) x where :n = 1"
        body["parameters"] = {"n": 1}
    if way == "a cell":
        body["cells"] = [{"name": "cell", "statement": statement}]
        body["statement"] = "select * from cell"
    answer = gate.http("POST", "/api/v1/query/explain" if way == "explain" else "/api/v1/query", body)
    told = answer.json()
    assert answer.status in (400, 403), told
    assert told["data"]["error"] in ("Refused", "StatementError"), told


@pytest.mark.parametrize("statement", BOMBS)
def test_bombs_end_at_the_time_limit(gate: Home, statement: str) -> None:
    with suppress(TobitError):
        gate.ask(statement, timeout_s=0.5)
    until(lambda: gate.active(statement[:40]) == 0, 5)
    assert gate.rows("select 1", timeout_s=5) == [(1,)]


@pytest.mark.parametrize("statement", LEGITIMATE)
def test_what_only_reads_is_not_refused(gate: Home, statement: str) -> None:
    gate.ask(statement)
    gate.gate.post("/query/explain", {"statement": statement})


def test_nothing_of_other_sessions_is_seen(gate: Home) -> None:
    """The one user is an administrator, who may read pg_catalog; the reader itself sees little there."""
    for statement in ("select query from pg_stat_activity where query not in ('', '<insufficient privilege>')",
                      "select passwd from pg_shadow", "select rolpassword from pg_authid",
                      "select setting from pg_file_settings", "select * from pg_hba_file_rules"):  # fmt: skip
        with suppress(TobitError):
            rows = [
                row for row in gate.rows(statement) if "tobit_rows" not in str(row) and statement[:20] not in str(row)
            ]
            assert rows == [], statement


def test_a_refusal_is_two_lines_and_says_who_may(gate: Home) -> None:
    with pytest.raises(TobitError) as caught:
        gate.ask("delete from ops.ci")
    assert len(str(caught.value).splitlines()) == 2 and "load" in caught.value.hint
    with pytest.raises(TobitError) as caught:
        gate.ask("select pg_sleep(1)")
    assert "pg_sleep" in caught.value.message


def test_rows_of_other_tenants_are_not_there(gate: Home) -> None:
    with gate.database() as database:
        database.execute("insert into gate.tenant values ('other', 'Other') on conflict do nothing")
        columns = [
            row[0]
            for row in database.execute(
                "select column_name from information_schema.columns where table_schema = 'ops' and table_name = 'ci'"
            ).fetchall()
        ]
        assert "tenant_id" in columns
        database.execute(
            "create table public.shared (tenant_id text, a int); alter table public.shared enable row level security;"
            "create policy t on public.shared to tobit_reader using (tenant_id = (select gate.tenant()));"
            "insert into public.shared values ('default', 1), ('other', 2);"
            "grant usage on schema public to tobit_reader; grant select on public.shared to tobit_reader"
        )
    try:
        assert gate.rows("select a from public.shared") == [(1,)]
        assert gate.rows("select a from public.shared where :n = 1", parameters={"n": 1}) == [(1,)]
        with gate.database() as database:
            database.execute("delete from gate.bound")
            database.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tobit_reader'")
        assert gate.rows("select a from public.shared") == [(1,)]
    finally:
        with gate.database() as database:
            database.execute("drop table public.shared; delete from gate.tenant where tenant_id = 'other'")
