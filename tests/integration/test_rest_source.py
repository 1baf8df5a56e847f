"""JSON over HTTP: endpoints, pages, logins, and servers that mean no good."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa
import pytest

from tobit_kernel.errors import (
    Cancelled,
    InputError,
    LimitReached,
    NotFound,
    Refused,
    SourceUnavailable,
    StatementError,
    TimedOut,
    TobitError,
)
from tobit_kernel.server.identity.principal import LOCAL
from tobit_kernel.server.sources.fetched import places
from tobit_kernel.server.sources.rest import Rest
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record

ISSUES = [
    {"id": n, "state": "open" if n % 2 else "closed", "user": {"name": f"u{n}"}, "labels": ["a", n], "at": 1.5 * n}
    for n in range(1, 26)
]


class Server(BaseHTTPRequestHandler):
    """Issues in every style of pages, and answers that a server should not give."""

    seen: list[tuple[str, dict[str, str]]] = []

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        name = url.path.strip("/").split("/")[1]
        getattr(self, f"_{name}")(url.path, query)

    def _issues(self, path: str, query: dict[str, str]) -> None:
        rows = [row for row in ISSUES if query.get("state", row["state"]) == row["state"]]
        size = int(query.get("per_page", 10))
        start = int(query.get("offset", (int(query.get("page", 1)) - 1) * size))
        start = int(query.get("cursor", start))
        part, more = rows[start : start + size], start + size < len(rows)
        headers = {}
        if more and "link" in query:
            headers["Link"] = f'</api/issues?link=1&offset={start + size}>; rel="next", </api/x>; rel="last"'
        cursor = start + size if more else None
        self._send({"data": {"items": part}, "meta": {"next": cursor}}, headers)

    def _one(self, path: str, query: dict[str, str]) -> None:
        self._send({"asked": unquote(path.split("/")[-1]), **query})

    def _wrong(self, path: str, query: dict[str, str]) -> None:
        self._send({"token": "body-secret"}, status=int(query["status"]))

    def _moved(self, path: str, query: dict[str, str]) -> None:
        self._send({}, {"Location": "http://127.0.0.2:1/?token=x"}, status=302)

    def _away(self, path: str, query: dict[str, str]) -> None:
        self._send([{"a": 1}], {"Link": f'<{query["to"]}>; rel="next"'})

    def _endless(self, path: str, query: dict[str, str]) -> None:
        self._send([{"a": 1}], {"Link": f'</api/endless?n={int(query.get("n", 0)) + 1}>; rel="next"'})

    def _bomb(self, path: str, query: dict[str, str]) -> None:
        body = gzip.compress(b"[" + b" " * (200 << 20) + b"]", 9) if not hasattr(Server, "kept") else Server.kept
        Server.kept = body
        self._raw(body, {"content-encoding": "gzip"})

    def _html(self, path: str, query: dict[str, str]) -> None:
        self._raw(b"<html>", {})

    def _deep(self, path: str, query: dict[str, str]) -> None:
        self._raw(b"[" * 100_000, {})

    def _drip(self, path: str, query: dict[str, str]) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b" ")
                time.sleep(0.1)
        except OSError:
            pass

    def _odd(self, path: str, query: dict[str, str]) -> None:
        self._raw(
            b'[{"a": 1, "A": "x", "": null, "n": 1e400, "f": NaN, "big": 99999999999999999999}, {"a": true}, {}]', {}
        )

    def _send(self, data: Any, headers: dict[str, str] | None = None, status: int = 200) -> None:
        self._raw(json.dumps(data).encode(), headers or {}, status)

    def _raw(self, body: bytes, headers: dict[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    server.server_close()


ISSUE_COLUMNS = [
    {"name": "id", "type": "bigint"}, {"name": "state"}, {"name": "who", "path": "user.name"},
    {"name": "labels", "type": "json"},
]  # fmt: skip
STATE = {"state": {"type": "text"}}
ENDPOINTS: list[dict[str, Any]] = [
    {
        "name": f"by_{style}",
        "path": "/issues",
        "params": STATE,
        "rows": "data.items",
        "columns": ISSUE_COLUMNS,
        "paging": {"style": style, "size": 10, "size_parameter": "per_page", **more},
    }
    for style, more in {
        "page": {"parameter": "page"},
        "offset": {"parameter": "offset"},
        "cursor": {"parameter": "cursor", "next": "meta.next"},
    }.items()
] + [
    {"name": "by_link", "path": "/issues", "params": {"link": {"default": 1, "type": "integer"}}, "rows": "data.items",
     "paging": {"style": "link"}},
    {"name": "issues", "path": "/issues", "params": STATE, "rows": "data.items", "description": "First ten"},
    {"name": "one", "path": "/one/{key}", "params": {"key": {}, "n": {"type": "integer"}, "day": {"type": "date"},
     "flag": {"type": "boolean"}, "odd": {"sent_as": "filter[a b]"}}},
    {"name": "wrong", "path": "/wrong", "params": {"status": {"type": "integer", "required": True}}},
    {"name": "moved", "path": "/moved"},
    {"name": "away", "path": "/away", "params": {"to": {"required": True}}, "paging": {"style": "link"}},
    {"name": "endless", "path": "/endless", "paging": {"style": "link", "most": 5}},
    {"name": "bomb", "path": "/bomb"},
    {"name": "html", "path": "/html"},
    {"name": "deep", "path": "/deep"},
    {"name": "drip", "path": "/drip"},
    {"name": "odd", "path": "/odd"},
    {"name": "typed", "path": "/odd", "columns": {"a": "bigint"}},
]  # fmt: skip


@pytest.fixture(scope="module")
def source(base: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    made = rest(base, tmp_path_factory.mktemp("home"), endpoints=ENDPOINTS)
    yield made
    made.close()


def rest(location: str, home: Any, password: str | None = None, **options: Any) -> Rest:
    return Rest.of(Record("default", "lab", "rest", location, home, password=password, options=options))


def ask(source: Rest, statement: str, *values: Any, limit: int | None = None, timeout_s: float = 20) -> pa.Table:
    run = source.start(LOCAL, Prepared(statement, list(values), limit, timeout_s), Cancellation())
    try:
        return pa.Table.from_batches(run.batches(), run.schema)
    finally:
        run.close()


@pytest.mark.parametrize("style", ["page", "offset", "cursor", "link"])
def test_all_pages_are_read(source: Rest, style: str) -> None:
    assert ask(source, f"select id from by_{style} order by id")["id"].to_pylist() == list(range(1, 26))


def test_declared_columns_have_types_and_paths(source: Rest) -> None:
    table = ask(source, "select who, labels->>0 as first, id + 1 as n from by_page(state => 'open') where id = $1", 3)
    assert table.to_pylist() == [{"who": "u3", "first": "a", "n": 4}]
    assert [(each.name, each.type) for each in source.table(LOCAL, "by_page").columns] == [
        ("id", "bigint"), ("state", "text"), ("who", "text"), ("labels", "text")
    ]  # fmt: skip


def test_columns_that_nobody_declared_are_found(source: Rest) -> None:
    assert ask(source, 'select "at", "user"->>\'name\' as who from issues where id = 2').to_pylist() == [
        {"at": 3.0, "who": "u2"}
    ]
    row = ask(source, "select * from odd").to_pylist()[0]
    assert (row["a"], row["A_"], row["big"]) == ("1", "x", "99999999999999999999")


def test_parameters_go_into_path_and_query(source: Rest) -> None:
    statement = "select * from one($1, n => 3, day => '2026-01-02', flag => true, odd := 'ä&b=c')"
    for value in ("a/../b", "?x=1", "%2e", "ä b", "#", "a;b"):
        assert ask(source, statement, value).to_pylist() == [
            {"asked": value, "n": "3", "day": "2026-01-02", "flag": "true", "filter[a b]": "ä&b=c"}
        ]


@pytest.mark.parametrize(
    "call",
    ["one()", "one('..')", "one('.')", "one('')", "one('a', 'x')", "one('a', n => 1.5)", "one('a', nope => 1)",
     "one(1, 2, '2026-01-01', true, 'x', 6)", "one('a' || 'b')", "by_page('open')",
     "one('a', day => 'soon')", "one", "one('a\nb')"],
)  # fmt: skip
def test_parameters_that_do_not_fit_are_told(source: Rest, call: str) -> None:
    with pytest.raises(StatementError) as caught:
        ask(source, f"select * from {call}")
    assert caught.value.details["position"] >= 14


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_status_is_told_and_no_body(source: Rest, status: int) -> None:
    with pytest.raises(SourceUnavailable, match=str(status)) as caught:
        ask(source, f"select * from wrong(status => {status})")
    assert "secret" not in str(caught.value)


def test_no_redirect_is_followed(source: Rest) -> None:
    with pytest.raises(SourceUnavailable, match="302") as caught:
        ask(source, "select * from moved")
    assert "token" not in str(caught.value)


@pytest.mark.parametrize(
    "to",
    ["http://169.254.169.254/api/x", "http://127.0.0.2/api/issues", "//other/api/issues", "file:///etc/passwd",
     "/elsewhere", "/api/../secret", "/api/%2e%2e/secret", "https://127.0.0.1/api/issues", "http://[::1", "/api/a b"],
)  # fmt: skip
def test_no_link_leads_elsewhere(source: Rest, to: str) -> None:
    with pytest.raises(Refused):
        ask(source, "select * from away(to => $1)", to)


def test_pages_and_bytes_have_an_end(source: Rest) -> None:
    with pytest.raises(LimitReached, match="5 pages"):
        ask(source, "select * from endless")
    with pytest.raises(LimitReached, match="MiB"):
        ask(source, "select * from bomb")


@pytest.mark.parametrize("name", ["html", "deep"])
def test_what_is_no_json_is_told(source: Rest, name: str) -> None:
    with pytest.raises(SourceUnavailable, match="JSON"):
        ask(source, f"select * from {name}")


def test_a_value_that_is_not_of_its_type_is_told(source: Rest) -> None:
    with pytest.raises(SourceUnavailable, match="'a' of 'typed'"):
        ask(source, "select * from typed")


def test_a_server_that_drips_is_left_in_time(source: Rest) -> None:
    began = time.monotonic()
    with pytest.raises(TimedOut):
        ask(source, "select * from drip", timeout_s=0.5)
    cancellation = Cancellation()
    threading.Timer(0.3, cancellation.cancel).start()
    with pytest.raises(Cancelled):
        source.start(LOCAL, Prepared("select * from drip"), cancellation)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("options", "header", "value"),
    [
        ({}, "authorization", "Bearer s3cret"),
        ({"auth": "basic", "user": "ann"}, "authorization", "Basic YW5uOnMzY3JldA=="),
        ({"auth": "header", "header": "X-Api-Access"}, "x-api-access", "s3cret"),
    ],
)
def test_the_login_goes_in_a_header_and_nowhere_else(
    base: str, tmp_path: Any, options: dict[str, Any], header: str, value: str
) -> None:
    Server.seen.clear()
    source = rest(base, tmp_path, "s3cret", endpoints=ENDPOINTS[4:5], headers={"X-Tenant": "7"}, **options)
    assert ask(source, "select * from issues").num_rows == 10
    source.close()
    [(path, headers)] = Server.seen
    assert headers[header] == value and headers["x-tenant"] == "7" and "s3cret" not in path


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"endpoints": []},
        {"endpoints": [{"name": "a", "path": "no-slash"}]},
        {"endpoints": [{"name": "a", "path": "//other/x?y"}]},
        {"endpoints": [{"name": "a", "path": "/../x"}]},
        {"endpoints": [{"name": "a", "path": "/{x}"}]},
        {"endpoints": [{"name": "a", "path": "/a"}, {"name": "a", "path": "/b"}]},
        {"endpoints": [{"name": "a", "path": "/a", "paging": {"style": "cursor", "parameter": "c"}}]},
        {"endpoints": [{"name": "a", "path": "/a"}], "headers": {"Host": "other"}},
        {"endpoints": [{"name": "a", "path": "/a"}], "headers": {"X-A": "b\r\nX-C: d"}},
        {"endpoints": [{"name": "a", "path": "/a"}], "headers": {"Authorization": "Bearer x"}},
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path: Any, options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        rest("http://localhost", tmp_path, **options)


@pytest.mark.parametrize(
    ("address", "private", "allowed"),
    [
        ("169.254.169.254", True, False),
        ("::ffff:169.254.169.254", True, False),
        ("fe80::1%eth0", True, False),
        ("fd00:ec2::254", True, False),
        ("0.0.0.0", True, False),  # noqa: S104 - nobody binds to it
        ("224.0.0.1", True, False),
        ("127.0.0.1", True, True),
        ("10.0.0.5", True, True),
        ("127.0.0.1", False, False),
        ("::1", False, False),
        ("10.0.0.5", False, False),
        ("::ffff:10.0.0.5", False, False),
        ("100.64.0.1", False, False),
        ("93.184.216.34", False, True),
    ],
)
def test_addresses_that_sources_may_ask(address: str, private: bool, allowed: bool) -> None:
    assert places.allowed(address, private) is allowed


def test_an_address_of_this_machine_needs_private(base: str, tmp_path: Any) -> None:
    for location, private in ((base, False), ("http://169.254.169.254", True), ("http://0.0.0.0:1", True)):
        with pytest.raises(Refused):
            ask(rest(location, tmp_path, endpoints=ENDPOINTS[4:5], private=private), "select * from issues")


@pytest.mark.parametrize(
    "statement",
    ["select * from read_json('http://127.0.0.1:1/x')", "select * from read_text('/etc/passwd')", "drop view issues",
     "copy issues to '/tmp/tobit-out.csv'", "select * from issues; select 2", "set lock_configuration = false"],
)  # fmt: skip
def test_nothing_else_can_be_reached(source: Rest, statement: str) -> None:
    with pytest.raises((Refused, StatementError)):
        ask(source, statement)


def test_the_catalog_shows_how_to_call(source: Rest) -> None:
    tables = {table.name: table.comment for table in source.tables(LOCAL)}
    assert tables["issues"] == "First ten; issues(state?)"
    assert tables["one"] == "one(key, n?, day?, flag?, odd?)"
    assert source.check() == f"{len(ENDPOINTS)} endpoints"
    with pytest.raises(NotFound):
        source.table(LOCAL, "isues")
    assert source.explain(LOCAL, Prepared("select id from by_page")).startswith("GET /issues, pages by page")


def test_no_server_is_told(tmp_path: Any) -> None:
    for options in (ENDPOINTS[4:5], ENDPOINTS[6:7]):
        with pytest.raises(TobitError) as caught:
            rest("http://127.0.0.1:9", tmp_path, endpoints=options).check()
        assert isinstance(caught.value, SourceUnavailable)
