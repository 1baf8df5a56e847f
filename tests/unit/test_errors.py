"""Errors are two lines, in a notebook too."""

from __future__ import annotations

from tobit_kernel.errors import RowsRejected, StatementError, TimedOut, TobitError, from_data


def test_an_error_is_what_happened_and_what_to_do() -> None:
    assert str(TobitError("It broke.", "Mend it.")) == "It broke.\n→ Mend it."
    assert str(TobitError("It broke.")) == "It broke."
    assert str(TimedOut()).splitlines()[1].startswith("→ ") and "ended on the server" in str(TimedOut())


def test_a_notebook_shows_the_class_and_no_traceback() -> None:
    first, hint = TobitError("It broke.", "Mend it.")._render_traceback_()
    assert "TobitError" in first and first.endswith("It broke.") and hint == "→ Mend it."


def test_a_caret_stands_below_the_column_also_behind_wide_letters() -> None:
    place = {"line": 2, "column": 14, "text": "where '한글' = nope", "cell": None}
    lines = str(StatementError("No.", **place)).split("\n")
    assert lines[1] == "  where '한글' = nope    (line 2)"
    assert lines[2].index("^") == 2 + 13 + 2, "two letters take two columns each"
    assert "(cell bad, line 2)" in str(StatementError("No.", **{**place, "cell": "bad"}))


def test_rejected_rows_are_shown_ten_at_most() -> None:
    row = {"file": "a.csv", "line": 3, "column": "n", "value": "x", "reason": "no integer"}
    lines = str(RowsRejected("2 rows do not fit.", rows=[row] * 20)).split("\n")
    assert len(lines) == 12 and "a.csv:3 n: 'x' (no integer)" in lines[1]


def test_an_error_of_a_newer_gate_is_still_an_error() -> None:
    error = from_data({"error": "QuotaReached", "message": "Enough.", "hint": "Wait.", "details": None})
    assert (type(error), str(error)) == (TobitError, "Enough.\n→ Wait.")
    assert str(from_data({}))
