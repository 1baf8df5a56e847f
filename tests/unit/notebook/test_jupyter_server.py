"""The Jupyter server's routes, on a real Jupyter server with a small stand-in for the gate behind it."""

import json
import os
import socketserver
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

TOKEN = "jupyter"


@dataclass
class Gate:
    """Records what reached the gate: (method, path, token)."""

    file: Path
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)


class _Answers(BaseHTTPRequestHandler):
    gate: Gate

    def do_GET(self) -> None:
        self._answer(200, {"user": "local", "tenant": "default", "role": "admin", "version": "0.1.0"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(400, {"error": "StatementError", "hint": "Look at line 2."})

    def _answer(self, status: int, data: dict[str, Any]) -> None:
        self.gate.asked.append((self.command, self.path, self.headers["Authorization"]))
        body = json.dumps({"code": status, "message": "as the gate said", "data": data}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *_: Any) -> None:
        pass


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    home = tmp_path_factory.mktemp("home")
    gate = Gate(home / "gateway.json")
    socket = home / "s"
    server = _Server(str(socket), type("Answers", (_Answers,), {"gate": gate}))
    Thread(target=server.serve_forever, daemon=True).start()
    (home / "token").write_text("secret-of-the-gate")
    gate.file.write_text(json.dumps({"pid": os.getpid(), "version": "0.1.0", "url": f"unix://{socket}"}))
    yield gate
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def jupyter(gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Jupyter server that has only our extension."""
    folder = tmp_path_factory.mktemp("jupyter")
    own = {"JUPYTER_CONFIG_DIR": str(folder), "JUPYTER_DATA_DIR": str(folder), "JUPYTER_RUNTIME_DIR": str(folder)}
    environment = os.environ | own | {"TOBIT_HOME": str(gate.file.parent), "JUPYTER_NO_CONFIG": "1"}
    options = {
        "IdentityProvider.token": TOKEN,
        "ServerApp.port": 0,
        "ServerApp.root_dir": str(folder),
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "ServerApp.jpserver_extensions": "{'tobit_kernel': True}",
    }
    command = [sys.executable, "-m", "jupyter_server", *(f"--{name}={value}" for name, value in options.items())]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield _address(folder, process)
    finally:
        process.terminate()
        process.wait(20)


def _address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for file in folder.glob("jpserver-*.json"):
            try:
                url = str(json.loads(file.read_text())["url"]).rstrip("/")
                urllib3.request("GET", f"{url}/api", timeout=2, retries=False)
                return url
            except (ValueError, urllib3.exceptions.HTTPError):
                pass
        time.sleep(0.1)
    pytest.fail((folder / "log").read_text()[-3000:])


def ask(address: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Status and JSON; signed in unless ``headers`` are given."""
    headers = {"Authorization": f"token {TOKEN}"} if headers is None else headers
    method = "GET" if body is None else "POST"
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=30)
    # http.client sends the path as it is; other clients would tidy ".." away first.
    connection.request(method, address.partition(parts.netloc)[2], None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text.startswith(b"{") else text


def test_the_gate_is_asked_with_its_own_token(gate: Gate, jupyter: str) -> None:
    status, answer = ask(f"{jupyter}/tobit/gate/queries?text=a%20b&limit=5")
    assert status == 200 and answer["message"] == "as the gate said"
    assert gate.asked[-1] == ("GET", "/api/v1/queries?text=a%20b&limit=5", "Bearer secret-of-the-gate")


def test_a_refusal_of_the_gate_comes_back_as_it_is(gate: Gate, jupyter: str) -> None:
    status, answer = ask(f"{jupyter}/tobit/gate/query", {"statement": "selec 1"})
    assert status == 400 and answer["data"] == {"error": "StatementError", "hint": "Look at line 2."}


def test_a_slash_in_a_name_stays_part_of_the_name(gate: Gate, jupyter: str) -> None:
    ask(f"{jupyter}/tobit/gate/sources/files/tables/a%2Fb.csv")
    assert gate.asked[-1][1] == "/api/v1/sources/files/tables/a%2Fb.csv"


@pytest.mark.parametrize(
    "path", ["audit", "settings", "sources/../settings", "sources/%2e%2e/tables", "me/../stop", ""]
)
def test_other_paths_do_not_reach_the_gate(path: str, gate: Gate, jupyter: str) -> None:
    before = len(gate.asked)
    status, _ = ask(f"{jupyter}/tobit/gate/{path}")
    assert (status, len(gate.asked)) == (404, before)


@pytest.mark.parametrize("path", ["stop", "tables", "demo", "sources", "query/explain"])
def test_only_queries_are_posted(path: str, gate: Gate, jupyter: str) -> None:
    before = len(gate.asked)
    status, _ = ask(f"{jupyter}/tobit/gate/{path}", {})
    assert (status, len(gate.asked)) == (404, before)


@pytest.mark.parametrize(("path", "body"), [("gate/me", None), ("state", None), ("gate/query", {}), ("complete", {})])
def test_strangers_are_turned_away(path: str, body: Any, gate: Gate, jupyter: str) -> None:
    before = len(gate.asked)
    status, _ = ask(f"{jupyter}/tobit/{path}", body, headers={})
    assert (status, len(gate.asked)) == (403, before)


@pytest.mark.parametrize("path", ["gate/query", "complete", "state"])
def test_a_cookie_alone_may_not_post(path: str, gate: Gate, jupyter: str) -> None:
    answer = urllib3.request("GET", f"{jupyter}/api/status?token={TOKEN}")
    cookie = "; ".join(each.split(";")[0] for each in answer.headers.getlist("Set-Cookie"))
    assert ask(f"{jupyter}/tobit/gate/me", headers={"Cookie": cookie})[0] == 200
    before = len(gate.asked)
    status, _ = ask(f"{jupyter}/tobit/{path}", {}, headers={"Cookie": cookie})
    assert (status, len(gate.asked)) == (403, before)


def test_the_state_names_the_user_and_the_tenant(jupyter: str) -> None:
    _, state = ask(f"{jupyter}/tobit/state")
    assert state | {"state": "running", "user": "local", "tenant": "default", "version": "0.1.0"} == state


def test_looking_at_the_state_starts_nothing(gate: Gate, jupyter: str) -> None:
    away = gate.file.rename(gate.file.with_suffix(".away"))
    try:
        status, state = ask(f"{jupyter}/tobit/state")
        assert (status, state["state"]) == (200, "down") and state["message"]
        assert {file.name for file in gate.file.parent.iterdir()} == {"gateway.away", "token", "s"}
    finally:
        away.rename(gate.file)


def test_verbs_are_completed(jupyter: str) -> None:
    status, found = ask(f"{jupyter}/tobit/complete", {"text": "%tobit desc", "offset": 11})
    assert status == 200 and (found["start"], found["end"]) == (7, 11)
    assert {"label": "describe", "insert": "describe", "kind": "verb"}.items() <= found["items"][0].items()


@pytest.mark.parametrize("body", [{}, {"text": "x"}, {"text": "x", "offset": 2}, {"text": 1, "offset": 0}, []])
def test_a_question_without_sense_is_refused_in_words(body: Any, jupyter: str) -> None:
    status, answer = ask(f"{jupyter}/tobit/complete", body)
    assert status == 422 and answer["data"]["error"] == "InputError"
