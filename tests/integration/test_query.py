"""From a statement to rows: parameters, limits, types, cache, history."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow.compute as pc
import pytest

from tests.integration.conftest import Home
from tobit_kernel.errors import (
    InputError,
    NotFound,
    ParameterMissing,
    StatementError,
    TimedOut,
    TobitError,
)
from tobit_kernel.wire.parameters import encode

SEOUL = timezone(timedelta(hours=9))


def asked(gate: Home, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    return gate.rows(statement, parameters={name: encode(value) for name, value in values.items()})


@pytest.mark.parametrize(
    ("statement", "values", "answer"),
    [
        ("select :a + 1", {"a": 41}, 42),
        ("select :a::text", {"a": "'; drop table x --"}, "'; drop table x --"),
        ("select :a::text", {"a": "한글 :b"}, "한글 :b"),
        ("select :a::int is null", {"a": None}, True),
        ("select count(*) from generate_series(1, 3) i where :a::int is null or i = :a", {"a": None}, 3),
        ("select count(*) from generate_series(1, 3) i where :a::int is null or i = :a", {"a": 2}, 1),
        ("select :a::bool", {"a": True}, True),
        ("select :a::float8", {"a": 0.1}, 0.1),
        ("select :a::float8", {"a": math.inf}, math.inf),
        ("select date '2026-01-02' = :a", {"a": date(2026, 1, 2)}, True),
        ("select :a::date + 1", {"a": date(2026, 1, 2)}, date(2026, 1, 3)),
        ("select timestamptz '2026-01-02 00:00+09' = :a", {"a": datetime(2026, 1, 2, tzinfo=SEOUL)}, True),
        ("select timestamptz '2026-01-01 15:00Z' = :a", {"a": datetime(2026, 1, 2, tzinfo=SEOUL)}, True),
        ("select timestamp '2026-01-02 03:04' = :a", {"a": datetime(2026, 1, 2, 3, 4)}, True),
        ("select time '03:04' = :a", {"a": time(3, 4)}, True),
        ("select interval '90 minutes' = :a", {"a": timedelta(minutes=90)}, True),
        ("select :a::numeric = 0.10", {"a": Decimal("0.10")}, True),
        ("select (:a::numeric * 10)::text", {"a": Decimal("12345678901234567890.5")}, "123456789012345678905.0"),
        ("select :a::numeric::text", {"a": 10**30}, str(10**30)),
        ("select :a::int8", {"a": 2**62}, 2**62),
        ("select :a::uuid::text", {"a": UUID(int=7)}, str(UUID(int=7))),
        ("select '10.0.0.7'::inet << :net", {"net": "10.0.0.0/8"}, True),
        ("select count(*) from generate_series(1, 9) i where i = any(:ids)", {"ids": [2, 4, 99]}, 2),
        ("select count(*) from generate_series(1, 9) i where i in (:ids)", {"ids": [2, 4, 99]}, 2),
        ("select count(*) from generate_series(1, 9) i where i not in (:ids)", {"ids": [2, 4, 99]}, 7),
        ("select count(*) from generate_series(1, 9) i where i IN ( :ids ) -- list", {"ids": [2]}, 1),
        ("select count(*) from generate_series(1, 9) i where i in (:id)", {"id": 4}, 1),
        ("select count(*) from generate_series(1, 9) i where i = any(:ids)", {"ids": []}, 0),
        ("select count(*) from generate_series(1, 9) i where i in (:ids)", {"ids": []}, 0),
        ("select count(*) from generate_series(1, 9) i where i not in (:ids)", {"ids": []}, 9),
        ("select 'b' in (:names)", {"names": ["a", "b"]}, True),
        ("select date '2026-01-02' in (:days)", {"days": [date(2026, 1, 2), date(2026, 1, 3)]}, True),
        ("select 1.5 in (:ns)", {"ns": [Decimal("1.5")]}, True),
        ("select (:ids::int[])[2]", {"ids": [7, 8]}, 8),
        ("select cardinality(:ids::int[])", {"ids": [1, None, 3]}, 3),
        ("select array[:a, :b]::int[] = '{1,2}'", {"a": 1, "b": 2}, True),
        ("select array[[1, 2], [3, :a]]", {"a": 4}, [1, 2, 3, 4]),
        ("select (array[1,2,3])[2:3] = array[2,3]", {}, True),
        ("select (array[1,2,3])[(:n):] = array[2,3]", {"n": 2}, True),
        ("select '{\"a\": {\"b\": 5}}'::jsonb #>> '{a,b}'", {}, "5"),
        ("select ('{\"a\": 5}'::json ->> :key)::int", {"key": "a"}, 5),
        ("select '{\"a\": 5}'::jsonb ? :key", {"key": "a"}, True),
        ("select ':a'", {}, ":a"),
        ("select E'it\\':a'", {}, "it':a"),
        ("select 'it'':a'", {}, "it':a"),
        ("select $$:a$$ || $tag$ :b $$ $tag$", {}, ":a :b $$ "),
        ("select 1 -- :a\n/* :b /* :c */ :d */", {}, 1),
        ('select ":a" from (select 1 as ":a") x', {}, 1),
        ("select '10:30:00'::time::text", {}, "10:30:00"),
        ("select :값 + 1", {"값": 1}, 2),
        ("select :a::int + :a", {"a": 2}, 4),
        ("select x'1F'::int", {}, 31),
        ("select 5 % :a", {"a": 3}, 2),
    ],
)
def test_parameters_are_bound(gate: Home, statement: str, values: dict[str, Any], answer: Any) -> None:
    [(got,)] = asked(gate, statement, **values)
    if isinstance(answer, list) and got and isinstance(got[0], list):
        got = [item for row in got for item in row]
    assert got == answer


def test_a_missing_parameter_is_named(gate: Home) -> None:
    with pytest.raises(ParameterMissing, match=":until") as caught:
        asked(gate, "select :since, :until", since=1)
    assert "until=" in caught.value.hint
    with pytest.raises(InputError, match=r"\$1"):
        gate.ask("select $1")


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("select :a::int", {"a": "many"}),
        ("select 1 in (:a)", {"a": ["x"]}),
        ("select :a", {"a": [1, "x"]}),
        ("select :a", {"a": [[1], [2]]}),
        ("select :a", {"a": {"type": "date", "value": "soon"}}),
        ("select :a", {"a": {"b": 1}}),
        ("select :a::text", {"a": "a\0b"}),
    ],
)
def test_a_value_that_does_not_fit_is_said_in_words(gate: Home, statement: str, values: dict[str, Any]) -> None:
    with pytest.raises((InputError, StatementError)) as caught:
        gate.ask(statement, values)
    assert "Traceback" not in str(caught.value) and len(caught.value.message) < 300


def test_a_parameter_of_no_type_is_told_how_to_get_one(gate: Home) -> None:
    with pytest.raises(StatementError) as caught:
        gate.ask("select :a is null", {"a": None})
    assert ":name::int" in caught.value.hint


def test_the_limit_cuts_and_says_so(gate: Home) -> None:
    for values in ({}, {"n": 100}):
        statement = "select * from generate_series(1, " + (":n" if values else "100") + ") as i"
        for limit, rows, truncated in (
            (10, 10, True),
            (0, 0, True),
            (100, 100, False),
            (101, 100, False),
            (None, 100, False),
        ):
            result = gate.ask(statement, values, limit=limit)
            assert (len(result), result.tail.row_count, result.tail.truncated) == (rows, rows, truncated), (
                values,
                limit,
            )


def test_the_limit_leaves_an_order_and_a_limit_of_the_statement_alone(gate: Home) -> None:
    statement = "select i from generate_series(1, 100) i order by i desc limit 50"
    assert gate.rows(statement, limit=2) == [(100,), (99,)]
    assert len(gate.rows(statement, limit=None)) == 50


@pytest.mark.parametrize(
    "statement",
    [
        "select count(*) from generate_series(1, 1000000000)",
        "select i from generate_series(1, 1000000000) i where i < 0",
        "with recursive r as (select 1 union all select 1 from r) select * from r",
    ],
)
@pytest.mark.parametrize("parameters", [{}, {"n": 1}])
def test_a_time_limit_ends_the_statement_on_the_server(gate: Home, statement: str, parameters: dict[str, Any]) -> None:
    mark = f"/* {len(statement)} {len(parameters)} */ "
    with pytest.raises(TimedOut) as caught:
        gate.ask(
            f"select {mark} * from ({statement}) x" + (" where :n = 1" if parameters else ""),
            parameters,
            timeout_s=0.3,
            limit=None,
        )
    assert "--timeout" in caught.value.hint
    assert gate.active(mark) == 0


def test_a_million_rows_all_arrive(gate: Home) -> None:
    heard: list[int] = []
    from tobit_kernel.wire.models import QueryRequest

    statement = (
        "select i, i * 0.5 as half, 'name ' || i as name, now() + i * interval '1 second' as at,"
        " i % 7 = 0 as seventh, null::text as nothing, i::numeric as n, (i % 3)::smallint as s"
        " from generate_series(1, 1000000) i"
    )
    result = gate.gate.query(QueryRequest(statement=statement, limit=None, timeout_s=300), heard.append)
    assert result.tail.row_count == len(result) == heard[-1] == 1_000_000
    assert heard == sorted(heard) and len(heard) > 10
    assert pc.sum(result.table["i"]).as_py() == 500_000_500_000


@pytest.mark.parametrize("statement", [
    "select 1 where false",
    "select * from ops.ci where false",
    "select i, 'x' as t, now() as at from generate_series(1, 0) i",
])  # fmt: skip
def test_an_empty_result_has_its_columns(gate: Home, statement: str) -> None:
    result = gate.ask(statement)
    assert len(result) == 0 and result.columns and not result.tail.truncated
    assert list(result.to_pandas().columns) == result.columns == list(result.to_polars().columns)


def test_column_names_may_repeat_and_be_korean(gate: Home) -> None:
    result = gate.ask(
        'select 1 as a, 2 as a, 3 as "이름", 4 as 이름, 5 as "with "" quote", 6 as ""'.replace(', 6 as ""', "")
    )
    assert result.columns == ["a", "a", "이름", "이름", 'with " quote']
    assert list(result.to_pandas().columns) == ["a", "a_2", "이름", "이름_2", 'with " quote']
    assert [len(row) for row in gate.rows("select 1 as a, 2 as a")] == [2]


def test_no_columns_are_refused_in_words(gate: Home) -> None:
    with pytest.raises((InputError, StatementError), match="no columns"):
        gate.ask("select")
    with pytest.raises((InputError, StatementError), match="no columns"):
        gate.ask("select from generate_series(1, 3)")


@pytest.mark.parametrize(
    ("expression", "type_name", "value"),
    [
        ("1::smallint", "smallint", 1),
        ("1::int", "integer", 1),
        ("9007199254740993::bigint", "bigint", 9007199254740993),
        ("1.25::numeric(10,2)", "numeric", 1.25),
        ("'NaN'::float8", "double precision", None),
        ("1.5::real", "real", 1.5),
        ("true", "boolean", True),
        ("'한글'::text", "text", "한글"),
        ("'ab'::char(4)", "character", "ab  "),
        ("'ab'::varchar(4)", "varchar", "ab"),
        ("'a'::name", "name", "a"),
        ("date '2026-02-28'", "date", date(2026, 2, 28)),
        ("time '10:11:12.5'", "time", time(10, 11, 12, 500000)),
        ("timestamp '2026-02-28 10:00'", "timestamp", datetime(2026, 2, 28, 10)),
        ("timestamptz '2026-02-28 10:00+09'", "timestamptz", datetime(2026, 2, 28, 1, tzinfo=UTC)),
        ("interval '1 day 02:03:04.5'", "interval", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("'10.0.0.1'::inet", "inet", "10.0.0.1"),
        ("'10.0.0.0/8'::cidr", "cidr", "10.0.0.0/8"),
        ("'08:00:2b:01:02:03'::macaddr", "macaddr", "08:00:2b:01:02:03"),
        ("'{\"a\":1}'::json", "json", '{"a":1}'),
        ("'{\"a\": 1}'::jsonb", "jsonb", '{"a": 1}'),
        ("'00000000-0000-0000-0000-000000000007'::uuid", "uuid", "00000000-0000-0000-0000-000000000007"),
        ("'\\x00ff'::bytea", "bytea", b"\x00\xff"),
        ("int4range(1, 5)", "int4range", "[1,5)"),
        ("tstzrange('2026-01-01Z', null)", "tstzrange", '["2026-01-01 00:00:00+00",)'),
        ("array[1, null, 3]", "integer[]", [1, None, 3]),
        ("array['a', '나']", "text[]", ["a", "나"]),
        ("array[1.5, 2]::numeric[]", "numeric[]", [1.5, 2.0]),
        ("array[date '2026-01-01']", "date[]", [date(2026, 1, 1)]),
        ("'{}'::int[]", "integer[]", []),
        ("array['10.0.0.1'::inet]", "inet[]", ["10.0.0.1/32"]),
        ("point(1, 2)", "point", "(1,2)"),
        ("1.5::money", "money", "$1.50"),
        ("row(1, 'a')", "record", "(1,a)"),
        ("B'101'", "bit", "101"),
        ("null", "text", None),
        ("1::oid", "oid", 1),
        ("'a b'::tsvector", "tsvector", "'a' 'b'"),
    ],
)  # fmt: skip
def test_every_type_arrives(gate: Home, expression: str, type_name: str, value: Any) -> None:
    for parameters, more in (({}, ""), ({"n": 1}, " where :n = 1")):
        result = gate.ask(f"select {expression} as v{more}", parameters)
        [got] = result.table["v"].to_pylist()
        if isinstance(got, float) and math.isnan(got):
            got = None
        assert (got, result.types) == (value, [type_name])


def test_an_enum_arrives_and_takes_a_parameter(gate: Home) -> None:
    with gate.database() as database:
        database.execute("create type public.mood as enum ('good', 'bad')")
        database.execute("create table public.moods as select 'good'::public.mood as m")
        database.execute("grant usage on schema public to tobit_reader; grant select on public.moods to tobit_reader")
    try:
        result = gate.ask("select m from public.moods where m = :m", {"m": "good"})
        assert (result.table["m"].to_pylist(), result.types) == (["good"], ["public.mood"])
        assert gate.rows("select m from public.moods where m in (:m)", parameters={"m": ["good"]}) == [("good",)]
        with pytest.raises(StatementError, match="mood"):
            gate.ask("select m from public.moods where m = :m", {"m": "ugly"})
    finally:
        with gate.database() as database:
            database.execute("drop table public.moods; drop type public.mood")


def test_moments_are_utc_whatever_the_time_zone_of_the_machine(own: Home) -> None:
    own.more["TZ"] = "Asia/Seoul"
    assert own.data("sql", "select '2026-01-01 00:00'::timestamptz as t, '2026-01-01'::timestamp as l")["rows"] == [
        ["2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00"]
    ]
    assert own.rows(
        "select timestamptz '2026-03-29 02:30 Europe/Berlin', now() at time zone 'Asia/Seoul' - now() at time zone"
        " 'UTC'"
    ) == [(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), timedelta(hours=9))]


def test_an_unknown_table_column_and_source_say_what_to_do(gate: Home) -> None:
    with pytest.raises(StatementError) as caught:
        gate.ask("select * from nowhere")
    assert "tables" in caught.value.hint and caught.value.details["column"] == 15
    with pytest.raises(StatementError) as caught:
        gate.ask("select nothing from ops.ci")
    assert "describe" in caught.value.hint or "nothing" in caught.value.message
    with pytest.raises(NotFound, match="warehouse"):
        gate.ask("select 1", source="warehouse")


def test_an_error_half_way_is_told_and_no_rows_are_given(gate: Home) -> None:
    with pytest.raises(StatementError, match="(?i)division by zero") as caught:
        gate.ask("select 1 / (i - 300000) from generate_series(1, 1000000) i", limit=None)
    assert caught.value.trace_id
    with pytest.raises(StatementError, match="(?i)division by zero"):
        gate.ask("select 1 / (i - 300000) from generate_series(1, :n) i", {"n": 1_000_000}, limit=None)
    with pytest.raises(StatementError, match="(?i)division by zero"):
        gate.gate.post(
            "/query", {"statement": "select 1 / (i - 90000) from generate_series(1, 95000) i", "limit": 100_000}
        )


@pytest.mark.chaos
@pytest.mark.parametrize(
    "statement",
    [
        "select repeat('x', 1000000000)",
        "select repeat('x', 2000000000)",
        "select string_agg(repeat('x', 1000000), '') from generate_series(1, 2000)",
    ],
)
def test_a_gate_survives_values_of_a_gigabyte(gate: Home, statement: str) -> None:
    with suppress(TobitError):
        gate.ask(statement, timeout_s=60)
    assert gate.rows("select 1") == [(1,)]


def test_an_unknown_table_names_what_was_probably_meant(gate: Home) -> None:
    for written, meant in (("event_log", "ops.event_log"), ("ops.cis", "ops.ci")):
        with pytest.raises(StatementError) as told:
            gate.rows(f"select * from {written}")
        assert told.value.hint == f"Did you mean {meant}?"
