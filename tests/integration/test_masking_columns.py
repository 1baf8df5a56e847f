"""Declared columns of the workbench's own database: nothing that a statement does brings them back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import short_folder
from tests.integration.masked import ADMIN, ANALYST, TRUSTED, Asked, asked
from tobit_kernel.errors import Refused, TobitError
from tobit_kernel.server.store.database import superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.settings import settings

PHONE, NAME, EMAIL = "010-1234-5678", "김철수", "alice@email.com"
#: Pieces that no answer may hold, in any direction or encoding.
SECRET = ("1234", "4321", "철수", "수철", "alice", "ecila", "MTIzN", "3132333", "bGljZ", "6c696365")

SETUP = f"""
create table ops.customer (id int primary key, name text, phone varchar(20), email text, pin int, town text);
insert into ops.customer values (1, '{NAME}', '{PHONE}', '{EMAIL}', 12345, 'Seoul'),
(2, null, null, null, null, 'Busan');
create table ops."고객" (id int, "전화" text, "Select" text);
insert into ops."고객" values (1, '{PHONE}', 'x');
create view ops.customer_view with (security_invoker) as select id, town, phone as p from ops.customer;
create view ops.customer_deep with (security_invoker) as select * from ops.customer_view;
create view ops.customer_row with (security_invoker) as select id, c as whole from ops.customer c;
create view ops.customer_towns with (security_invoker) as select town, count(*) as n from ops.customer group by 1;
create view ops.customer_shown with (security_invoker) as select id, phone from ops.customer;
create materialized view ops.customer_kept as select id, email from ops.customer;
create table ops.visit (id int, phone text, at date) partition by range (at);
create table ops.visit_old partition of ops.visit for values from ('2020-01-01') to ('2025-01-01');
insert into ops.visit values (1, '{PHONE}', '2024-01-01');
create table ops.family (id int);
create table ops.child (phone text) inherits (ops.family);
insert into ops.child values (1, '{PHONE}');
grant select on all tables in schema ops to tobit_reader;
analyze ops.customer;
"""


@pytest.fixture(scope="module")
def bench(made_home: Path) -> Iterator[Asked]:
    folder = short_folder()
    subprocess.run(["cp", "-a", f"{made_home}/.", folder], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOBIT_HOME", str(folder))
        settings.cache_clear()
        with asked(folder) as bench:
            with superuser(EmbeddedPostgres(folder)).connect(autocommit=True) as connection:
                connection.execute(SETUP)
            for column, kind in {"name": "name", "phone": "phone", "email": "email", "pin": "free"}.items():
                bench.declare("ops.customer", column, kind)
            bench.declare("ops.고객", "전화", "phone")
            bench.declare("ops.customer_shown", "phone", "phone")
            bench.declare("ops.visit", "phone", "phone")
            bench.declare("ops.child", "phone", "phone")
            yield bench
    settings.cache_clear()
    shutil.rmtree(folder, ignore_errors=True)


def test_declared_columns_are_shown_in_part(bench: Asked) -> None:
    rows = bench.rows("select id, name, phone, email, pin, town from ops.customer order by id")
    assert rows == [[1, "김*수", "010-****-5678", "a**@email.com", None, "Seoul"], [2, None, None, None, None, "Busan"]]


def test_a_person_with_the_permission_sees_them(bench: Asked) -> None:
    assert bench.rows("select name, phone, pin from ops.customer where id = 1", TRUSTED) == [[NAME, PHONE, 12345]]


def test_an_administrator_does_not(bench: Asked) -> None:
    assert bench.rows("select phone from ops.customer where id = 1", ADMIN) == [["010-****-5678"]]


ATTACKS = """
select reverse(phone), reverse(email), reverse(name) from ops.customer
select substring(phone from 5 for 4), substr(email, 1, 5), left(phone, 8), right(name, 2) from ops.customer
select convert_to(phone, 'UTF8')::text, encode(convert_to(email, 'UTF8'), 'base64') from ops.customer
select encode(phone::bytea, 'hex'), encode(email::bytea, 'hex') from ops.customer
select array_agg(reverse(phone)), array_agg(reverse(email)) from ops.customer
select string_agg(reverse(phone), ',') || string_agg(reverse(name), '') from ops.customer
select json_agg(c)::text, jsonb_agg(to_jsonb(c))::text from ops.customer c
select row_to_json(c)::text from ops.customer c
select c from ops.customer c
select customer from ops.customer
select reverse(customer::text) from ops.customer
select (c).phone, (c).email, (c).pin::text from ops.customer c
select (c.*).phone from ops.customer c
select reverse(c::text) from ops.customer as c
select reverse(t::text) from (select * from ops.customer) t
select ops.customer.phone, ops.customer.* from ops.customer
select * from ops.customer
table ops.customer
select * from (table ops.customer) t
select * from only ops.customer
select * from ops.customer tablesample system (100)
select * from ops.customer c tablesample bernoulli (100) repeatable (1) where c.id = 1
select p, q from ops.customer as c (a, b, p, q)
select regexp_replace(phone, '[0-9]', 'x', 'g'), split_part(phone, '-', 2) from ops.customer
select unnest(string_to_array(phone, '-')) from ops.customer
select unnest(array[reverse(phone), reverse(email)]) from ops.customer
select x from ops.customer, lateral (select reverse(phone) as x) l
select x from ops.customer c cross join lateral unnest(string_to_array(c.phone, '-')) as x
select reverse((select phone from ops.customer limit 1))
select array(select reverse(phone) from ops.customer)
with customer as (select * from ops.customer) select reverse(phone) from customer
with t as materialized (table ops.customer) select reverse(phone) from t
with recursive r as (select id, phone from ops.customer union all select id + 10, phone from r where id < 5) \
select reverse(phone) from r
select reverse(phone) from ops.customer union select reverse(email) from ops.customer
(select reverse(phone) from ops.customer) except (select 'x')
select reverse(a.phone) from ops.customer a join ops.customer b using (id)
select reverse(phone) from ops.customer natural join (select 1 as id) x
select reverse(a.phone) from (ops.customer a join ops.customer b using (id)) as j (a, phone) cross join ops.customer a
select reverse(phone) from OPS.Customer
select reverse(phone) from "ops"."customer"
select reverse(phone) from /* ops */ ops . /* x */ customer -- c
select reverse("전화"), k."전화" from ops."고객" k
select ops."고객"."전화" from ops."고객"
select min(reverse(phone)), max(phone) from ops.customer
select reverse(phone), row_number() over (order by phone) from ops.customer
select distinct on (phone) reverse(phone) from ops.customer
select reverse(phone) from ops.customer group by phone having phone is not null
select case when phone is not null then reverse(phone) end from ops.customer
select coalesce(reverse(phone), '') || format('%s', reverse(email)) from ops.customer
select reverse(p) from (select phone from ops.customer) as x (p)
select xmlelement(name x, reverse(phone))::text from ops.customer
select reverse(phone) from ops.visit
select reverse(phone) from ops.visit_old
select reverse(phone) from ops.customer_shown
select reverse(phone) from ops.child
"""


@pytest.mark.parametrize("attack", ATTACKS.replace("\\\n", "").strip().split("\n"))
def test_nothing_brings_a_declared_value_back(bench: Asked, attack: str) -> None:
    try:
        shown = str(bench.rows(attack))
    except TobitError as error:
        shown = f"{error.message} {error.hint} {error.details}"
        assert not isinstance(error, Refused) or "ops" in attack
    answer = shown.replace("010-****-5678", "").replace("8765-****-010", "")
    assert not [piece for piece in SECRET if piece in answer], answer


PROBES = """
select count(*) from ops.customer where phone like '010-1%'
select count(*) from ops.customer where phone = '010-1234-5678'
select count(*) from ops.customer where email like 'alice%'
select count(*) from ops.customer where md5(phone) = md5('010-1234-5678')
select count(*) from ops.customer where pin = 12345
select count(*) from ops.customer where pin > 0
select count(*) from ops.customer c join (values ('010-1234-5678')) v (phone) using (phone)
select count(*) from ops.customer where phone in (select '010-1234-5678')
select count(*) from ops.customer where substring(phone, 5, 1) = '1'
select count(*) from ops.customer where length(name) = 3 and name ~ '철'
select count(*) from ops.customer group by phone having phone = '010-1234-5678'
select count(*) filter (where phone ~ '1234') from ops.customer
select sum((phone > '010-1234-5677' and phone < '010-1234-5679')::int) from ops.customer where id = 1
"""


@pytest.mark.parametrize("probe", PROBES.strip().split("\n"))
def test_a_condition_tells_nothing_about_the_hidden_value(bench: Asked, probe: str) -> None:
    assert bench.rows(probe) in ([[0]], [])


@pytest.mark.parametrize("view", ["customer_view", "customer_deep", "customer_row", "customer_kept", "family"])
def test_a_view_that_shows_a_declared_column_is_refused_with_what_to_do(bench: Asked, view: str) -> None:
    with pytest.raises(Refused) as refused:
        bench.rows(f"select * from ops.{view}")
    assert "--sensitive" in refused.value.hint


def test_a_view_over_other_columns_is_read(bench: Asked) -> None:
    assert sorted(bench.rows("select town, n from ops.customer_towns")) == [["Busan", 1], ["Seoul", 1]]


def test_a_view_with_declared_columns_of_its_own_is_read_masked(bench: Asked) -> None:
    assert bench.rows("select phone from ops.customer_shown where id = 1") == [["010-****-5678"]]


def test_an_error_quotes_the_masked_value(bench: Asked) -> None:
    for statement in ("select cast(phone as int) from ops.customer", "select email::date from ops.customer"):
        with pytest.raises(TobitError) as failed:
            bench.rows(statement)
        assert "**" in failed.value.message and not [piece for piece in SECRET if piece in failed.value.message]


def test_an_error_still_points_into_the_cell(bench: Asked) -> None:
    with pytest.raises(TobitError) as failed:
        bench.rows("select id,\n  nothing\nfrom ops.customer")
    assert (failed.value.details["line"], failed.value.details["column"]) == (2, 3)
    with pytest.raises(TobitError) as failed:
        bench.rows("select id from ops.customer\nwhere nothing = 1")
    assert (failed.value.details["line"], failed.value.details["column"]) == (2, 7)


def test_a_plan_tells_neither_values_nor_the_key(bench: Asked) -> None:
    bench.declare("ops.customer", "email", "email", "hash")
    try:
        key = bench.run(bench.gate.queries.means.rules.of("default")).policy.key
        plan = bench.plan("select * from ops.customer where email = 'x' and phone like '010-1%'")
        inner = bytes(byte ^ 0x36 for byte in key).hex()
        assert "customer" in plan and inner[:32] not in plan and not [piece for piece in SECRET if piece in plan]
    finally:
        bench.declare("ops.customer", "email", "email")


def test_what_the_database_gathered_about_columns_is_refused(bench: Asked) -> None:
    for name in ("pg_stats", "pg_catalog.pg_statistic", "pg_stats_ext"):
        with pytest.raises(Refused):
            bench.rows(f"select * from {name}", ADMIN)


def test_hashes_join_and_are_those_of_python(bench: Asked) -> None:
    bench.declare("ops.customer", "phone", "phone", "hash")
    bench.declare("ops.고객", "전화", "phone", "hash")
    try:
        policy = bench.run(bench.gate.queries.means.rules.of("default")).policy
        rows = bench.rows('select c.phone from ops.customer c join ops."고객" k on k."전화" = c.phone')
        assert rows == [[policy.hashed(PHONE)]]
    finally:
        bench.declare("ops.customer", "phone", "phone")
        bench.declare("ops.고객", "전화", "phone")


def test_dropped_columns_are_null(bench: Asked) -> None:
    bench.declare("ops.customer", "town", "free", "drop")
    try:
        assert bench.rows("select town from ops.customer") == [[None], [None]]
    finally:
        bench.release("ops.customer", "town")


def test_cells_are_covered_too(bench: Asked) -> None:
    cells = {"people": "select * from ops.customer", "customer": "select 'own' as phone"}
    assert bench.rows("select reverse(phone) from people where id = 1", cells=cells) == [["8765-****-010"]]
    assert bench.rows("select phone from customer", cells=cells) == [["own"]]


def test_a_name_that_only_looks_like_the_table_is_left_alone(bench: Asked) -> None:
    statement = "with customer as (select 'customer' as phone) select phone as customer from customer"
    assert bench.rows(statement) == [["customer"]]


def test_a_kept_result_of_one_who_sees_is_not_given_to_another(bench: Asked) -> None:
    statement = "select phone from ops.customer where id = 1"
    assert bench.rows(statement, TRUSTED, cache_s=60) == [[PHONE]]
    assert bench.rows(statement, ANALYST, cache_s=60) == [["010-****-5678"]]


def test_results_are_searched_for_what_nobody_declared(bench: Asked) -> None:
    statement = """select 'tel 010-9876-5432, bob@corp.com' as a, array['010-9876-5432'] as b,
        '{"m": "bob@corp.com"}'::jsonb"""
    assert bench.rows(statement) == [["tel 010-****-5432, b**@corp.com", ["010-****-5432"], '{"m": "b**@corp.com"}']]
    assert bench.rows("select '010-9876-5432'", TRUSTED) == [["010-9876-5432"]]


def test_a_message_of_the_source_is_searched_too(bench: Asked) -> None:
    with pytest.raises(TobitError) as failed:
        bench.rows("select cast('010-9876-5432' || repeat('', id) as int) from ops.customer")
    assert "9876" not in failed.value.message and "010-****-5432" in failed.value.message
