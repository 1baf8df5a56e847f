"""A real Prometheus, asked in SQL."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import urllib3

from tests.conftest import short_folder
from tests.integration.conftest import until
from tobit_kernel.errors import (
    Cancelled,
    InputError,
    LimitReached,
    NotFound,
    Refused,
    SourceUnavailable,
    StatementError,
    TimedOut,
)
from tobit_kernel.server.identity.principal import LOCAL
from tobit_kernel.server.sources.fetched.web import Session, Web
from tobit_kernel.server.sources.prometheus import Prometheus, samples
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record
from tobit_kernel.server.sources.timing import Deadline

METRICS = """\
# HELP oven_celsius How warm an oven is.
# TYPE oven_celsius gauge
oven_celsius{line="L1",Line="twice",value="own"} 180.5
oven_celsius{line="라인 2"} NaN
# TYPE parts_total counter
parts_total{line="L1"} 42
"""


class Exporter(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(METRICS.encode())

    def log_message(self, *_: Any) -> None: ...


def free_port() -> int:
    with socket.socket() as channel:
        channel.bind(("127.0.0.1", 0))
        return int(channel.getsockname()[1])


@pytest.fixture(scope="module")
def address(needs: Callable[[object, str], None]) -> Iterator[str]:
    """A Prometheus that has scraped an exporter at least twice."""
    found = shutil.which("prometheus")
    needs(found, "there is no prometheus (apt-get install prometheus)")
    exporter = ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
    threading.Thread(target=exporter.serve_forever, daemon=True).start()
    folder, port = short_folder(), free_port()
    (folder / "prometheus.yml").write_text(
        "global: {scrape_interval: 250ms, scrape_timeout: 200ms}\n"
        "scrape_configs: [{job_name: lab, static_configs: [{targets: ['"
        f"127.0.0.1:{exporter.server_port}']}}]}}]\n"
    )
    command = [
        found or "",
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        "--storage.tsdb.retention.time=1h",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        base = f"http://127.0.0.1:{port}"
        try:
            until(lambda: _samples(base) >= 3)
            yield base
        finally:
            process.kill()
    exporter.shutdown()
    exporter.server_close()
    shutil.rmtree(folder, ignore_errors=True)


def _samples(base: str) -> float:
    try:
        query = {"query": "count_over_time(parts_total[1m])"}
        answer = urllib3.request("GET", f"{base}/api/v1/query", fields=query, retries=False, timeout=2.0)
        found = answer.json()["data"]["result"]
        return float(found[0]["value"][1]) if found else 0
    except (urllib3.exceptions.HTTPError, KeyError, ValueError):
        return 0


@pytest.fixture(scope="module")
def source(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    made = Prometheus.of(Record("default", "lab", "prometheus", address, tmp_path_factory.mktemp("home")))
    yield made
    made.close()


def ask(source: Prometheus, statement: str, *values: Any, limit: int | None = None, timeout_s: float = 20) -> pa.Table:
    run = source.start(LOCAL, Prepared(statement, list(values), limit, timeout_s), Cancellation())
    try:
        return pa.Table.from_batches(run.batches(), run.schema)
    finally:
        run.close()


def test_it_says_which_version_answers(source: Prometheus) -> None:
    assert source.check().startswith("Prometheus 2.") or source.check().startswith("Prometheus 3.")


def test_a_metric_is_a_table_with_a_column_per_label(source: Prometheus) -> None:
    rows = ask(source, "select * from parts_total").to_pylist()
    assert [{name: row[name] for name in ("value", "line", "job")} for row in rows] == [
        {"value": 42.0, "line": "L1", "job": "lab"}
    ]
    assert abs(rows[0]["time"].timestamp() - time.time()) < 30
    assert "__name__" not in rows[0]


def test_labels_that_clash_get_other_names(source: Prometheus) -> None:
    rows = ask(source, "select line, label_line, label_value from main.OVEN_CELSIUS order by line").to_pylist()
    assert [tuple(row.values()) for row in rows] == [("L1", "twice", "own"), ("라인 2", None, None)]


def test_promql_of_a_range_has_a_row_per_point(source: Prometheus) -> None:
    table = ask(source, "select line, count(*) as n from promql('parts_total', '-2s', 'now', '100ms') p group by line")
    assert 3 <= table["n"].to_pylist()[0] <= 21
    assert table["line"].to_pylist() == ["L1"]


def test_promql_of_a_moment_and_of_a_number(source: Prometheus) -> None:
    assert ask(source, "select value from promql('sum(parts_total) / 2')")["value"].to_pylist() == [21.0]
    assert ask(source, "select value from promql('1 + 1')")["value"].to_pylist() == [2.0]
    assert ask(source, "select name, promql.value from promql('{job=\"lab\",line=\"L1\"}') where name = 'parts_total'")[
        "value"
    ].to_pylist() == [42.0]


def test_parameters_are_bound_also_within_promql(source: Prometheus) -> None:
    statement = "select value + $3 as v from promql($1, $2) where line = $4 and value > $3"
    assert ask(source, statement, "parts_total", "-0s", 1, "L1")["v"].to_pylist() == [43.0]
    assert ask(source, "select $2::int as a from promql($1, start => '-3s', step => $3) limit 1", "parts_total", 5, 1)[
        "a"
    ].to_pylist() == [5]


def test_two_calls_and_a_table_meet_in_a_join(source: Prometheus) -> None:
    statement = (
        "with up as (select * from up) select p.value as p, promql_2.value as q, up.value as u"
        " from promql('parts_total') p"
        " join promql('parts_total * 2') using (line) join up on true"
    )
    assert ask(source, statement).to_pylist() == [{"p": 42.0, "q": 84.0, "u": 1.0}]


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("select '한글' from promql('sum(up', '-1h')", "', '-1h')"),
        ("select * from promql('up{a=\"''\"} +* 2')", "* 2"),
        ("select nope from promql('up')", "nope"),
        ("select nope, $1 from promql('up')", "nope"),
    ],
)
def test_an_error_has_its_place_within_the_literal(source: Prometheus, statement: str, at: str) -> None:
    with pytest.raises(StatementError) as caught:
        ask(source, statement, *([1] if "$1" in statement else []))
    assert statement[caught.value.details["position"] :].startswith(at), caught.value


@pytest.mark.parametrize(
    "call",
    [
        "promql()",
        "promql(1)",
        "promql('up', 'yesterday')",
        "promql('up', '-1h', '-2h')",
        "promql('up', '-365d', 'now', '1s')",
        "promql('up', '-1h', 'now', 0)",
        "promql('up', nope => 1)",
        "promql('up' || 'x')",
        "promql((select 'up'))",
        "promql('rate(up)')",
        "promql('up', '-1h', 'now', '1m', 5)",
    ],
)
def test_arguments_that_make_no_sense_are_told(source: Prometheus, call: str) -> None:
    with pytest.raises(StatementError):
        ask(source, f"select * from {call}")


@pytest.mark.parametrize(
    "statement",
    [
        "drop view up",
        "select * from read_csv('/etc/passwd')",
        "select * from 'http://127.0.0.1:1/a.csv'",
        "copy (select * from up) to '/tmp/tobit-out.csv'",
        "select * from up; select 1",
        "select * from promql('up') where (select count(*) from read_text('/etc/passwd')) > 0",
        "set enable_external_access = true",
        "attach '/tmp/tobit-x.db'",
    ],
)
def test_nothing_else_can_be_reached(source: Prometheus, statement: str) -> None:
    with pytest.raises((Refused, StatementError)):
        ask(source, statement)


def test_the_catalog_knows_types_help_and_labels(source: Prometheus) -> None:
    tables = {table.name: table.comment for table in source.tables(LOCAL, "oven*")}
    assert tables == {"oven_celsius": "gauge: How warm an oven is."}
    columns = [column.name for column in source.table(LOCAL, "main.parts_total").columns]
    assert columns == ["time", "value", "instance", "job", "line"]
    with pytest.raises(NotFound) as caught:
        source.table(LOCAL, "part_total")
    assert "parts_total" in caught.value.hint


def test_a_plan_names_the_requests(source: Prometheus) -> None:
    plan = source.explain(LOCAL, Prepared("select * from promql('up', '-1h', 'now', $1) where value > $2", [60, 1]))
    assert plan.startswith("query_range up from ") and "every 60 s" in plan
    source.parse(LOCAL, "select line from parts_total where line = $1")
    with pytest.raises(StatementError):
        source.parse(LOCAL, "select nope from parts_total")


def test_too_many_samples_or_bytes_are_refused(source: Prometheus, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched, pytest.raises(LimitReached, match="samples"):
        patched.setattr(samples, "SAMPLES", 3)
        ask(source, "select * from promql('vector(1)', '-9s', 'now', 1)")
    monkeypatch.setattr("tobit_kernel.server.sources.fetched.web.Web.session", small)
    with pytest.raises(LimitReached, match="MiB"):
        ask(source, "select * from promql('vector(1)', '-9s', 'now', 1)")


def small(web: Web, deadline: Deadline) -> Session:
    """A session that takes hardly anything."""
    return Session(web, deadline, 100)


def test_it_ends_at_its_time_limit_and_when_cancelled(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"http://127.0.0.1:{silent.getsockname()[1]}"
        source = Prometheus.of(Record("default", "x", "prometheus", place, tmp_path))
        with pytest.raises(TimedOut):
            ask(source, "select * from up", timeout_s=0.3)
        cancellation = Cancellation()
        threading.Timer(0.3, cancellation.cancel).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            source.start(LOCAL, Prepared("select * from up"), cancellation)
        assert time.monotonic() - began < 2


def test_places_that_are_no_prometheus(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable):
        Prometheus.of(Record("default", "x", "prometheus", f"http://127.0.0.1:{free_port()}", tmp_path)).check()
    for address in ("ftp://x", "http://u:secret@x", "prometheus", "http://x/?token=secret", "http://x:99999"):
        with pytest.raises(InputError) as caught:
            Prometheus.of(Record("default", "x", "prometheus", address, tmp_path))
        assert "secret" not in str(caught.value)
