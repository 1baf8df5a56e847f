"""Somebody's own PostgreSQL with a powerful login; test_attacks_list.py tries the attacks on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.conftest import Home
from tobit_kernel.errors import TobitError
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
