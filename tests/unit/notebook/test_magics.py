"""``%tobit`` in an IPython that has no gate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from tobit_kernel.errors import InputError, TobitError
from tobit_kernel.verbs.parse import VERBS


@pytest.fixture
def shell(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "tobit_kernel")
    yield made
    made.history_manager.end_session()  # type: ignore[union-attr]
    InteractiveShell.clear_instance()


def test_loading_again_does_no_harm(shell: InteractiveShell) -> None:
    matchers = len(shell.Completer.custom_matchers)
    shell.run_line_magic("reload_ext", "tobit_kernel")
    assert len(shell.Completer.custom_matchers) == matchers


def test_help_needs_no_gate(shell: InteractiveShell, home: Path) -> None:
    assert [row["verb"] for row in shell.run_line_magic("tobit", "").data] == list(VERBS)
    assert "--limit" in shell.run_line_magic("tobit", "sql -h").text
    assert not (home / "gateway.json").exists()


def test_an_unknown_verb_names_near_ones(shell: InteractiveShell) -> None:
    with pytest.raises(InputError, match="tabels") as caught:
        shell.run_line_magic("tobit", "tabels")
    assert "tables" in caught.value.hint


def test_an_error_is_shown_without_a_traceback(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    result = shell.run_cell("%tobit tabels")
    assert isinstance(result.error_in_exec, TobitError)
    shown = capsys.readouterr().out
    assert "tabels" in shown and "Traceback" not in shown and len(shown.strip().splitlines()) == 2


def test_local_queries_need_no_gate(shell: InteractiveShell, home: Path) -> None:
    shell.run_cell("import pandas; frame = pandas.DataFrame({'a': [1, 2]})")
    result = shell.run_cell_magic(
        "tobit", "sql named --source local --into total", "select sum(a)::int as s from frame"
    )
    assert result.table["s"].to_pylist() == [3] and shell.user_ns["total"]["s"].tolist() == [3]
    assert shell.run_cell_magic("tobit", "sql --source local", "select s + 1 as t from named").table[
        "t"
    ].to_pylist() == [4]
    assert not (home / "gateway.json").exists()


def test_a_cell_of_one_source_is_none_of_another(shell: InteractiveShell) -> None:
    from tobit_kernel.notebook.surroundings import surroundings_of

    shell.run_cell_magic("tobit", "sql named --source local", "select 1 as a")
    assert list(surroundings_of(shell).cells) == ["local"]
    with pytest.raises(TobitError):
        shell.run_cell_magic("tobit", "sql broken --source local", "select nope")
    assert list(surroundings_of(shell).cells["local"]) == ["named"]


def test_ipython_completes_our_lines(shell: InteractiveShell) -> None:
    completer: IPCompleter = shell.Completer
    with provisionalcompleter():
        assert "describe" in [each.text for each in completer.completions("%tobit desc", len("%tobit desc"))]
        cell = "%%tobit sql\nselect 1 gro"
        assert "group" in [each.text for each in completer.completions(cell, len(cell))]
