"""A whole Tobit: a gate in a home of its own, asked by client, command line and HTTP."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
import urllib3

from tests.conftest import short_folder
from tobit_kernel import autostart, client
from tobit_kernel.server.store.database import superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.settings import settings
from tobit_kernel.wire.models import QueryRequest
from tobit_kernel.wire.stream import Result

TOBIT = [sys.executable, "-m", "tobit_kernel.launch.cli"]
LIMIT_S = 60.0
AnyHome = TypeVar("AnyHome", bound="Home")


@dataclass
class Home:
    """A ``TOBIT_HOME`` and what can be done with it from outside."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works with this home."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TOBIT_")}
        return {**plain, "TOBIT_HOME": str(self.folder), "PYTHONWARNINGS": "error::ResourceWarning", **self.more}

    @property
    def facts(self) -> dict[str, Any]:
        """What ``gateway.json`` says; empty without one."""
        try:
            return dict(json.loads((self.folder / "gateway.json").read_text("utf-8")))
        except (OSError, ValueError):
            return {}

    @property
    def pid(self) -> int:
        return int(self.facts["pid"])

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """``tobit words…`` that goes on beside the test; killed at the end if it still runs."""
        with subprocess.Popen(
            [*TOBIT, *words],
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def tobit(self, *words: str, body: str = "") -> subprocess.CompletedProcess[str]:
        """``tobit words…`` to its end, with ``body`` on standard input."""
        return subprocess.run(
            [*TOBIT, *words],
            env=self.environment,
            text=True,
            input=body,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )

    def data(self, *words: str, body: str = "") -> Any:
        """What ``tobit words… --as json`` writes."""
        done = self.tobit(*words, "--as", "json", body=body)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @property
    def gate(self) -> client.Gate:
        """The gate that runs here."""
        return client.Gate(self.facts["url"], (self.folder / "token").read_text())

    def ask(self, statement: str, /, parameters: Mapping[str, Any] | None = None, **options: Any) -> Result:
        """The rows of a statement."""
        return self.gate.query(QueryRequest(statement=statement, parameters=dict(parameters or {}), **options))

    def rows(self, statement: str, /, **options: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement as tuples."""
        table = self.ask(statement, **options).to_arrow()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def http(self, method: str, path: str, body: Any = None, **headers: str) -> urllib3.BaseHTTPResponse:
        """A bare request; without ``authorization`` it carries the token."""
        token = (self.folder / "token").read_text()
        given = {"authorization": f"Bearer {token}", "content-type": "application/json", **headers}
        content = body if isinstance(body, bytes | str | None) else json.dumps(body)
        return client._pool(self.facts["url"]).request(method, path, body=content, headers=given, retries=False)

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        """The embedded PostgreSQL, as its superuser."""
        with superuser(EmbeddedPostgres(self.folder)).connect(autocommit=True) as connection:
            yield connection

    def active(self, part: str) -> int:
        """How many statements that contain ``part`` run in the embedded PostgreSQL."""
        with self.database() as connection:
            found = connection.execute(
                "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
                " and query like %s",
                (f"%{part}%",),
            ).fetchone()
        return int(found[0]) if found else 0

    def processes(self) -> dict[int, str]:
        """Processes that belong to this home: the gate, and PostgreSQL that works in it."""
        found = {}
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                pid = int(entry.name)
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                told = (entry / "environ").read_bytes() if "gateway" in command else b""
                here = str(self.folder) in os.readlink(entry / "cwd") and "postgres" in command
                if here or f"TOBIT_HOME={self.folder}\0".encode() in told:
                    found[pid] = command
        return found

    def stop(self) -> None:
        """Ends what runs here, softly, then hard."""
        self.tobit("stop")
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def until(happens: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    """Waits until ``happens()`` is true; fails after ``limit_s``."""
    end = time.monotonic() + limit_s
    while not happens():
        assert time.monotonic() < end, f"not within {limit_s:g} s"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def gate(made_home: Path) -> Iterator[Home]:
    """One gate for all tests that only ask, or clean up what they make."""
    home = copied(made_home, Home(short_folder()))
    done = home.tobit("sql", "select 1")
    assert done.returncode == 0, done.stderr
    yield home
    home.stop()
    shutil.rmtree(home.folder, ignore_errors=True)


@pytest.fixture
def empty() -> Iterator[Home]:
    """An empty home of the test's own; everything that runs in it is ended afterwards."""
    home = Home(short_folder())
    yield home
    home.stop()
    shutil.rmtree(home.folder, ignore_errors=True)


@pytest.fixture
def own(empty: Home, made_home: Path) -> Home:
    """``empty`` after an earlier first start: its database is made, and nothing runs yet."""
    return copied(made_home, empty)


def copied(folder: Path, home: AnyHome) -> AnyHome:
    """``home`` with everything of a folder in which nothing runs."""
    subprocess.run(["cp", "-a", f"{folder}/.", home.folder], check=True)
    return home


#: People of the team's gate: name, tenant, role. ``admin`` came by the first link.
PEOPLE = {
    "admin": ("default", "admin"),
    "park": ("default", "manager"),
    "choi": ("default", "approver"),
    "kim": ("default", "analyst"),
    "lee": ("default", "operator"),
    "jung": ("default", "viewer"),
    "acme_manager": ("acme", "manager"),
    "acme_approver": ("acme", "approver"),
    "acme_analyst": ("acme", "analyst"),
    "acme_operator": ("acme", "operator"),
    "acme_viewer": ("acme", "viewer"),
}
PASSWORD = "blue tram eats marble 7"


@dataclass
class Team(Home):
    """A gate of many people, over TCP."""

    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.facts["tcp"])

    @contextmanager
    def opened(self, *words: str) -> Iterator[Team]:
        """The gate while it runs; what it says goes to ``said``."""
        with (self.folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [*TOBIT, "gateway", "--team", "--host", "127.0.0.1", *words],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        try:
            until(lambda: self.facts.get("pid") == process.pid or process.poll() is not None)
            assert process.poll() is None, self.said
            yield self
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def said(self) -> str:
        """What the gate wrote on its console."""
        return (self.folder / "said").read_text()

    @property
    def first_link(self) -> str:
        """The secret of the first administrator's link."""
        until(lambda: (self.folder / "first-admin-link").exists())
        return (self.folder / "first-admin-link").read_text().strip().partition("#set=")[2]

    def call(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> dict[str, Any]:
        """The whole envelope of a bare request, whatever its code."""
        given = {"content-type": "application/json", **headers}
        if token:
            given["authorization"] = f"Bearer {token}"
        address = f"{self.url}/api/v1{path}"
        content = None if body is None else json.dumps(body)
        return dict(urllib3.request(method, address, body=content, headers=given, retries=False).json())

    def chosen(self, link: str, password: str = PASSWORD) -> str:
        """A session for who has ``link``: they choose ``password``."""
        body = {"token": link, "password": password, "kind": "program"}
        return str(self.call("POST", "/sign-in/one-time", body)["data"]["token"])

    def signed(self, name: str, password: str = PASSWORD, code: str = "") -> str:
        """A fresh session by password."""
        body = {"name": name, "password": password, "code": code, "kind": "program"}
        return str(self.call("POST", "/sign-in", body)["data"]["token"])

    def invite(self, name: str, role: str = "analyst", tenant: str = "default", **more: Any) -> str:
        """A new person who has chosen ``PASSWORD``; their session."""
        draft = {"id": name, "role": role, **more}
        made = self.client("admin").post("/users", draft, tenant=tenant)
        self.tokens[name] = self.chosen(made["token"])
        return self.tokens[name]

    def client(self, name: str) -> client.Gate:
        """The gate as ``name``, one of ``PEOPLE``, sees it."""
        return client.Gate(self.url, self.tokens[name])


@pytest.fixture(scope="session")
def made_team(made_home: Path) -> Iterator[Team]:
    """The home of ``team`` with its people, and nobody runs it; copy it, don't use it."""
    home = copied(made_home, Team(short_folder()))
    with home.opened():
        home.tokens["admin"] = home.chosen(home.first_link)
        home.client("admin").post("/tenants", {"id": "acme", "name": "Acme"})
        for name, (tenant, role) in PEOPLE.items():
            if name != "admin":
                home.invite(name, role, tenant)
    yield home
    shutil.rmtree(home.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def team(made_team: Team) -> Iterator[Team]:
    """A gate of two tenants with people in all roles (``PEOPLE``), all with ``PASSWORD``."""
    home = copied(made_team.folder, Team(short_folder(), tokens=dict(made_team.tokens)))
    with home.opened():
        yield home
    shutil.rmtree(home.folder, ignore_errors=True)


@pytest.fixture
def here(gate: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """``gate``, which this very process's settings name: for verbs and magics that run in the test."""
    for name in [name for name in os.environ if name.startswith("TOBIT_") and name != "TOBIT_CI"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TOBIT_HOME", str(gate.folder))
    monkeypatch.setattr(autostart, "_known", None)
    settings.cache_clear()
    yield gate
    settings.cache_clear()


@pytest.fixture
def chaos() -> int:
    """How often what is left to chance is tried: TOBIT_CHAOS, else once."""
    return int(os.environ.get("TOBIT_CHAOS", "1"))
