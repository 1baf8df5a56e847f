"""Sources as records: registered after a test, changed, looked after, and their passwords never shown."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import mariadb
from tests.integration.conftest import Home, until

PASSWORD = "open-sesame-4711"  # noqa: S105


@pytest.fixture(scope="module")
def server(needs: Callable[[object, str], None]) -> Iterator[mariadb.MariaDB]:
    with mariadb.running(needs) as server:
        server.execute(f"set password for plant_reader@localhost = password('{PASSWORD}')")
        yield server


@pytest.fixture(scope="module")
def plant(gate: Home, server: mariadb.MariaDB) -> Iterator[str]:
    """The name of a registered MariaDB with a password."""
    draft = {"name": "plant", "type": "sqlalchemy", "location": server.url(), "password": PASSWORD}
    answer = gate.http("POST", "/api/v1/sources", draft)
    assert answer.status == 200, answer.data
    yield "plant"
    gate.http("DELETE", "/api/v1/sources/plant")


@pytest.fixture
def lite(gate: Home, tmp_path: Path) -> Iterator[Path]:
    """The file of a registered SQLite ``lite``."""
    file = tmp_path / "lite.db"
    with sqlite3.connect(file) as connection:
        connection.execute("create table t as select 1 as a")
    connection.close()
    gate.gate.post("/sources", {"name": "lite", "type": "sqlalchemy", "location": f"sqlite:///{file}"})
    yield file
    gate.http("DELETE", "/api/v1/sources/lite")


def told(gate: Home, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    answer = gate.http(method, f"/api/v1{path}", body)
    assert PASSWORD not in answer.data.decode() and PASSWORD not in str(answer.headers)
    return answer.status, json.loads(answer.data)["data"]


def state(gate: Home, name: str) -> dict[str, Any]:
    [found] = [each for each in gate.gate.get("/sources") if each["name"] == name]
    return dict(found)


def test_a_source_is_listed_with_how_it_is(gate: Home, plant: str) -> None:
    found = state(gate, plant)
    assert (found["state"], found["type"]) == ("up", "sqlalchemy")
    assert found["detail"].startswith("MariaDB") and found["checked_at"]
    assert gate.rows("select count(*) as n from numbers", source=plant) == [(30_000,)]


def test_no_answer_error_trace_log_or_audit_holds_a_password(gate: Home, plant: str, server: mariadb.MariaDB) -> None:
    elsewhere = {"type": "sqlalchemy", "location": "mysql://u@127.0.0.1:9/x", "password": PASSWORD}
    requests: list[tuple[str, str, Any]] = [
        ("POST", "/sources", {"name": "plant", **elsewhere}),
        ("POST", "/sources", {"name": "away", **elsewhere}),
        ("POST", "/sources", {"name": "odd", **elsewhere, "type": "nope"}),
        ("POST", "/sources", {"name": "odd", **elsewhere, "options": {"x": PASSWORD}}),
        ("POST", "/sources", {"name": "odd", **elsewhere, "options": {"connections": PASSWORD}}),
        ("POST", "/sources", {"name": "odd", **elsewhere, "unknown": PASSWORD}),
        ("POST", "/sources", {"name": "odd", **elsewhere, "password": [PASSWORD]}),
        ("POST", "/sources", {"name": "odd", **elsewhere, "location": f"mysql://u:{PASSWORD}@127.0.0.1/x"}),
        ("POST", "/sources", {"name": "odd", **elsewhere, "location": f"redis://:{PASSWORD}@127.0.0.1/0"}),
        ("POST", "/sources", {"name": "odd", **elsewhere, "location": f"mysql://u@h/x?password={PASSWORD}"}),
        ("POST", "/sources/test", {"name": "draft", **elsewhere}),
        ("POST", f"/sources/{plant}/test", None),
        ("PATCH", f"/sources/{plant}", {"password": PASSWORD, "description": "again"}),
        ("PATCH", f"/sources/{plant}", {"location": "mysql://u@127.0.0.1:9/x"}),
        ("PATCH", f"/sources/{plant}", {"location": "mysql://u@127.0.0.1:9/x", "password": PASSWORD}),
        ("PATCH", f"/sources/{plant}", {"options": {"password": PASSWORD}}),
        ("POST", "/query", {"statement": "select nope", "source": plant}),
        ("POST", "/query", {"statement": "select load_file('x')", "source": plant}),
        ("POST", "/query/explain", {"statement": "select * from numbers", "source": plant}),
        ("GET", f"/sources/{plant}/tables", None),
        ("GET", f"/sources/{plant}/tables/numbers", None),
        ("GET", f"/sources/{plant}/tables/numbers/profile", None),
        ("POST", "/sources/rotate-keys", None),
    ]
    for method, path, body in requests:
        status, data = told(gate, method, path, body)
        assert status < 500 or status == 503, (method, path, data)
        if isinstance(data, dict) and data.get("trace_id"):
            told(gate, "GET", f"/traces/{data['trace_id']}")
    schema = json.loads(gate.http("GET", "/openapi.json").data)
    for path, methods in schema["paths"].items():
        if "get" in methods and "{" not in path and "follow" not in path:
            assert PASSWORD not in gate.http("GET", path).data.decode(errors="replace"), path
    for row in gate.gate.get("/audit", limit=200)["items"]:
        assert PASSWORD not in json.dumps(row)
    with gate.database() as connection:
        for (stored,) in connection.execute("select to_jsonb(s)::text from gate.source s").fetchall():
            assert PASSWORD not in stored and PASSWORD.encode().hex() not in stored
        for (stored,) in connection.execute("select to_jsonb(a)::text from gate.audit a").fetchall():
            assert PASSWORD not in stored
    for log in (gate.folder / "logs").rglob("*"):
        assert not log.is_file() or PASSWORD not in log.read_text("utf-8", "replace"), log


def test_a_new_location_needs_the_password_again(gate: Home, plant: str, server: mariadb.MariaDB) -> None:
    status, data = told(gate, "PATCH", f"/sources/{plant}", {"location": server.url("tobit_mysql")})
    assert status == 422 and "password again" in data["message"]
    assert state(gate, plant)["location"] == server.url()


def test_a_wrong_password_is_told_and_nothing_is_changed(gate: Home, plant: str) -> None:
    status, data = told(gate, "PATCH", f"/sources/{plant}", {"password": "wrong"})
    assert status == 503 and "Access denied" in data["message"]
    assert told(gate, "POST", f"/sources/{plant}/test")[1]["state"] == "up"


def test_a_draft_is_tested_without_being_kept(gate: Home, lite: Path) -> None:
    draft = {"name": "draft", "type": "sqlalchemy", "location": f"sqlite:///{lite}"}
    status, data = told(gate, "POST", "/sources/test", draft)
    assert (status, data["state"]) == (200, "up") and data["elapsed_ms"] < 5000
    _, data = told(gate, "POST", "/sources/test", {**draft, "location": "sqlite:////nowhere/x.db"})
    assert data["state"] == "down" and "no file" in data["detail"]
    assert "draft" not in {each["name"] for each in gate.gate.get("/sources")}


def test_an_unknown_option_is_named(gate: Home, lite: Path) -> None:
    status, data = told(gate, "PATCH", "/sources/lite", {"options": {"colour": 1}})
    assert status == 422 and "'colour'" in data["message"] and "connections" in data["hint"]
    status, data = told(gate, "PATCH", "/sources/lite", {"options": {"connections": 0}})
    assert status == 422 and "'connections'" in data["message"]
    assert told(gate, "PATCH", "/sources/lite", {"options": {"connections": 2}})[1]["options"] == {"connections": 2}


def test_built_in_names_are_taken(gate: Home, lite: Path) -> None:
    draft = {"name": "workbench", "type": "sqlalchemy", "location": f"sqlite:///{lite}"}
    assert told(gate, "POST", "/sources", draft)[0] == 403
    assert told(gate, "DELETE", "/sources/workbench")[0] == 403
    assert told(gate, "POST", "/sources/workbench/test")[1]["state"] == "up"
    assert told(gate, "POST", "/sources", {**draft, "name": "lite"})[0] == 409
    assert told(gate, "POST", "/sources/nope/test")[0] == 404


def test_somebody_looks_after_it_from_time_to_time(gate: Home, lite: Path) -> None:
    lite.unlink()
    with gate.database() as connection:
        connection.execute("update gate.source set due_at = now() where name = 'lite'")
    until(lambda: state(gate, "lite")["state"] == "down", 20)
    assert "no file" in state(gate, "lite")["detail"]


def test_keys_are_rotated_and_everything_is_read_with_the_new_one(gate: Home, plant: str) -> None:
    def key() -> int:
        with gate.database() as connection:
            found = connection.execute("select get_byte(secret, 0) from gate.source where name = 'plant'").fetchone()
        return int(found[0]) if found else -1

    before = key()
    rotation = gate.data("sources", "--rotate-keys")
    assert key() == rotation["key"] != before and rotation["changed"]["gate.source.secret"] >= 1
    assert before in rotation["unused"]
    assert told(gate, "POST", f"/sources/{plant}/test")[1]["state"] == "up"
    lines = (gate.folder / "secret.key").read_text().split("\n")
    assert [int(line.split(":")[0]) for line in lines][:2] == [rotation["key"], before]


def test_the_verb_registers_tests_changes_and_removes(gate: Home, tmp_path: Path) -> None:
    file, options = tmp_path / "verb.db", tmp_path / "options.json"
    sqlite3.connect(file).close()
    options.write_text('{"connections": 3}')
    made = gate.data("sources", "--add", "verb", "--url", f"sqlite:///{file}", "--options", str(options))
    assert (made["type"], made["options"], made["state"]) == ("sqlalchemy", {"connections": 3}, "up")
    assert gate.data("sources", "--test", "verb")["state"] == "up"
    assert gate.data("sources", "--set", "verb", "--option", "connections=5")["options"] == {"connections": 5}
    assert gate.data("sources", "--set", "verb", "--description", "line 4")["description"] == "line 4"
    failed = gate.tobit("sources", "--set", "verb")
    assert failed.returncode == 1 and len(failed.stderr.strip().split("\n")) == 2
    assert gate.tobit("sources", "--remove", "verb").returncode == 0
