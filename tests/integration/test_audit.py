"""The audit of a running gate: proof on the command line, files, kill -9."""

from __future__ import annotations

import csv
import io
import os
import signal
import threading
import time
from contextlib import suppress

import pytest

from tests.integration.conftest import Home, until
from tobit_kernel.errors import TobitError


def test_the_command_line_proves_or_names_what_was_changed(own: Home) -> None:
    own.data("whoami")
    own.ask("select 'first' as a")
    own.ask("select 'second' as a")
    done = own.tobit("audit", "--verify")
    assert done.returncode == 0 and done.stdout.startswith("The audit is as it was written: 2 rows under "), done.stderr
    with own.database() as database:
        database.execute("update gate.audit set statement = 'select 1' where statement like '%first%'")
    done = own.tobit("audit", "--verify")
    assert done.returncode == 1 and done.stdout == ""
    what, then = done.stderr.splitlines()
    assert what.startswith("Row 1 of 20") and "was edited" in what and then.startswith("→ Keep the database")
    found = own.gate.get("/audit/verify")
    assert (found["intact"], found["findings"][0]["first_id"]) == (False, 1)
    told = own.gate.get("/audit", action="audit.verify")["items"]
    assert [row["outcome"] for row in told] == ["AuditBroken", "AuditBroken", "ok"]
    assert own.tobit("stop").returncode == 0
    until(lambda: not own.processes(), 30)
    anchored = (own.folder / "audit.anchor").read_text().splitlines()
    own.data("whoami")
    assert own.gate.get("/audit/verify")["anchored"] >= len(anchored), "the gate sealed all at its end"
    assert (own.folder / "audit.keys").stat().st_mode & 0o777 == 0o600


def test_the_command_line_filters(gate: Home) -> None:
    gate.data("sql", "select 'filter_mark' as a")
    words = [
        "audit",
        "filter_mark",
        "--actor",
        "local",
        "--action",
        "query",
        "--outcome",
        "ok",
        "--source",
        "workbench",
    ]
    found = gate.data(*words, "--since", "10m", "--until", "2999-01-01", "--tenant", "*", "--limit", "1")
    assert found["total"] == 1 and found["items"][0]["statement"] == "select 'filter_mark' as a"
    assert gate.data(*words, "--until", "2000-01-01")["total"] == 0
    done = gate.tobit("audit", "--since", "yesterday")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 2


def test_a_file_has_all_rows_and_leaves_a_row(gate: Home) -> None:
    gate.ask("select '=1+1' as csv_mark")
    answer = gate.http("GET", "/api/v1/audit?text=csv_mark", accept="text/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode())))
    assert [row["statement"] for row in rows] == ["", "select '=1+1' as csv_mark"], "the export itself is the newest"
    [export] = gate.gate.get("/audit", action="audit.export", text="csv_mark")["items"]
    assert export["reason"] == "tenant=default, text=csv_mark"


def test_how_long_the_audit_is_kept_can_be_set(gate: Home) -> None:
    assert gate.data("settings", "audit_keep_days", "400")["value"] == 400
    [shown] = gate.data("settings", "audit_keep_days")
    assert (shown["value"], shown["origin"]) == (400, "published")
    [row] = gate.data("audit", "--resource", "audit_keep_days", "--limit", "1")["items"]
    assert (row["before"], row["after"]) == (1095, 400)
    assert gate.tobit("settings", "audit_keep_days", "30").returncode == 1
    gate.data("settings", "audit_keep_days", "1095")


def killed_while_writing(home: Home, after_s: float) -> list[str]:
    """The traces of queries that were answered before the gate was killed."""
    answered: list[str] = []
    gate, go_on = home.gate, threading.Event()
    go_on.set()

    def ask() -> None:
        while go_on.is_set():
            with suppress(TobitError):
                answered.append(home.ask("select 1 as a").tail.trace_id)

    home.ask("select 1")
    gate.close()
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(after_s)
    os.kill(home.pid, signal.SIGKILL)
    go_on.clear()
    for thread in threads:
        thread.join(60)
    until(lambda: not home.processes(), 30)
    return answered


def check_after_kill(home: Home, after_s: float) -> None:
    home.data("whoami")
    answered = killed_while_writing(home, after_s)
    assert answered
    home.data("whoami")
    found = home.gate.get("/audit/verify")
    assert found["intact"] and found["unsealed"] == 0, found
    with home.database() as database:
        written = {trace for (trace,) in database.execute("select trace_id from gate.audit where action = 'query'")}
    assert set(answered) <= written, "every answer has its row"


def test_kill_9_of_the_gate_leaves_an_audit_that_holds(own: Home) -> None:
    check_after_kill(own, 1.0)


@pytest.mark.chaos
def test_kill_9_again_and_again_leaves_an_audit_that_holds(own: Home) -> None:
    for round_ in range(12):
        check_after_kill(own, 0.3 + 0.45 * round_)
