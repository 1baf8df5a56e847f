"""One statement from cells, parameters and the user's schema."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tobit_kernel.errors import InputError, ParameterMissing, StatementError
from tobit_kernel.server.queries.compose import Composition, compose
from tobit_kernel.server.sources.mapped import Mapped, Origin, rewritten
from tobit_kernel.wire.models import Cell

MY = {"my": "my_local"}


def made(statement: str, cells: list[Cell] | None = None, dialect: str = "postgres", **values: Any) -> Composition:
    return compose(statement, values, cells or [], dialect, MY)


@pytest.mark.parametrize(
    ("statement", "values", "text", "bound"),
    [
        ("select :a, :b, :a", {"a": 1, "b": "x"}, "select $1, $2, $1", [1, "x"]),
        ("select 1 where x in (:ids);", {"ids": [1, 2]}, "select 1 where x = any ($1)", [[1, 2]]),
        ("select 1 where x not in ( :ids )", {"ids": [1]}, "select 1 where x <> all ( $1 )", [[1]]),
        ("select 1 where x in (:id)", {"id": 1}, "select 1 where x in ($1)", [1]),
        ("select 1 where x in (:a, :b)", {"a": 1, "b": 2}, "select 1 where x in ($1, $2)", [1, 2]),
        ("select a::int from my.t -- my.x", {}, 'select a::int from "my_local".t', []),
        (
            "select my.t.a, 'my.t' from \"my\".t, x.my.y",
            {},
            'select "my_local".t.a, \'my.t\' from "my_local".t, x.my.y',
            [],
        ),
    ],
)
def test_what_runs(statement: str, values: dict[str, Any], text: str, bound: list[Any]) -> None:
    composed = made(statement, **values)
    assert (composed.statement.strip(), composed.values) == (text, bound)


def test_a_cell_comes_before_the_statement_that_uses_it() -> None:
    cells = [
        Cell(name="b", statement="select * from a"),
        Cell(name="a", statement="select :n as x", parameters={"n": 5}),
    ]
    text = " ".join(made("select * from b", cells).statement.split())
    assert text == 'with "a" as ( select $1 as x ), "b" as ( select * from a ) select * from b'


def test_a_with_of_the_statement_goes_on_with_ours() -> None:
    cells = [Cell(name="a", statement="select 1 as x")]
    text = " ".join(made("with recursive c as (select x from a) select * from c", cells).statement.split())
    assert text == 'with recursive "a" as ( select 1 as x ), c as (select x from a) select * from c'


def test_what_is_missing_is_named_with_its_cell() -> None:
    with pytest.raises(ParameterMissing, match=":a"):
        made("select :a")
    with pytest.raises(ParameterMissing, match="'c'"):
        made("select * from c", [Cell(name="c", statement="select :a")])
    for text in ("", ";", "-- x", "/* x */"):
        with pytest.raises(InputError, match="empty"):
            made(text)


def test_every_place_of_the_text_leads_back_to_its_cell() -> None:
    cells = [Cell(name="c", statement="select '한글',\n  wrong from my.t where a in (:n)", parameters={"n": [1]})]
    main = "select :x,\n  nope from c"
    composed = compose(main, {"x": 1}, cells, "postgres", MY)
    for word, cell, line, column in (("wrong", "c", 2, 3), ("nope", None, 2, 3), ("where", "c", 2, 19)):
        error = composed.locate(StatementError("No.", position=composed.statement.index(word)))
        assert (error.details["cell"], error.details["line"], error.details["column"]) == (cell, line, column)
        assert error.details["text"][column - 1 :].startswith(word)


@given(st.text("ab\n한:", max_size=30), st.data())
def test_a_rewritten_text_knows_where_each_letter_was(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6).filter(lambda cuts: len(cuts) % 2 == 0)))
    changes = [(a, b, "NEW") for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    mapped = rewritten(text, changes, lambda at: Origin("c", at))
    whole = mapped.text
    for position, letter in enumerate(whole):
        origin = mapped.origin(position)
        assert origin is not None
        assert letter in "NEW" or text[origin.offset] == letter
    assert Mapped().origin(0) is None
