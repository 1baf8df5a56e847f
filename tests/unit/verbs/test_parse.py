"""From the words behind a verb to its call."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tobit_kernel.errors import InputError, NotFound
from tobit_kernel.verbs.parse import VERBS, assignments, bound, seconds, value, without_body, words


@pytest.mark.parametrize(
    ("line", "split"),
    [
        ("", []),
        ("  a   b ", ["a", "b"]),
        ("ids=[1, 2, 3] n=5", ["ids=[1, 2, 3]", "n=5"]),
        ("who='a b' --limit 5", ["who='a b'", "--limit", "5"]),
        ("'a b' \"c d\"", ["a b", "c d"]),
        ('--chart="bar:a b,c"', ["--chart=bar:a b,c"]),
        ("t=(1, 2) s={1, 2}", ["t=(1, 2)", "s={1, 2}"]),
        ("x=']' y=[1", ["x=']'", "y=[1"]),
        ("이름=한글", ["이름=한글"]),
    ],
)
def test_words_of_a_line(line: str, split: list[str]) -> None:
    assert words(line) == split


def test_a_quote_that_is_not_closed_is_said() -> None:
    with pytest.raises(InputError, match="not closed"):
        words("who='a b")


@given(st.text(max_size=40))
def test_any_line_gives_words_or_an_error_in_words(line: str) -> None:
    try:
        assert all(isinstance(word, str) for word in words(line))
    except InputError:
        assert "'" in line or '"' in line


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("5", 5), ("-1.5", -1.5), ("1e3", 1000.0), ("[1, 2]", [1, 2]), ("(1, 2)", [1, 2]), ("['a', None]", ["a", None]),
        ("none", None), ("NULL", None), ("", None), ("true", True), ("False", False), ("web-01", "web-01"),
        ("'5'", "5"), ('"2026-01-01"', "2026-01-01"), ("2026-01-01", date(2026, 1, 1)),
        ("2026-01-01T10:00", datetime(2026, 1, 1, 10)), ("2026-13-01", "2026-13-01"), ("10.0.0.1", "10.0.0.1"),
        ("007", "007"),
        ("한글", "한글"), ("a=b", "a=b"), ("__import__('os')", "__import__('os')"), ("[1, x]", "[1, x]"), ("'", "'"),
    ],
)  # fmt: skip
def test_what_a_value_means(text: str, meaning: Any) -> None:
    assert value(text) == meaning and type(value(text)) is type(meaning)


@given(
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.lists(st.integers() | st.text())
)
def test_python_s_own_writing_is_understood(given_: Any) -> None:
    assert value(repr(given_)) == given_


@given(st.text())
def test_a_quoted_text_is_that_text(text: str) -> None:
    assert value(repr(text)) == text or repr(text)[1:-1] != text


@given(st.text(max_size=50))
def test_any_value_means_something(text: str) -> None:
    value(text)


def test_assignments_are_told_from_plain_words() -> None:
    plain, values = assignments(("name", "a=1", "b='x y'", "c=", "1=2", "=x", "select a = 1"))
    assert (plain, values) == (["name", "1=2", "=x", "select a = 1"], {"a": 1, "b": "x y", "c": None})


@pytest.mark.parametrize(
    ("given_", "text"),
    [
        (["select 1"], "select 1"),
        (["n=1", "select :n"], "select :n"),
        (["select 1", "--limit", "5"], "select 1"),
        (["--limit", "5", "select 1", "--background"], "select 1"),
        (["--background", "select 1"], "select 1"),
        (["select 1", "--chart", "bar:a b"], "select 1"),
        (["who='a b'"], None),
        (["select 1", "who='a b'"], "select 1"),
        (["-- why\nselect 1", "--limit=5"], "-- why\nselect 1"),
        (["name", "--limit", "5"], None),
        ([], None),
    ],
)
def test_the_text_is_found_among_the_words(given_: list[str], text: str | None) -> None:
    rest, found = without_body("sql", given_)
    assert found == text and rest == [word for word in given_ if word != text]
    assert without_body("tables", given_) == (given_, None)


@pytest.mark.parametrize(
    ("text", "length"), [("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86400), ("1.5 s", 1.5), ("250ms", 0.25)]
)
def test_durations(text: str, length: float) -> None:
    assert seconds(text, "--timeout") == length


@pytest.mark.parametrize("text", ["", "5", "soon", "-1s", "1w", "s", "1s2"])
def test_what_is_no_duration_names_the_option(text: str) -> None:
    with pytest.raises(InputError, match="--timeout"):
        seconds(text, "--timeout")


@pytest.mark.parametrize(
    ("verb", "given_", "says"),
    [
        ("describe", [], "TABLE"),
        ("sql", ["--limt", "5"], "--limit"),
        ("sql", ["--limit", "many"], "limit"),
        ("sql", ["--frame", "excel"], "excel"),
        ("whoami", ["x"], "x"),
        ("save", ["frame"], "--table"),
    ],
)
def test_what_does_not_fit_is_named(verb: str, given_: list[str], says: str) -> None:
    with pytest.raises(InputError, match=verb) as caught:
        bound(verb, given_)
    assert says in caught.value.message and f"help {verb}" in caught.value.hint
    assert "\n" not in caught.value.message


def test_an_unknown_verb_names_near_ones() -> None:
    with pytest.raises(NotFound, match="'describ'") as caught:
        VERBS["describ"]
    assert "describe" in caught.value.hint
