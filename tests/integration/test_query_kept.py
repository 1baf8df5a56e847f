"""What is kept of queries: results in the cache, rows in the audit, the own history."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.integration.conftest import Home, until
from tobit_kernel.client import Gate
from tobit_kernel.errors import StreamTruncated, TimedOut, TobitError
from tobit_kernel.server.identity.principal import Principal, Role
from tobit_kernel.server.queries.cache import key
from tobit_kernel.server.sources.source import Prepared
from tobit_kernel.wire.models import QueryRequest
from tobit_kernel.wire.stream import MEDIA_TYPE


def cached(gate: Home, statement: str, **options: Any) -> bool:
    return gate.ask(statement, cache_s=60, **options).tail.cached


def test_the_same_question_is_answered_from_the_cache(gate: Home) -> None:
    statement = "select clock_timestamp() as at, i from generate_series(1, 30000) i"
    first, second = (gate.ask(statement, limit=25_000, cache_s=60) for _ in range(2))
    assert (first.tail.cached, second.tail.cached) == (False, True)
    assert first.table.equals(second.table) and first.types == second.types
    assert second.tail.truncated and second.tail.row_count == 25_000
    assert not gate.ask(statement, limit=25_000).tail.cached
    as_json = (
        gate.gate.post("/query", {"statement": "select 1 as a", "cache_s": 60}),
        gate.gate.post("/query", {"statement": "select 1 as a", "cache_s": 60}),
    )
    assert [answer["cached"] for answer in as_json] == [False, True] and as_json[0]["rows"] == as_json[1]["rows"]


def test_another_question_is_not(gate: Home) -> None:
    statement = "select :n::text as cache_me"
    assert not cached(gate, statement, parameters={"n": "1"})
    assert cached(gate, statement, parameters={"n": "1"})
    assert not cached(gate, statement, parameters={"n": "2"})
    assert not cached(gate, statement, parameters={"n": None})
    assert not cached(gate, statement, parameters={"n": ["1"]})
    assert not cached(gate, statement, parameters={"n": "1"}, limit=5)
    assert not cached(gate, statement, parameters={"n": "1"}, limit=None)


def test_a_named_cell_is_part_of_the_question(gate: Home) -> None:
    def asked(number: int) -> bool:
        return cached(gate, "select v from part", cells=[{"name": "part", "statement": f"select {number} as v"}])

    assert [asked(1), asked(1), asked(2)] == [False, True, False]


def test_results_are_never_shared_by_people_who_may_see_different_rows() -> None:
    prepared = Prepared("select 1", [1, "a"], 10)
    people = [Principal("a", "u", Role.ADMIN), Principal("b", "u", Role.ADMIN), Principal("a", "v", Role.ADMIN),
              Principal("a", "u", Role.VIEWER)]  # fmt: skip
    keys = {key(person, "workbench", prepared) for person in people}
    keys |= {key(people[0], "other", prepared), key(people[0], "workbench", Prepared("select 1", ["1", "a"], 10))}
    keys |= {key(people[0], "workbench", Prepared("select 1", [1, "a"], None))}
    assert len(keys) == 7
    assert key(people[0], "workbench", prepared) == key(Principal("a", "u", Role.ADMIN), "workbench", prepared)


def test_a_cached_result_goes_when_data_is_loaded_or_dropped(gate: Home, tmp_path: Path) -> None:
    file = tmp_path / "cached.csv"
    file.write_text("a\n1\n")
    gate.data("load", str(file), "--replace")
    assert [cached(gate, "select a from my.cached") for _ in range(2)] == [False, True]
    file.write_text("a\n2\n")
    gate.data("load", str(file), "--replace")
    assert gate.ask("select a from my.cached", cache_s=60).table["a"].to_pylist() == [2]
    gate.data("drop", "cached")
    with pytest.raises(TobitError):
        cached(gate, "select a from my.cached")


def test_a_cached_result_ends_with_its_time_and_errors_are_not_kept(gate: Home) -> None:
    statement = "select 'short' as life"
    gate.ask(statement, cache_s=0.3)
    until(lambda: not gate.ask(statement, cache_s=0.3).tail.cached, 5)
    for _ in range(2):
        with pytest.raises(TobitError):
            cached(gate, "select 1 / (i - 30000) from generate_series(1, 40000) i", limit=None)


def audit(gate: Home, text: str) -> list[dict[str, Any]]:
    return list(gate.gate.get("/audit", text=text)["items"])


def test_every_outcome_leaves_a_row(gate: Home) -> None:
    def outcome(mark: str, statement: str, **options: Any) -> dict[str, Any]:
        with_mark = f"{statement} /* {mark} */"
        try:
            trace = gate.ask(with_mark, **options).tail.trace_id
        except TobitError as error:
            trace = error.trace_id or ""
        [row] = [row for row in audit(gate, mark) if row["trace_id"] == trace]
        assert (row["actor"], row["action"], row["source"], row["statement"]) == (
            "local",
            "query",
            "workbench",
            with_mark,
        )
        assert row["ms"] > 0 and len(row["trace_id"]) == 32
        return row

    ok = outcome("ok-1", "select * from ops.ci c, (select 1) x", limit=3)
    assert (ok["outcome"], ok["tables"], ok["error"], ok["cached"]) == ("ok", ["ops.ci"], None, False)
    rows = outcome("ok-2", "select i from generate_series(1, 7) i")
    assert (rows["outcome"], rows["rows"], rows["tables"]) == ("ok", 7, [])
    wrong = outcome("wrong-1", "select nope from ops.ci")
    assert wrong["outcome"] == "StatementError" and "nope" in wrong["error"] and wrong["tables"] == ["ops.ci"]
    assert outcome("unread-1", "select from from")["outcome"] == "StatementError"
    half = outcome("half-1", "select 1 / (i - 300000) from generate_series(1, 400000) i", limit=None)
    assert half["outcome"] == "StatementError" and "zero" in half["error"] and half["rows"] > 0
    assert outcome("refused-1", "delete from ops.ci")["outcome"] == "Refused"
    assert outcome("refused-2", "select pg_sleep(1)")["outcome"] == "Refused"
    assert (
        outcome("slow-1", "select count(*) from generate_series(1, 1000000000)", timeout_s=0.2)["outcome"] == "TimedOut"
    )
    assert outcome("missing-1", "select :x")["outcome"] == "ParameterMissing"
    assert outcome("cache-1", "select 1", cache_s=60)["cached"] is False
    again = outcome("cache-1", "select 1", cache_s=60)
    assert (again["cached"], again["outcome"], again["rows"]) == (True, "ok", 1)


def test_a_caller_who_leaves_is_audited_as_cancelled(gate: Home) -> None:
    body = QueryRequest(statement="select /* left-1 */ count(*) from generate_series(1, 1000000000)", timeout_s=60)
    gone = client_that_leaves(gate, body)
    gone()
    until(lambda: [row["outcome"] for row in audit(gate, "left-1")] == ["Cancelled"], 10)


def client_that_leaves(gate: Home, body: QueryRequest) -> Callable[[], None]:
    import socket

    line = socket.socket(socket.AF_UNIX)
    line.connect(gate.facts["url"].removeprefix("unix://"))
    content = body.model_dump_json().encode()
    token = (gate.folder / "token").read_text()
    line.sendall(
        b"POST /api/v1/query HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        + f"authorization: Bearer {token}\r\ncontent-length: {len(content)}\r\n\r\n".encode()
        + content
    )
    until(lambda: gate.active("left-1") == 1, 10)
    return line.close


def test_loads_drops_sources_and_settings_are_audited(gate: Home, tmp_path: Path) -> None:
    file = tmp_path / "audited.csv"
    file.write_text("a\n1\n2\n")
    gate.data("load", str(file))
    file.write_text("a\nmany\n")
    assert gate.tobit("load", str(file), "--replace", "--types", "a=integer").returncode == 1
    gate.data("drop", "audited")
    rows = [(row["action"], row["outcome"], row["rows"]) for row in audit(gate, "audited")]
    assert ("load", "ok", 2) in rows and ("drop", "ok", 2) in rows
    assert [outcome for action, outcome, _ in rows if action == "load" and outcome != "ok"]


def test_history_holds_only_own_queries_newest_first(gate: Home) -> None:
    with gate.database() as database:
        database.execute("insert into gate.audit (tenant_id, actor, actor_type, action, statement, outcome, source)"
                         " values ('default', 'somebody', 'user', 'query', 'select history_mark', 'ok', 'workbench'),"
                         " ('other', 'local', 'user', 'query', 'select history_mark', 'ok', 'workbench')")  # fmt: skip
    for number in range(3):
        gate.ask(f"select {number} as history_mark")
    page = gate.gate.get("/queries", text="history_mark", limit=2)
    assert (page["total"], [item["statement"] for item in page["items"]]) == (
        3, ["select 2 as history_mark", "select 1 as history_mark"])  # fmt: skip
    assert len(gate.gate.get("/queries", text="history_mark", limit=2, offset=2)["items"]) == 1
    assert gate.gate.get("/queries", text="history_mark", offset=10) == {"items": [], "total": 3}
    assert gate.gate.get("/queries", text="history%mark")["total"] == 0
    everybody = gate.gate.get("/audit", text="history_mark")
    assert everybody["total"] == 4, "the tenant's, not the other's"


@contextmanager
def answering() -> Iterator[tuple[Gate, list[bytes]]]:
    """A server that answers whatever stands first in the list, politely, as if it were complete."""
    answers = [b""]

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - its name is the server's
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", str(len(answers[0])))
            self.end_headers()
            self.wfile.write(answers[0])

        def log_message(self, *_: Any) -> None:
            """Nothing: the test says what it sees."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Gate(f"http://127.0.0.1:{server.server_port}", "x"), answers
        finally:
            server.shutdown()
            thread.join()


#: What Arrow writes behind the last batch, our end marker.
AFTER_THE_MARKER = 8


@pytest.mark.chance
@pytest.mark.parametrize("rows", [0, 1, 45_000])
def test_a_truncated_stream_is_an_error_wherever_it_was_cut(gate: Home, rows: int, chaos: int) -> None:
    request = QueryRequest(statement=f"select i, 'text ' || i as t from generate_series(1, {rows}) i", limit=None)
    whole = gate.http("POST", "/api/v1/query", request.model_dump_json(), accept=MEDIA_TYPE).data
    end = len(whole) - AFTER_THE_MARKER
    cuts = {0, 1, 8, 100, end - 1, end - 2, end - 64, *range(0, end, max(end // (50 * chaos), 1))}
    with answering() as (gate_of_cuts, answers):
        for keep in sorted(cuts):
            answers[0] = whole[:keep]
            with pytest.raises(StreamTruncated):
                gate_of_cuts.query(request)
        answers[0] = whole
        assert len(gate_of_cuts.query(request)) == rows


def test_a_batch_that_is_missing_shows_by_the_count(gate: Home) -> None:
    request = QueryRequest(statement="select i from generate_series(1, 45000) i", limit=None)
    whole = gate.http("POST", "/api/v1/query", request.model_dump_json(), accept=MEDIA_TYPE).data
    reader = pa.ipc.open_stream(whole)
    batches = list(reader)
    tail = whole[-2000:][whole[-2000:].index(b"\xff\xff\xff\xff") :]
    start = reader.schema.serialize().to_pybytes()
    with answering() as (gate_of_cuts, answers):
        answers[0] = start + b"".join(batch.serialize().to_pybytes() for batch in batches[1:-1]) + tail
        with pytest.raises(StreamTruncated):
            gate_of_cuts.query(request)


def test_a_timeout_while_rows_stream_is_told(gate: Home) -> None:
    with pytest.raises(TimedOut):
        gate.ask("select i, repeat('x', 200) from generate_series(1, 100000000) i", limit=None, timeout_s=0.5)
