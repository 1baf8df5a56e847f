"""Where parameters stand in a statement, and how values travel."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tobit_kernel.errors import InputError
from tobit_kernel.wire.parameters import decode, encode, names, tokens


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("select :a, :b, :a", ["a", "b"]),
        ("select x::int, :a::text", ["a"]),
        ("select ':a', E'\\':b', \":c\", $$:d$$, $x$:e$x$ -- :f\n/* :g /* :h */ :i */", []),
        ("select a[1:n], a[:n], a[(:n)], array[:m, :k]", ["n", "m", "k"]),
        ("select array[[1, :a], [:b, 2]]", ["a", "b"]),
        ("select a[f(:x):2]", ["x"]),
        ("select j->'a'->>:key, j #> '{a,b}', j @? '$.a'", ["key"]),
        ("select :값, :_x1", ["값", "_x1"]),
        ("select 1:2, a := 1, b:=c", []),
        ("select '10:30'::time, x:y", []),
        ("select $1, a$b:c", []),
        ("select ':a' ':b' || :c", ["c"]),
        ("select 'unclosed :a", []),
        ("select /* unclosed :a", []),
        ("select $$ unclosed :a", []),
        ("", []),
    ],
)
def test_only_names_that_stand_for_values_are_parameters(statement: str, found: list[str]) -> None:
    assert names(statement) == found


@given(st.text(alphabet=st.sampled_from(list(":'\"$-/*[](),;\\\nabE한 12{}|=")), max_size=60))
def test_no_letter_of_a_statement_is_lost(statement: str) -> None:
    pieces = list(tokens(statement))
    assert "".join(piece.text for piece in pieces) == statement
    assert [piece.start for piece in pieces] == [sum(len(p.text) for p in pieces[:n]) for n in range(len(pieces))]
    names(statement)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))  # no database keeps those
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(timezone(timedelta(hours=9))))
    | st.times()
    | st.decimals(allow_nan=False, allow_infinity=False)
)


@given(SCALARS | st.lists(SCALARS, max_size=5))
def test_a_value_arrives_as_it_was_sent(value: Any) -> None:
    assert decode(json.loads(json.dumps(encode(value), allow_nan=False))) == value


@given(st.timedeltas(min_value=timedelta(days=-9999), max_value=timedelta(days=9999)))
def test_a_duration_arrives_to_the_microsecond(value: timedelta) -> None:
    assert abs(decode(encode(value)) - value) <= timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (np.int64(3), 3),
        (np.float64(1.5), 1.5),
        (np.bool_(True), True),
        (np.array([1, 2]), [1, 2]),
        (pd.Series([1, 2]), [1, 2]),
        (pl.Series([1, None]), [1, None]),
        (pd.Index(["a"]), ["a"]),
        (pd.NA, None),
        (pd.NaT, None),
        (float("nan"), None),
        ((1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        ({5}, [5]),
        (UUID(int=1), str(UUID(int=1))),
        (pd.Timestamp("2026-01-01", tz="UTC"), {"type": "datetime", "value": "2026-01-01T00:00:00+00:00"}),
        (date(2026, 1, 1), {"type": "date", "value": "2026-01-01"}),
        (time(1, 2), {"type": "time", "value": "01:02:00"}),
        (Decimal("1.50"), {"type": "decimal", "value": "1.50"}),
        (datetime(2026, 1, 1), {"type": "datetime", "value": "2026-01-01T00:00:00"}),
    ],
)
def test_values_of_notebooks_are_sent_as_json(value: Any, sent: Any) -> None:
    assert encode(value) == sent


def test_infinity_stays_itself() -> None:
    for value in (math.inf, -math.inf):
        assert decode(json.loads(json.dumps(encode(value), allow_nan=False))) == value


@pytest.mark.parametrize("value", [pd.DataFrame({"a": [1]}), np.zeros((2, 2)), object(), print, {"a": 1}, b"x", 1j])
def test_what_is_no_value_is_refused_by_its_type(value: Any) -> None:
    with pytest.raises(InputError, match=type(value).__name__):
        encode(value)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "date", "value": "soon"},
        {"type": "x", "value": 1},
        {},
        {"a": 1},
        {"type": "decimal", "value": "x"},
        {"type": "float", "value": None},
    ],
)
def test_a_tag_that_makes_no_sense_is_refused(value: Any) -> None:
    with pytest.raises(InputError):
        decode(value)
