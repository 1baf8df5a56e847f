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
from typing import Any

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
def gate() -> Iterator[Home]:
    """One gate for all tests that only ask, or clean up what they make."""
    home = Home(short_folder())
    done = home.tobit("sql", "select 1")
    assert done.returncode == 0, done.stderr
    yield home
    home.stop()
    shutil.rmtree(home.folder, ignore_errors=True)


@pytest.fixture
def own() -> Iterator[Home]:
    """A home of the test's own in which nothing runs yet; everything in it is ended afterwards."""
    home = Home(short_folder())
    yield home
    home.stop()
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
    """How often what is left to chance is tried: TOBIT_CHAOS, else a few times."""
    return int(os.environ.get("TOBIT_CHAOS", "3"))
