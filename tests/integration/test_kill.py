"""kill -9 in the middle: everybody is told in words, nothing is half, the next call works."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Home, until
from tobit_kernel.errors import GateUnavailable, SourceUnavailable, StreamTruncated, TobitError

SLOW = "select /* slow */ count(*) from generate_series(1, 100000000000) i"
ROWS = "select /* rows */ i, repeat('x', 100) as t from generate_series(1, 100000000) i"


def postmaster(home: Home) -> int:
    return int((home.folder / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0])


def caught_while(home: Home, statement: str, then: Callable[[], object], **options: Any) -> TobitError:
    """The error of a statement during which ``then()`` happens."""
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            home.ask(statement, timeout_s=120, limit=None, **options)
        except BaseException as error:
            errors.append(error)

    gate = home.gate
    gate.get("/me")
    thread = threading.Thread(target=ask)
    thread.start()
    until(lambda: home.active(statement[:18]), 30)
    time.sleep(0.1)
    then()
    thread.join(60)
    [error] = errors
    assert isinstance(error, TobitError)
    assert error.hint and "\n" not in error.message and "Traceback" not in str(error)
    return error


@pytest.mark.parametrize("statement", [SLOW, ROWS])
def test_kill_9_of_postgres_in_the_middle_of_a_query(own: Home, statement: str) -> None:
    own.tobit("whoami")
    gateway, first = own.pid, postmaster(own)
    error = caught_while(own, statement, lambda: os.kill(first, signal.SIGKILL))
    assert isinstance(error, SourceUnavailable), error
    until(lambda: answers(own), 60)
    assert postmaster(own) != first and own.pid == gateway


def test_health_tells_that_postgres_is_away_and_back(own: Home) -> None:
    file = own.folder / "n.csv"
    file.write_text("a\n1\n")
    own.data("load", str(file), "--table", "kept")
    seen: set[int] = set()
    os.kill(postmaster(own), signal.SIGKILL)

    def healthy_again() -> bool:
        answer = own.http("GET", "/health", authorization="")
        seen.add(answer.status)
        assert (answer.json()["status"] == "up") == (answer.status == 200)
        return answer.status == 200 and 503 in seen

    until(healthy_again, 60)
    assert own.rows("select a from my.kept") == [(1,)], "the reader is bound to the user again"
    assert own.data("status")["parts"][1]["state"] == "up"


def test_queries_while_postgres_is_away_fail_in_words(own: Home) -> None:
    own.tobit("whoami")
    os.kill(postmaster(own), signal.SIGKILL)
    told: list[TobitError] = []

    def works() -> bool:
        try:
            return own.rows("select 1", timeout_s=5) == [(1,)]
        except TobitError as error:
            told.append(error)
            return False

    until(works, 60)
    assert {type(error) for error in told} <= {SourceUnavailable}, told
    assert not [error for error in told if "psycopg" in str(error) or "sqlalche" in str(error)]


@pytest.mark.parametrize("statement", [SLOW, ROWS])
def test_kill_9_of_the_gate_in_the_middle_of_a_query(own: Home, statement: str) -> None:
    own.tobit("whoami")
    error = caught_while(own, statement, lambda: os.kill(own.pid, signal.SIGKILL))
    assert isinstance(error, GateUnavailable | StreamTruncated), error
    until(lambda: not own.processes(), 30)
    assert own.data("sql", "select 1 as a")["rows"] == [[1]]


def test_a_gate_that_is_told_to_stop_ends_in_the_middle_of_a_query(own: Home) -> None:
    own.tobit("whoami")
    error = caught_while(own, SLOW, lambda: own.tobit("stop"))
    assert isinstance(error, TobitError)
    until(lambda: not own.processes(), 30)


def answers(home: Home) -> bool:
    with suppress(TobitError):
        return home.rows("select 1", timeout_s=5) == [(1,)]
    return False


def load(home: Home, file: Path, errors: list[str]) -> None:
    done = home.tobit("load", str(file), "--table", "big", "--replace")
    if done.returncode:
        assert done.returncode == 1 and 1 <= len(done.stderr.splitlines()) <= 12 and "Traceback" not in done.stderr
        errors.append(done.stderr)


@pytest.mark.chance
@pytest.mark.parametrize("victim", ["gate", "postgres"])
def test_kill_9_in_the_middle_of_a_load_is_all_or_nothing(own: Home, victim: str, chaos: int) -> None:
    old, new = own.folder / "old.csv", own.folder / "new.csv"
    old.write_text("a,b\n7,old\n")
    new.write_text("a,b\n" + "".join(f"{n},new\n" for n in range(300_000)))
    failures = 0
    for round_ in range(chaos):
        own.data("load", str(old), "--table", "big", "--replace")
        errors: list[str] = []
        thread = threading.Thread(target=load, args=(own, new, errors))
        thread.start()
        until(lambda: any((own.folder / "spool").glob("*")), 30)
        time.sleep(0.2 + 0.3 * (round_ % 5))
        os.kill(own.pid if victim == "gate" else postmaster(own), signal.SIGKILL)
        thread.join(90)
        failures += len(errors)
        if victim == "gate":
            own.tobit("whoami")
        until(lambda: answers(own), 60)
        rows = own.rows("select count(*), min(b) from my.big")
        assert rows in ([(1, "old")], [(300_000, "new")]), (round_, errors)
        assert (rows == [(1, "old")]) or not errors or "broke off" in errors[0] or "went away" in errors[0]
    left = own.rows("select count(*) from information_schema.tables where table_name like 'loading%'")
    assert left == [(0,)]
    assert not list((own.folder / "spool").glob("*")), "bytes of killed loads are gone"
