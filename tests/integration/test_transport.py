"""TLS on TCP, what every answer carries, and which names and heads are refused."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.conftest import short_folder
from tests.integration.conftest import Home, until
from tobit_kernel.client import Gate
from tobit_kernel.errors import GateUnavailable, InputError
from tobit_kernel.hub_session import HubSession
from tobit_kernel.server.gateway.transport import is_known


def make_certificate(folder: Path, name: str) -> None:
    """``certificate.pem`` and ``key.pem`` for localhost, an address and ``name``."""
    names = f"subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:{name}"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=gate", "-addext", names, "-keyout", "key.new", "-out", "certificate.new"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (folder / "key.new").replace(folder / "key.pem")
    (folder / "certificate.new").replace(folder / "certificate.pem")


@pytest.fixture(scope="module")
def tls() -> Iterator[Home]:
    """A gate with TLS; its certificate lies in its home."""
    home = Home(short_folder(), {"TOBIT_HOSTS": "tobit.example.com, *.plant.example"})
    make_certificate(home.folder, "gate.example.com")
    files = [str(home.folder / name) for name in ("certificate.pem", "key.pem")]
    shared = str(home.folder / "shared.sock")
    with home.started(
        "gateway", "--host", "127.0.0.1", "--certificate", files[0], "--key", files[1], "--socket", shared
    ) as process:
        until(lambda: home.facts.get("tcp") or process.poll() is not None)
        yield home
        home.tobit("stop")
    shutil.rmtree(home.folder, ignore_errors=True)


def asked(home: Home, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
    pool = urllib3.connection_from_url(home.facts["tcp"], ca_certs=str(home.folder / "certificate.pem"))
    with pool:
        return pool.request("GET", path, headers=headers, retries=False)


def token(home: Home) -> str:
    return (home.folder / "token").read_text()


def test_tcp_speaks_tls_and_the_socket_file_does_not(tls: Home) -> None:
    assert tls.facts["tcp"].startswith("https://")
    assert tls.rows("select 1") == [(1,)]
    over_tcp = Gate(tls.facts["tcp"], token(tls), tls.folder / "certificate.pem")
    assert over_tcp.get("/me")["user"] == "local"
    assert "strict-transport-security" not in tls.http("GET", "/health").headers


def test_plain_words_to_the_tls_port_get_no_answer(tls: Home) -> None:
    pool = urllib3.connection_from_url(tls.facts["tcp"].replace("https", "http"))
    with pytest.raises(urllib3.exceptions.HTTPError):
        pool.request("GET", "/health", retries=False)


def test_old_tls_is_refused(tls: Home) -> None:
    context = ssl.create_default_context(cafile=str(tls.folder / "certificate.pem"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    port = urllib3.util.parse_url(tls.facts["tcp"]).port
    with socket.create_connection(("127.0.0.1", port)) as plain, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(plain, server_hostname="localhost").close()


def test_a_second_socket_serves_other_accounts(tls: Home) -> None:
    shared = tls.folder / "shared.sock"
    assert shared.stat().st_mode & 0o777 == 0o777
    assert Gate(f"unix://{shared}", token(tls)).get("/me")["user"] == "local"


@pytest.mark.parametrize("path", ["/api/v1/me", "/health", "/nowhere", "/api/v1/sources/x%00"])
def test_every_answer_carries_the_headers(tls: Home, path: str) -> None:
    said = asked(tls, path).headers
    assert "default-src 'none'" in said["content-security-policy"]
    assert "frame-ancestors 'none'" in said["content-security-policy"]
    assert "http:" not in said["content-security-policy"] and "https:" not in said["content-security-policy"]
    assert (said["x-content-type-options"], said["referrer-policy"]) == ("nosniff", "no-referrer")
    assert said["strict-transport-security"] == "max-age=31536000"
    assert said.get("cache-control") == (None if path == "/health" else "no-store")


def test_a_name_that_is_not_the_gate_s_is_refused(tls: Home) -> None:
    answer = asked(tls, "/api/v1/me", host="evil.example", authorization=f"Bearer {token(tls)}")
    assert (answer.status, json.loads(answer.data)["data"]["error"]) == (403, "Refused")
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:1", "gate.example.com", "TOBIT.example.com:443", "a.plant.example"]
)
def test_names_of_the_gate_are_answered(tls: Home, host: str) -> None:
    assert asked(tls, "/api/v1/me", host=host, authorization=f"Bearer {token(tls)}").status == 200


def test_a_balancer_asks_for_health_by_any_name(tls: Home) -> None:
    assert asked(tls, "/health", host="10-1-2-3.pods.example").status == 200
    assert asked(tls, "/metrics", host="anything").status == 200


@pytest.mark.parametrize("host", ["", "evil.plant.example.com", "a.b.plant.example", "localhost.evil.example"])
def test_names_that_only_look_alike_are_unknown(host: str) -> None:
    assert not is_known(host, ["*.plant.example", ""])


def test_a_head_without_an_end_is_cut_off(tls: Home) -> None:
    for line in (b"X-A: " + b"a" * 1000 + b"\r\n", b"a" * 1000):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(tls.facts["url"].removeprefix("unix://"))
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nX: ")
            sent = 0
            try:
                while sent < 100_000:
                    sent += connection.send(line)
                answer = connection.recv(1000)
            except (BrokenPipeError, ConnectionResetError):
                answer = b" 431 "
            assert b" 431 " in answer


def test_a_large_body_is_no_large_head(tls: Home) -> None:
    body = {"statement": "select 1", "unknown": "x" * 500_000}
    assert tls.http("POST", "/api/v1/query", body).status == 422


def test_an_unknown_certificate_is_told_in_two_lines(tls: Home) -> None:
    with pytest.raises(GateUnavailable) as caught:
        Gate(tls.facts["tcp"], token(tls)).get("/me")
    assert "is not trusted: self" in caught.value.message
    assert "TOBIT_CA_FILE" in caught.value.hint


def test_a_token_does_not_travel_in_the_open() -> None:
    for url in ("http://gate.example.com", "http://10.0.0.1:8600", "ftp://localhost"):
        with pytest.raises(InputError, match="no safe way"):
            Gate(url, "secret")


def test_a_renewed_certificate_is_taken_while_the_gate_runs(tls: Home) -> None:
    (tls.folder / "certificate.pem").write_text("half of a file")
    assert tls.gate.get("/me")["user"] == "local"
    make_certificate(tls.folder, "renewed.example.com")

    def renewed() -> bool:
        try:
            return asked(tls, "/api/v1/me", host="renewed.example.com").status == 401
        except urllib3.exceptions.HTTPError:
            return False

    until(renewed, 10)
    assert asked(tls, "/api/v1/me", host="gate.example.com").status == 403


def test_without_tls_only_this_machine_is_served(own: Home) -> None:
    done = own.tobit("gateway", "--host", "0.0.0.0")  # noqa: S104 - it is refused
    assert done.returncode == 1 and "--certificate" in done.stderr


def test_a_certificate_without_its_key_is_told(own: Home) -> None:
    make_certificate(own.folder, "a.example")
    certificate = str(own.folder / "certificate.pem")
    assert "needs its key" in own.tobit("gateway", "--host", "127.0.0.1", "--certificate", certificate).stderr
    done = own.tobit("gateway", "--host", "127.0.0.1", "--certificate", certificate, "--key", certificate)
    assert done.returncode == 1 and "can't be used" in done.stderr


def test_a_socket_where_everybody_writes_is_refused(own: Home) -> None:
    folder = own.folder / "open"
    folder.mkdir()
    folder.chmod(0o777)
    done = own.tobit("gateway", "--socket", str(folder / "shared.sock"))
    assert done.returncode == 1 and "others trust" in done.stderr


@contextmanager
def flaky(*answers: bytes) -> Iterator[tuple[Gate, list[bytes]]]:
    """A gate that reads one request per connection, gives the next answer and closes; and what it was asked."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    heard.append(connection.recv(65536))
                    connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    gate = Gate(f"http://127.0.0.1:{listening.getsockname()[1]}", "token")
    try:
        yield gate, heard
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
        gate.close()


def told(data: Any) -> bytes:
    body = json.dumps({"data": data}).encode()
    return b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


def test_a_question_is_asked_again_once_when_the_connection_was_lost() -> None:
    with flaky(b"", told(7)) as (gate, heard):
        assert gate.get("/me") == 7
    assert len(heard) == 2


def test_a_change_is_never_sent_twice() -> None:
    with flaky(b"", told(7)) as (gate, heard), pytest.raises(GateUnavailable):
        gate.post("/stop")
    assert len(heard) == 1


def test_a_silent_gate_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        gate = Gate(f"http://127.0.0.1:{listening.getsockname()[1]}", "token")
        with pytest.raises(GateUnavailable, match="does not answer"):
            gate.answers(within_s=0.2)


def session(token: str, minutes: float) -> bytes:
    return told({"token": token, "ends_at": (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()})


REFUSED = b"HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def test_a_session_that_was_ended_is_taken_anew_once() -> None:
    with flaky(session("first", 5), REFUSED, session("second", 5), told(7)) as (gate, heard):
        assert Gate(gate.url, HubSession(gate.url, "the hub's")).post("/query", {"a": 1}) == 7
    assert [b"sign-in/hub" in request for request in heard] == [True, False, True, False]
    assert b"Bearer second" in heard[3] and b"Content-Length: 8" in heard[3]
    assert not any(b"the hub's" in request for request in (heard[1], heard[3]))


def test_a_session_is_renewed_before_it_ends() -> None:
    with flaky(session("first", 0.5), told(1), session("second", 5), told(2), told(3)) as (gate, heard):
        asking = Gate(gate.url, HubSession(gate.url, "the hub's"))
        assert [asking.get("/me") for _ in range(3)] == [1, 2, 3]
    assert [b"Bearer second" in request for request in heard] == [False, False, False, True, True]
