"""Attacks over HTTP: without the token, with bodies and addresses that nobody should send."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.integration.conftest import Home
from tobit_kernel.server.gateway.door import BODY_LIMIT_BYTES

LARGE = b'{"statement": "' + b"x" * BODY_LIMIT_BYTES + b'"}'


def resident_mib(gate: Home) -> int:
    status = Path(f"/proc/{gate.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) >> 10


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.data)["data"]["error"]


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "Basic eDp4"])
def test_a_stranger_is_turned_away_before_the_body_is_read(gate: Home, token: str) -> None:
    before = resident_mib(gate)
    answer = gate.http("POST", "/api/v1/query", b"[" + b"[]," * 5_000_000 + b"[]]", authorization=token)
    assert error_of(answer) == (401, "Unauthenticated")
    assert resident_mib(gate) - before < 200


def test_a_large_body_is_refused(gate: Home) -> None:
    assert error_of(gate.http("POST", "/api/v1/query", LARGE)) == (413, "LimitReached")


def test_a_large_body_without_a_length_is_refused(gate: Home) -> None:
    pieces = (LARGE[at : at + (1 << 20)] for at in range(0, len(LARGE), 1 << 20))
    answer = gate.gate._pool.request(
        "POST", "/api/v1/query", body=pieces, retries=False,
        headers={**gate.gate._headers, "content-type": "application/json"},
    )  # fmt: skip
    assert error_of(answer) == (413, "LimitReached")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/audit?text=%00"),
        ("GET", "/queries?text=a%00b"),
        ("GET", "/sources?pattern=%00"),
        ("GET", "/sources/workbench/tables/a%00b"),
        ("DELETE", "/tables/%00"),
        ("POST", "/tables?name=%00.csv"),
        ("POST", "/tables?name=a.xlsx&sheet=%00"),
        ("GET", f"/audit?offset={2**63}"),
        ("GET", f"/queries?offset={10**30}"),
    ],
)
def test_addresses_without_sense_are_refused_in_words(gate: Home, method: str, path: str) -> None:
    answer = gate.http(method, f"/api/v1{path}", b"a\n1\n" if method == "POST" else None)
    assert error_of(answer) == (422, "InputError")


@pytest.mark.parametrize(
    "value",
    [
        '"\\ud800"', '"a\\u0000b"', "[" * 900 + "]" * 900, '["\\udfff"]', '{"type": "duration", "value": "1e300"}',
        '{"type": {}, "value": 1}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["query", "query/explain"])
def test_values_that_are_none_are_refused_in_words(gate: Home, path: str, value: str) -> None:
    body = f'{{"statement": "select :a", "parameters": {{"a": {value}}}}}'
    assert error_of(gate.http("POST", f"/api/v1/{path}", body)) == (422, "InputError")


@pytest.mark.parametrize(
    "statement",
    ["select " + "(" * 3000 + "1" + ")" * 3000, "select " + "not " * 5000 + "true", "select " + "- " * 3000 + "1"],
)
@pytest.mark.parametrize("path", ["query", "query/explain", "query/format"])
def test_deep_statements_are_refused_in_words(gate: Home, path: str, statement: str) -> None:
    status, error = error_of(gate.http("POST", f"/api/v1/{path}", {"statement": statement}))
    assert status < 500 and error in ("StatementError", "LimitReached")


def test_a_json_answer_has_a_limit(gate: Home) -> None:
    body = {"statement": "select repeat('x', 1000000) from generate_series(1, 1000)"}
    assert error_of(gate.http("POST", "/api/v1/query", body)) == (413, "LimitReached")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'infinity'::date", None),
        ("'-infinity'::date", None),
        ("'infinity'::timestamp", None),
        ("'-infinity'::timestamptz", None),
        ("'-infinity'::timestamptz::text", "-infinity"),
        ("array['infinity'::date, '2024-01-02']", [None, "2024-01-02"]),
        ("date '2024-01-02'", "2024-01-02"),
    ],
)
def test_times_without_an_end_are_null_and_words_as_text(gate: Home, expression: str, value: Any) -> None:
    answer = gate.http("POST", "/api/v1/query", {"statement": f"select {expression} as x"})
    assert json.loads(answer.data)["data"]["rows"] == [[value]]


@pytest.mark.parametrize("expression", ["date '0044-03-15 BC'", "date '99999-01-01'", "timestamp '0044-03-15 BC'"])
def test_times_before_and_after_our_calendar_do_not_fail(gate: Home, expression: str) -> None:
    assert gate.http("POST", "/api/v1/query", {"statement": f"select {expression} as x"}).status == 200


def test_an_address_without_sense_does_not_stop_the_traces(gate: Home) -> None:
    gate.http("GET", "/api/v1/a%00b", authorization="Bearer wrong")
    answer = gate.http("POST", "/api/v1/query", {"statement": "select 1"})
    trace_id = json.loads(answer.data)["data"]["trace_id"]
    assert gate.http("GET", f"/api/v1/traces/{trace_id}").status == 200


def test_nobody_is_sent_to_another_host(gate: Home) -> None:
    answer = gate.http("GET", "/api/v1/me/", host="evil.example")
    assert error_of(answer) == (404, "NotFound") and "location" not in answer.headers


@pytest.mark.parametrize(
    ("name", "body", "query"),
    [
        ("wide.csv", ",".join(f"c{n}" for n in range(10_000)).encode() + b"\n" + b"1," * 9_999 + b"1\n", ""),
        ("commas.csv", b"," * 2_000_000, ""),
        ("wide.json", b"[{" + b",".join(b'"k%d":1' % n for n in range(5_000)) + b"}]", ""),
        ("deep.json", b"[" * 200_000, ""),
        ("deep.json", b'[{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}]", ""),
        ("deep.jsonl", b'{"a":' * 100_000, ""),
        ("text.csv", b"a,b\n1,x\n", "&encoding=utf_16"),
        ("text.csv", b"a,b\n1,x\n", "&encoding=zip"),
        ("text.csv", b"a,b\n1,x\n", "&types=%5B%5D"),
    ],
)
def test_files_that_cannot_become_tables_are_refused_soon(gate: Home, name: str, body: bytes, query: str) -> None:
    before = resident_mib(gate)
    answer = gate.http("POST", f"/api/v1/tables?name={name}&table=attack{query}", body)
    assert error_of(answer) == (422, "InputError")
    assert resident_mib(gate) - before < 500


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_an_arrow_file_that_points_outside_of_itself_does_not_end_the_gate(gate: Home, kind: str) -> None:
    table = pa.table({"a": ["abc", "defgh"]})
    sink = io.BytesIO()
    with (pa.ipc.new_file if kind == "file" else pa.ipc.new_stream)(sink, table.schema) as writer:
        writer.write_table(table)
    where_texts_begin, beyond = struct.pack("<3i", 0, 3, 8), struct.pack("<3i", 0, 1 << 30, (1 << 31) - 1)
    assert sink.getvalue().count(where_texts_begin) == 1
    body = sink.getvalue().replace(where_texts_begin, beyond)
    pid = gate.pid
    answer = gate.http("POST", "/api/v1/tables?name=a.arrow&table=attack", body)
    assert error_of(answer) == (422, "InputError")
    assert gate.http("GET", "/health").status == 200 and gate.pid == pid
