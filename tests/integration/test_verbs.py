"""Every verb by its magic, in a real IPython."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.integration.conftest import Home, until
from tobit_kernel.errors import InputError, NotFound, ParameterMissing, StatementError, TobitError
from tobit_kernel.notebook.surroundings import Background
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.parse import VERBS
from tobit_kernel.wire.stream import Result


@pytest.fixture
def shell(here: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(tmp_path)
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "tobit_kernel")
    yield made
    made.history_manager.end_session()  # type: ignore[union-attr]
    InteractiveShell.clear_instance()


def line(shell: InteractiveShell, text: str) -> Any:
    return shell.run_line_magic("tobit", text)


def cell(shell: InteractiveShell, text: str, body: str) -> Any:
    return shell.run_cell_magic("tobit", text, body)


#: A line for each verb that answers with data, and a word that people see.
LINES = {
    "queries": ("queries", "select"),
    "sources": ("sources", "workbench"),
    "tables": ("tables ops.*", "ops.ci"),
    "describe": ("describe ops.ci", "ci_id"),
    "profile": ("profile ops.ci", "ci_id"),
    "whoami": ("whoami", "local @ default, admin"),
    "status": ("status", "postgresql"),
    "settings": ("settings", "idle_s"),
    "audit": ("audit", "query"),
    "help": ("help", "describe"),
}


@pytest.mark.parametrize("verb", LINES)
def test_the_magic_answers_what_the_route_does(shell: InteractiveShell, here: Home, verb: str) -> None:
    words, seen = LINES[verb]
    here.ask("select 1 as seen")
    answer = line(shell, words)
    assert isinstance(answer, Answer)
    shown = str(shell.display_formatter.format(answer)[0]["text/plain"])  # type: ignore[union-attr,index]
    assert seen in shown
    if verb in ("whoami", "sources", "tables"):
        route = {"whoami": "/me", "sources": "/sources", "tables": "/sources/workbench/tables?pattern=ops.*"}[verb]
        assert answer.data == here.http("GET", f"/api/v1{route}").json()["data"]


def sql(shell: InteractiveShell, words: str, body: str) -> Any:
    return cell(shell, f"sql {words}", body)


def test_sql_gives_rows_and_variables(shell: InteractiveShell) -> None:
    shell.user_ns["since"] = 2
    result = sql(shell, "numbers --limit 2", "select i from generate_series(1, 9) i where i > :since")
    assert isinstance(result, Result) and result.table["i"].to_pylist() == [3, 4] and result.tail.truncated
    sql(shell, "--into frame", "select 1 as a, 2 as a")
    assert isinstance(shell.user_ns["frame"], pd.DataFrame) and list(shell.user_ns["frame"]) == ["a", "a_2"]
    sql(shell, "--into frame --frame polars", "select 1 as a")
    assert isinstance(shell.user_ns["frame"], pl.DataFrame)
    assert isinstance(sql(shell, "--frame pandas", "select 1 as a"), pd.DataFrame)


def test_named_cells_are_tables_of_later_cells(shell: InteractiveShell) -> None:
    sql(shell, "numbers n=5", "select i from generate_series(1, :n) i")
    sql(shell, "even", "select i from numbers where i % 2 = 0")
    assert sql(shell, "", "select sum(i) as s from even").table["s"].to_pylist() == [6]
    sql(shell, "numbers n=9", "select i from generate_series(1, :n) i")
    assert sql(shell, "", "select sum(i) as s from even").table["s"].to_pylist() == [20]
    with pytest.raises(TobitError):
        sql(shell, "broken", "select nope from numbers")
    assert "broken" not in str(line(shell, "queries broken_cells").data)


def test_values_on_the_line_go_before_variables(shell: InteractiveShell) -> None:
    shell.user_ns["a"] = "variable"
    assert sql(shell, "a=line", "select :a::text as a").table["a"].to_pylist() == ["line"]
    assert sql(shell, "", "select :a::text as a").table["a"].to_pylist() == ["variable"]
    shell.user_ns["ids"] = pd.Series([2, 4])
    assert len(sql(shell, "", "select i from generate_series(1, 9) i where i in (:ids)")) == 2
    shell.user_ns["frame"] = pd.DataFrame({"a": [1]})
    with pytest.raises(InputError, match="DataFrame"):
        sql(shell, "", "select :frame")
    with pytest.raises(ParameterMissing):
        sql(shell, "", "select :unknown")


def test_a_frame_of_the_notebook_is_told_how_to_get_there(shell: InteractiveShell) -> None:
    shell.user_ns["orders"] = pd.DataFrame({"a": [1, 2]})
    with pytest.raises(StatementError) as caught:
        sql(shell, "", "select * from orders")
    assert "save orders" in caught.value.hint and "--source local" in caught.value.hint
    assert sql(shell, "--source local", "select sum(a)::int as s from orders").table["s"].to_pylist() == [3]
    made = line(shell, "save orders --table orders --replace")
    assert (made.data["table"], made.data["rows"]) == ("my.orders", 2)
    assert len(sql(shell, "", "select * from my.orders")) == 2
    with pytest.raises(NotFound, match="nothing"):
        line(shell, "save nothing --table t")
    assert line(shell, "drop orders").data == {"table": "my.orders", "rows": 2}


def test_save_takes_results_polars_and_indexes(shell: InteractiveShell) -> None:
    sql(shell, "kept", "select 1 as a, timestamptz '2026-01-01Z' as at, '한글' as t")
    shell.user_ns["lazy"] = pl.DataFrame({"x": [1, 2]})
    shell.user_ns["indexed"] = pd.DataFrame({"v": [1.5]}, index=pd.Index(["k"], name="key"))
    for name, columns in (("kept", ["a", "at", "t"]), ("lazy", ["x"]), ("indexed", ["key", "v"])):
        made = line(shell, f"save {name} --table saved_{name} --replace").data
        assert [column["name"] for column in made["columns"]] == columns
        line(shell, f"drop saved_{name}")
    assert list(shell.user_ns["indexed"].columns) == ["v"], "the frame is not touched"


def test_load_shows_columns(shell: InteractiveShell, tmp_path: Path) -> None:
    (tmp_path / "with space.csv").write_text("a,b\n1,x\n", "utf-8")
    made = line(shell, 'load "with space.csv" --table spaced --types a=text --replace').data
    assert [(column["name"], column["type"]) for column in made["columns"]] == [("a", "text"), ("b", "text")]
    line(shell, "drop spaced")


def test_explain_and_format_take_the_cell(shell: InteractiveShell) -> None:
    plan = cell(shell, "explain n=5", "select * from ops.ci where :n = 5")
    assert plan.data["plan"] and isinstance(plan.data["warnings"], list)
    laid_out = cell(shell, "format", "select a,b from t where x=:x")
    assert ":x" in laid_out.data["sql"] and laid_out.data["sql"].count("\n") > 2
    for verb in ("explain", "format", "sql"):
        with pytest.raises(InputError, match="no statement"):
            cell(shell, verb, "\n")


def test_trace_and_settings(shell: InteractiveShell) -> None:
    result = sql(shell, "", "select 1")
    steps = line(shell, f"trace {result.tail.trace_id}").rows
    assert [step["step"].strip() for step in steps] == ["POST /api/v1/query", "compose", "start", "stream"]
    assert line(shell, "settings log_level warning").data["value"] == "warning"
    assert line(shell, "settings log_level info").data["value"] == "info"
    with pytest.raises(InputError, match="TOBIT_IDLE_S|idle_s"):
        line(shell, "settings idle_s 5")


def test_background_gives_the_cell_back_at_once(shell: InteractiveShell) -> None:
    running = sql(shell, "--background --into later", "select count(*) as n from generate_series(1, 3000000)")
    assert isinstance(running, Background)
    assert running.result(60).table["n"].to_pylist() == [3_000_000] and running.done
    assert shell.user_ns["later"]["n"].tolist() == [3_000_000]
    failed = sql(shell, "--background", "select nope")
    until(lambda: failed.done, 30)
    with pytest.raises(StatementError):
        failed.result()


def test_what_is_wrong_in_a_line_is_said_in_two_lines(shell: InteractiveShell) -> None:
    for words in (
        "nothing",
        "whoami me",
        "describe",
        "sql --limt 5",
        "help nothing",
        "describe 'x",
        "sql --into a-b",
        "lod x",
    ):
        with pytest.raises(TobitError) as caught:
            cell(shell, words, "select 1") if words.startswith("sql") else line(shell, words)
        assert len(str(caught.value).splitlines()) <= 2, words
        assert "Traceback" not in "".join(caught.value._render_traceback_())


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_help_knows_every_verb_and_every_option(shell: InteractiveShell, verb: str) -> None:
    told = line(shell, f"help {verb}").data["usage"]
    assert told.startswith(verb) and line(shell, f"{verb} --help").data["usage"] == told
    assert told.splitlines()[2].endswith(".")
    for row in told.split("\n\n")[2:]:
        for each in [text for text in row.splitlines() if text.startswith("  --")]:
            assert len(each.split(maxsplit=1)) == 2, f"{verb}: {each} is not explained"


def test_stop_and_status_without_a_gate(own: Home) -> None:
    assert own.data("status")["parts"] == []
    assert own.data("stop") == {"stopped": False}
    assert not own.processes()
