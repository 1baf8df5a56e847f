"""The gate over HTTP: who may come in, one shape of answers, traces, logs."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest

from tests.integration.conftest import Home, until
from tobit_kernel.errors import TobitError, Unauthenticated, from_data
from tobit_kernel.server.gateway.errors import translated
from tobit_kernel.wire.envelope import failure
from tobit_kernel.wire.models import SettingInfo

#: Open to everybody who reaches the gate, and not wrapped.
OPEN = {"/health", "/metrics", "/openapi.json"}
#: For those who are not signed in yet, or have nothing but a link.
DOORS = ("/api/v1/sign-in", "/api/v1/shared/")


def kinds_of(kind: type[TobitError]) -> list[type[TobitError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in kinds_of(child))]


def test_nobody_comes_in_without_the_token(gate: Home) -> None:
    described = json.loads(gate.http("GET", "/openapi.json").data)["paths"]
    closed = [path for path in described if path.startswith("/api/") and not path.startswith(DOORS)]
    assert len(closed) > 40
    for path in closed:
        for method in described[path]:
            real = re.sub(r"\{\w+\}", "x", path)
            for given in ("", "Bearer", "Bearer wrong", "Basic eDp4", "Bearer "):
                answer = gate.http(method.upper(), real, {}, authorization=given)
                assert answer.status == 401, (method, path, given)
                assert answer.json()["data"]["error"] == "Unauthenticated"


def test_health_metrics_and_the_description_are_open_and_not_wrapped(gate: Home) -> None:
    for path in OPEN:
        answer = gate.http("GET", path, authorization="")
        assert answer.status == 200 and b'"code"' not in answer.data[:60]
    health = gate.http("GET", "/health").json()
    # the graph is a part once a test before has asked it
    assert health["status"] == "up" and [part["name"] for part in health["parts"]][:2] == ["gateway", "postgresql"]
    assert "tobit_requests_total" in gate.http("GET", "/metrics").data.decode()


def test_success_has_one_shape(gate: Home) -> None:
    answer = gate.http("GET", "/api/v1/me")
    body = answer.json()
    assert sorted(body) == ["code", "data", "message", "time"]
    assert (body["code"], body["message"]) == (0, "OK")
    assert datetime.fromisoformat(body["time"]).utcoffset() is not None
    assert [body["data"][name] for name in ("tenant", "user", "role", "via")] == ["default", "local", "admin", "local"]


@pytest.mark.parametrize("kind", kinds_of(TobitError), ids=lambda kind: kind.__name__)
def test_every_error_has_one_shape_and_comes_back_as_itself(kind: type[TobitError]) -> None:
    error = kind("It failed.", "Do this.", where="there")
    error.trace_id = "0" * 32
    body = json.loads(json.dumps(failure(error)))
    assert sorted(body) == ["code", "data", "message", "time"]
    assert (body["code"], body["message"], body["data"]["error"]) == (kind.status, "It failed.", kind.__name__)
    again = from_data(body["data"])
    assert type(again) is kind
    assert (again.hint, again.details, again.trace_id) == ("Do this.", {"where": "there"}, "0" * 32)
    assert kind("").message, "its docstring is its message"


def test_what_nobody_foresaw_keeps_its_words_to_the_log(gate: Home) -> None:
    told = translated(ValueError("secret"), "/x")
    assert type(told).__name__ == "InternalError" and "secret" not in str(told)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "word"),
    [
        ("POST", "/query", {"statement": "select 1", "limt": 5}, 422, "limt"),
        ("POST", "/query", {"statement": "select 1", "limit": -1}, 422, "limit"),
        ("POST", "/query", {"statement": "select 1", "timeout_s": 0}, 422, "timeout_s"),
        ("POST", "/query", {"statement": "select 1", "source": "No Name"}, 422, "source"),
        ("POST", "/query", {"statement": "select 1", "cells": [{"name": "a b", "statement": ""}]}, 422, "cells.0.name"),
        ("POST", "/query", {}, 422, "statement"),
        ("POST", "/query", "no json", 422, "body"),
        ("POST", "/query", {"statement": "select 1", "source": "nowhere"}, 404, "nowhere"),
        ("POST", "/query", {"statement": "select 1", "limit": None}, 413, "100,000"),
        ("POST", "/query", {"statement": "selec 1"}, 400, "selec"),
        ("POST", "/query", {"statement": "drop table x"}, 403, "SELECT"),
        ("GET", "/nowhere", None, 404, "/api/v1/nowhere"),
        ("DELETE", "/me", None, 405, "Method"),
        ("GET", "/traces/xyz", None, 422, "trace_id"),
        ("GET", "/traces/" + "0" * 32, None, 404, "trace"),
        ("PUT", "/settings/log_level", {"value": "loud"}, 422, "value"),
        ("POST", "/tables?table=x", b"a\n1\n", 422, "name"),
        ("POST", "/tables?name=x.csv&types=7", b"a\n1\n", 422, "types"),
        ("GET", "/audit?limit=0", None, 422, "limit"),
        ("POST", "/demo?scale=2", None, 422, "scale"),
        ("DELETE", "/tables/my.nothing", None, 404, "nothing"),
        ("DELETE", "/sources/nothing", None, 404, "nothing"),
        ("GET", "/sources/workbench/tables/nothing", None, 404, "nothing"),
    ],
)
def test_a_failure_says_which_and_what_next(
    gate: Home, method: str, path: str, body: Any, status: int, word: str
) -> None:
    answer = gate.http(method, f"/api/v1{path}", body)
    told = answer.json()
    assert (answer.status, told["code"]) == (status, status)
    assert word in told["message"], told
    assert told["data"]["trace_id"] == answer.headers["x-trace-id"]
    assert sorted(told["data"]) == ["details", "error", "hint", "message", "trace_id"]
    assert "Traceback" not in answer.data.decode()


def test_a_trace_goes_in_through_and_out(gate: Home) -> None:
    trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    body = {"statement": "select 41 + 1 as answer"}
    answer = gate.http("POST", "/api/v1/query", body, traceparent=f"00-{trace}-{parent}-01")
    assert answer.headers["x-trace-id"] == trace == answer.json()["data"]["trace_id"]
    assert answer.headers["traceparent"].split("-")[1] == trace
    assert answer.headers["traceparent"].split("-")[2] != parent
    spans = {span["name"]: span for span in gate.gate.get(f"/traces/{trace}")["spans"]}
    root = spans["POST /api/v1/query"]
    assert root["parent_id"] == parent
    assert {spans[name]["parent_id"] for name in ("compose", "start", "stream")} == {root["span_id"]}
    assert all(0 <= span["ms"] <= root["ms"] for span in spans.values())
    row = next(row for row in gate.gate.get("/audit", text="41 + 1")["items"])
    assert row["trace_id"] == trace
    with gate.database() as database:
        kept = database.execute("select parent_trace_id from gate.audit where trace_id = %s", (trace,)).fetchall()
    assert kept == [(parent,)]


@pytest.mark.parametrize("given", ["", "00-zz-11-01", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "é" * 10])
def test_a_trace_that_makes_no_sense_is_replaced(gate: Home, given: str) -> None:
    answer = gate.http("GET", "/api/v1/me", traceparent=given.encode("utf-8").decode("latin-1"))
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-trace-id"]) and set(answer.headers["x-trace-id"]) != {"0"}


def log_lines(home: Home) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home.folder / "logs" / "gateway.log").read_text("utf-8").splitlines()]


def test_the_log_is_json_and_its_level_changes_while_running(gate: Home) -> None:
    def requests(path: str) -> int:
        return len([line for line in log_lines(gate) if line.get("path") == path])

    before = requests("/api/v1/status")
    gate.gate.get("/status")
    changed = gate.gate.put("/settings/log_level", {"value": "debug"})
    try:
        assert SettingInfo.model_validate(changed).value == "debug"
        gate.gate.get("/status")
        until(lambda: requests("/api/v1/status") == before + 1, 10)
        assert {item["name"]: item["value"] for item in gate.gate.get("/settings")}["log_level"] == "debug"
    finally:
        gate.gate.put("/settings/log_level", {"value": "info"})
    gate.gate.get("/status")
    assert requests("/api/v1/status") == before + 1
    line = next(line for line in log_lines(gate) if line.get("event") == "request")
    assert {"method", "path", "status", "ms", "trace_id", "timestamp", "level"} <= set(line)
    assert [row["action"] for row in gate.gate.get("/audit", text="log_level")["items"]][:2] == ["setting", "setting"]


def test_settings_never_show_a_secret(own: Home) -> None:
    own.more["TOBIT_SECRET_KEYS"] = "1:" + "QUJD" * 10 + "QUI="
    own.tobit("whoami")
    shown = {item["name"]: item for item in own.gate.get("/settings")}
    assert (shown["secret_keys"]["value"], shown["secret_keys"]["origin"]) == ("set", "environment")
    assert (shown["idle_s"]["value"], shown["idle_s"]["origin"]) == (1800, "default")
    for path in [*(own.folder / "logs").iterdir()]:
        assert "QUJDQUJD" not in path.read_text("utf-8")


def test_the_token_stands_in_no_log_and_no_command_line(gate: Home) -> None:
    token = (gate.folder / "token").read_text()
    assert not [path for path in (gate.folder / "logs").iterdir() if token in path.read_text("utf-8")]
    assert token not in " ".join(gate.processes().values())


def test_a_stranger_s_error_is_known_again() -> None:
    assert type(from_data({"error": "Unauthenticated", "message": "no"})) is Unauthenticated
    assert type(from_data({"error": "New", "message": "no"})) is TobitError
