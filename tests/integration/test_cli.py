"""``tobit VERB``: nothing but the result on stdout, exit codes, one answer by every way."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import polars
import pytest

from tests.integration.conftest import TOBIT, Home
from tobit_kernel import __version__

#: Words on the command line, and the route that gives the same data.
SAME = {
    "sql": (
        ["sql", "select 1 as a, null as b, 'x' as c"],
        "POST /query",
        {"statement": "select 1 as a, null as b, 'x' as c"},
    ),
    "explain": (["explain", "select 1"], "POST /query/explain", {"statement": "select 1"}),
    "format": (["format", "select 1 as a"], "POST /query/format", {"statement": "select 1 as a"}),
    "queries": (["queries", "no such thing"], "GET /queries?text=no+such+thing", None),
    "sources": (["sources"], "GET /sources", None),
    "tables": (["tables", "ops.c*"], "GET /sources/workbench/tables?pattern=ops.c*", None),
    "describe": (["describe", "ops.ci"], "GET /sources/workbench/tables/ops.ci", None),
    "profile": (["profile", "ops.ci"], "GET /sources/workbench/tables/ops.ci/profile", None),
    "whoami": (["whoami"], "GET /me", None),
    "settings": (["settings", "idle_s"], "GET /settings", None),
    "audit": (["audit", "no such thing"], "GET /audit?text=no+such+thing", None),
    "status": (["status"], "GET /status", None),
    "demo": (["demo", "--no-wait", "--scale", "0.0001"], "GET /demo", None),
}

#: What differs from call to call.
MOVING = ("elapsed_ms", "trace_id", "uptime_s", "done", "note", "state", "result", "total")


def steady(data: Any) -> Any:
    return {name: value for name, value in data.items() if name not in MOVING} if isinstance(data, dict) else data


@pytest.mark.parametrize("verb", SAME)
def test_as_json_is_exactly_the_envelope_s_data(gate: Home, verb: str) -> None:
    words, route, body = SAME[verb]
    method, _, path = route.partition(" ")
    there = gate.http(method, f"/api/v1{path}", body).json()["data"]
    if verb == "settings":
        there = [item for item in there if item["name"] == "idle_s"]
    assert steady(gate.data(*words)) == steady(there)


def test_trace_is_the_same_by_both_ways(gate: Home) -> None:
    trace = gate.ask("select 1").tail.trace_id
    shown = gate.data("trace", trace)
    assert shown == gate.gate.get(f"/traces/{trace}") and len(shown["spans"]) == 4


def test_tables_are_written_in_every_format(gate: Home) -> None:
    statement = "select i, '한글,\"' || i as t, i * 0.5 as n, date '2026-01-01' + i as d from generate_series(1, 3) i"
    as_csv = list(csv.reader(io.StringIO(gate.tobit("sql", statement, "--as", "csv").stdout.removeprefix("\ufeff"))))
    assert as_csv[0] == ["i", "t", "n", "d"] and as_csv[3][1] == '한글,"3' and len(as_csv) == 4
    for form, read in (("parquet", polars.read_parquet), ("xlsx", None)):
        done = subprocess.run(
            [*TOBIT, "sql", statement, f"--as={form}"], env=gate.environment, capture_output=True, check=True
        )
        if read is None:
            assert done.stdout[:2] == b"PK"
        else:
            assert read(io.BytesIO(done.stdout))["i"].to_list() == [1, 2, 3]
    table = gate.tobit("tables", "ops.*", "--as", "csv").stdout
    assert "ops.ci" in table
    shown = gate.tobit("sql", statement)
    assert "한글" in shown.stdout and shown.stderr == ""


def test_the_statement_comes_as_argument_file_or_standard_input(gate: Home, tmp_path: Path) -> None:
    file = tmp_path / "q.sql"
    file.write_text("select :n::int as n\n", "utf-8")
    expected = [[7]]
    assert gate.data("sql", "n=7", "select :n::int as n")["rows"] == expected
    assert gate.data("sql", "n=7", "-f", str(file))["rows"] == expected
    assert gate.data("sql", "n=7", f"--file={file}")["rows"] == expected
    assert gate.data("sql", "n=7", body="select :n::int as n")["rows"] == expected
    assert gate.data("sql", "--limit", "1", "select i from generate_series(1, 5) i")["truncated"] is True
    assert gate.data("sql", "ids=[1, 2]", "name='a b'", "select 1 in (:ids), :name::text")["rows"] == [[True, "a b"]]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["sql", "select nope"], 1, "^"),
        (["sql", "select :x"], 1, ":x"),
        (["sql", ""], 1, "no statement"),
        (["sql", "-f", "/nowhere.sql"], 2, "nowhere.sql"),
        (["sql", "select 1", "--timeout", "soon"], 1, "--timeout"),
        (["sql", "select 1", "--limit", "many"], 2, "limit"),
        (["sql", "select 1", "--limt", "5"], 2, "limt"),
        (["sql", "select 1", "--frame", "excel"], 2, "frame"),
        (["sql", "select 1", "--cache", "sometimes"], 1, "--cache"),
        (["sql", "select 1", "--as", "pdf"], 2, "pdf"),
        (["sql", "select 1", "--source", "nowhere"], 1, "nowhere"),
        (["sql", "a", "b", "select 1"], 1, "not understood"),
        (["sqll"], 2, "sql"),
        (["whoami", "me"], 2, "me"),
        (["describe"], 2, "TABLE"),
        (["describe", "ops.cii"], 1, "ops.ci"),
        (["load", "/nowhere.csv"], 1, "nowhere.csv"),
        (["load", "/etc/hostname", "--replace", "--append"], 1, "exclude"),
        (["save", "frame", "--table", "t"], 1, "frame"),
        (["drop", "my.nothing"], 1, "nothing"),
        (["trace", "xyz"], 1, "trace_id"),
        (["settings", "home", "/x"], 1, "TOBIT_HOME"),
        (["settings", "log_level", "loud"], 1, "warning"),
        (["demo", "--scale", "7"], 1, "between 0 and 1"),
        (["sources", "--add", "x"], 1, "--url or --path"),
        (["sources", "--add", "x", "--path", "/nowhere-at-all"], 1, "nowhere-at-all"),
        (["sources", "--add", "x", "--url", "postgresql://nobody@127.0.0.1:9/x"], 1, "127.0.0.1"),
        (["sources", "--add", "x", "--url", "postgresql://u:secret@127.0.0.1/x"], 1, "password"),
        (["sources", "--remove", "nothing"], 1, "nothing"),
        (["help", "sqll"], 1, "sql"),
    ],
)
def test_a_failure_is_short_on_stderr_and_tells_by_its_code(gate: Home, words: list[str], code: int, says: str) -> None:
    done = gate.tobit(*words)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    lines = done.stderr.splitlines()
    assert says in done.stderr and "Traceback" not in done.stderr
    assert len(lines) == 2 or says == "^", done.stderr
    assert "secret" not in done.stderr


def test_help_comes_by_every_usual_way(gate: Home) -> None:
    listed = gate.tobit("help").stdout
    assert gate.tobit().stdout == gate.tobit("--help").stdout == gate.tobit("-h").stdout == listed
    assert "describe" in listed and "Runs a SELECT" in listed
    one = gate.tobit("help", "sql").stdout
    assert gate.tobit("sql", "--help").stdout == one == gate.tobit("sql", "-h").stdout
    assert "--timeout" in one and "(default 30s)" in one
    assert gate.tobit("--version").stdout == f"tobit {__version__}\n"
    assert [row["verb"] for row in gate.data("help")] == sorted(row["verb"] for row in gate.data("help"))


def test_a_reader_that_has_seen_enough_is_no_error(gate: Home) -> None:
    words = ["sql", "--limit", "none", "select i from generate_series(1, 300000) i", "--as", "csv"]
    with gate.started(*words) as written:
        assert written.stdout is not None and written.stderr is not None
        seen = [written.stdout.readline() for _ in range(2)]
        written.stdout.close()
        assert written.stderr.read() == "" and written.wait(30) in (0, 1)
    assert seen[1].strip() == "1"


def test_load_drop_and_sources_by_the_command_line(gate: Home, tmp_path: Path) -> None:
    file = tmp_path / "cli table.csv"
    file.write_text("이름,n\n가,1\n나,2\n", "utf-8")
    made = gate.data("load", str(file), "--table", "cli_table")
    assert (made["table"], made["rows"], made["rejected"]) == ("my.cli_table", 2, 0)
    assert gate.tobit("load", str(file), "--table", "cli_table").returncode == 1
    assert gate.data("load", str(file), "--table", "cli_table", "--append")["rows"] == 2
    assert gate.data("sql", "select count(*) as n from my.cli_table")["rows"] == [[4]]
    assert [item["name"] for item in gate.data("tables", "cli_table")] == ["cli_table"]
    assert gate.data("drop", "cli_table") == {"table": "my.cli_table", "rows": 4}
    added = gate.data("sources", "--add", "lines", "--path", str(tmp_path), "--description", "Lines")
    assert (added["name"], added["type"]) == ("lines", "files")
    assert gate.tobit("sources", "--add", "lines", "--path", str(tmp_path)).returncode == 1
    assert [item["name"] for item in gate.data("sources")] == ["workbench", "graph", "lines"]
    assert gate.data("sql", "--source", "lines", 'select sum(n)::int as n from "cli_table"')["rows"] == [[3]]
    gate.data("sources", "--remove", "lines")
    assert [item["name"] for item in gate.data("sources")] == ["workbench", "graph"]


def test_json_is_one_line_of_utf_8(gate: Home) -> None:
    done = gate.tobit("sql", "select '한글' as \"이름\"", "--as", "json")
    assert done.stdout.count("\n") == 1 and "한글" in done.stdout
    assert json.loads(done.stdout)["columns"] == [{"name": "이름", "type": "text"}]
