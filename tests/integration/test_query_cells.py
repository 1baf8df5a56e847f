"""Named cells as tables of later ones, and carets into the cell that the text came from."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Home
from tobit_kernel.errors import InputError, ParameterMissing, StatementError, TobitError
from tobit_kernel.wire.models import Cell


def cell(name: str, statement: str, **parameters: Any) -> Cell:
    return Cell(name=name, statement=statement, parameters=parameters)


NUMBERS = cell("numbers", "select i from generate_series(1, :n) as i", n=5)
EVEN = cell("even", "select i from numbers where i % :by = 0;", by=2)


def failure(gate: Home, statement: str, cells: list[Cell] | None = None, **parameters: Any) -> TobitError:
    with pytest.raises(TobitError) as caught:
        gate.ask(statement, parameters, cells=cells or [])
    return caught.value


def test_a_named_cell_is_a_table(gate: Home) -> None:
    assert gate.rows("select sum(i) from numbers", cells=[NUMBERS]) == [(15,)]


def test_cells_use_cells_in_whatever_order_they_come(gate: Home) -> None:
    for cells in ([NUMBERS, EVEN], [EVEN, NUMBERS]):
        assert gate.rows("select sum(i) from even", cells=cells) == [(6,)]


def test_each_cell_keeps_its_own_parameters(gate: Home) -> None:
    cells = [cell("a", "select :n::int as v", n=1), cell("b", "select :n::int as v from a", n=2)]
    statement = "select a.v, b.v, :n::int from a, b"
    assert gate.rows(statement, cells=cells, parameters={"n": 3}) == [(1, 2, 3)]


def test_cells_that_are_not_used_do_not_matter(gate: Home) -> None:
    broken = cell("broken", "selec nothing :missing")
    assert gate.rows("select 1", cells=[broken, NUMBERS]) == [(1,)]
    assert gate.rows("select 'broken' as broken -- from broken", cells=[broken]) == [("broken",)]


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("with x as (select i * 10 as i from numbers) select sum(i) from x", 150),
        ("with recursive r as (select 1 as i union all select i + 1 from r where i < 3) "
         "select sum(r.i) from r join numbers using (i)", 6),
        ("WITH /* note */ RECURSIVE r(i) as (select min(i) from numbers union all select i + 1 from r where i < 4)"
         " select max(i) from r", 4),
        ("select (select count(*) from numbers) + (select count(*) from even)", 7),
        ("select count(*) from numbers n left join lateral (select 1 where n.i > 3) x on true", 5),
        ("with numbers as (select 7 as i) select sum(i) from numbers", 7),
        ("select sum(i) from NUMBERS", 15),
        ("select sum(i) from (select i from numbers union all select i from even) x", 21),
        ("select i from numbers order by i desc limit 1;", 5),
    ],
)  # fmt: skip
def test_cells_go_with_every_form_of_select(gate: Home, statement: str, answer: int) -> None:
    assert gate.rows(statement, cells=[NUMBERS, EVEN]) == [(answer,)]


def test_cells_with_korean_names_and_names_of_real_tables(gate: Home) -> None:
    assert gate.rows("select 값 from 숫자", cells=[cell("숫자", "select 1 as 값")]) == [(1,)]
    assert gate.rows("select v from ci", cells=[cell("ci", "select 1 as v")]) == [(1,)]
    assert "v" not in gate.ask("select * from ops.ci limit 0", cells=[cell("ci", "select 1 as v")]).columns


def test_a_cell_that_names_itself_means_the_table(gate: Home) -> None:
    error = failure(gate, "select * from loop", [cell("loop", "select * from loop")])
    assert isinstance(error, StatementError) and "loop" in error.message


def test_cells_that_name_each_other_end_in_words(gate: Home) -> None:
    error = failure(gate, "select * from a", [cell("a", "select * from b"), cell("b", "select * from a")])
    assert isinstance(error, StatementError)


def test_a_missing_parameter_of_a_cell_names_the_cell(gate: Home) -> None:
    error = failure(gate, "select * from n", [cell("n", "select :missing")])
    assert isinstance(error, ParameterMissing)
    assert "missing" in error.message and "'n'" in error.message


def test_an_empty_cell_is_said_in_words(gate: Home) -> None:
    for text in ("", "  \n", ";", "-- only a comment", "/* x */ ;"):
        assert isinstance(failure(gate, text), InputError), text


@pytest.mark.parametrize(
    ("statement", "line", "caret"),
    [
        ("select nope", 1, "nope"),
        ("select 1,\n  nope\nfrom ops.ci", 2, "nope"),
        ("-- 한글 설명\nselect '한글', nope from ops.ci", 2, "nope"),
        ("select 1 from nowhere", 1, "nowhere"),
        ("select 1 +", 1, None),
        ("select :a::int,\n nope", 2, "nope"),
        ("select '가나다', :a::int, nope", 1, "nope"),
        ("select my.nope from ops.ci", 1, "my"),
        ("select 'x'::int", 1, "'x'"),
        ("select sum(i) form numbers", 1, "numbers"),
        ("selec 1", 1, "selec"),
        ("select foo(1)", 1, None),
    ],
)
def test_a_caret_stands_below_the_place(gate: Home, statement: str, line: int, caret: str | None) -> None:
    error = failure(gate, statement, [NUMBERS], a=1)
    if caret is not None:
        text = statement.split("\n")[line - 1]
        assert error.details["line"] == line and error.details["text"] == text
        assert text[error.details["column"] - 1 :].startswith(caret), (error, error.details)
        assert error.details["cell"] is None


def test_a_caret_points_into_the_cell_that_the_text_came_from(gate: Home) -> None:
    cells = [NUMBERS, cell("bad", "select i,\n  '한글', nope from numbers")]
    error = failure(gate, "select * from bad", cells)
    assert (error.details["cell"], error.details["line"]) == ("bad", 2)
    assert error.details["text"][error.details["column"] - 1 :].startswith("nope")
    assert "cell bad, line 2" in str(error)


def test_the_caret_counts_wide_letters(gate: Home) -> None:
    lines = str(failure(gate, "select '한글', nope")).split("\n")
    assert lines[2].index("^") == len("  select '") + 4 + len("', ")


def test_an_error_of_explain_has_its_caret_too(gate: Home) -> None:
    with pytest.raises(StatementError) as caught:
        gate.gate.post("/query/explain", {"statement": "select 1,\n nope"})
    assert caught.value.details["line"] == 2


def test_the_own_schema_is_written_my(own: Home) -> None:
    file = own.folder / "n.csv"
    file.write_text("a\n1\n")
    own.data("load", str(file), "--table", "t")
    for statement in ("select a from my.t", 'select a from "my".t', "select my.t.a from my.t", "select t.a from MY.t"):
        assert own.rows(statement) == [(1,)], statement
    assert own.rows("select my.a from (select 5 as a) as my") == [(5,)]
    assert own.rows("select 'my.t' as \"my.t\" -- my.t") == [("my.t",)]
