"""The embedded graph server: started when first needed, watched, stopped."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from tobit_kernel.errors import SourceUnavailable, TobitError
from tobit_kernel.runtime import make_home, process_began, unwritable
from tobit_kernel.server import child
from tobit_kernel.server.store.graph import java
from tobit_kernel.server.store.graph.control import Control
from tobit_kernel.server.store.passwords import Passwords

log = structlog.get_logger(__name__)

START_LIMIT_S, STOP_LIMIT_S = 60.0, 10.0
_ROOT = "graph root"
_WATCH_S, _RETRY_LIMIT_S = 0.2, 30.0


@dataclass(frozen=True)
class Access:
    """How a graph is reached by Bolt."""

    url: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None


class EmbeddedGraph:
    """The graph server of one ``TOBIT_HOME``; nothing runs before ``reader`` or ``writer`` is called.

    A thread of its own starts it and watches it, because the server ends when the thread that started it does.
    Every tenant has a database of its own, and a user that reads that one alone.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.base = home / "graph"
        self.process: subprocess.Popen[bytes] | None = None
        self.started_s = 0.0
        self.restarts = 0
        self._passwords = Passwords(home)
        self._turn = threading.Lock()
        self._keeper: threading.Thread | None = None
        self._ready, self._over = threading.Event(), threading.Event()
        self._failure: TobitError | None = None
        self._ports = (0, 0)
        self._known: set[str] = set()

    @property
    def state(self) -> str | None:
        """running, restarting or failed; None when it was never needed."""
        if self._keeper is None or self._over.is_set():
            return None
        if self._ready.is_set():
            return "running"
        return "failed" if self._failure else "restarting"

    @property
    def detail(self) -> str:
        """Where it is, or why it is not."""
        if self._ready.is_set() and self.process is not None:
            return f"embedded, process {self.process.pid}, bolt://127.0.0.1:{self._ports[0]}"
        return self._failure.message if self._failure else "it is being started"

    def reader(self, tenant: str) -> Access:
        """How ``tenant``'s graph is read; starts the server. ``SourceUnavailable`` when it does not start."""
        control, name = self._control(), _safe(tenant)
        database, user = f"t_{name}", f"reader_{name}"
        password = self._passwords.kept_or_new(f"graph {user}")
        with self._turn:
            if name not in self._known:
                control.make_database(database)
                control.make_reader(user, password, database, java.READER_GROUP)
                self._known.add(name)
        return Access(self._url, user, password, database)

    def writer(self, tenant: str) -> Access:
        """How ``tenant``'s graph is changed: for the gateway's own projection alone."""
        reader = self.reader(tenant)
        return Access(reader.url, "root", self._passwords.kept(_ROOT), reader.database)

    def terminate(self, client_port: int) -> None:
        """Ends the statement of the connection from ``client_port``; the server does not notice that it is closed."""
        if self._ready.is_set():
            with suppress(TobitError):  # it ends with the server then
                self._control().terminate(client_port)

    def stop(self) -> None:
        """Ends the server in order. Safe to repeat; it does not start again."""
        self._over.set()
        if self._keeper is not None:
            self._keeper.join(2 * STOP_LIMIT_S)

    @property
    def _url(self) -> str:
        return f"bolt://127.0.0.1:{self._ports[0]}"

    def _control(self) -> Control:
        with self._turn:
            if self._over.is_set():
                raise SourceUnavailable("The gate is ending.")
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, name="graph keeper", daemon=True)
                self._keeper.start()
        end = time.monotonic() + START_LIMIT_S
        while not self._ready.wait(0.05):
            if self._failure is not None:
                raise self._failure
            if time.monotonic() > end or self._over.is_set():
                raise SourceUnavailable("The graph server does not start.", "Its log: TOBIT_HOME/graph/start.log.")
        return Control(self._ports[1], self._passwords.kept_or_new(_ROOT))

    def _keep(self) -> None:
        """Starts it, starts it again when it has died, and stops it when that is asked."""
        wait_s = _WATCH_S
        while not self._over.is_set():
            try:
                self._start()
                self._failure, wait_s = None, _WATCH_S
                self._ready.set()
                while self.process is not None and self.process.poll() is None and not self._over.wait(_WATCH_S):
                    pass
            except Exception as error:  # whatever it is, the next attempt comes
                log.error("the graph server does not start", error=str(error).split("\n")[0])
                self._failure = (
                    error
                    if isinstance(error, TobitError)
                    else SourceUnavailable(f"The graph server does not start: {error}")
                )
                wait_s = min(_RETRY_LIMIT_S, 2 * max(wait_s, 0.5))
            self._ready.clear()
            if not self._over.is_set():
                self.restarts += 1
                log.warning("the graph server died; starting it again")
                self._over.wait(wait_s)
        self._end()

    def _start(self) -> None:
        begun = time.monotonic()
        self._end()
        password = self._prepare()
        for attempt in range(3):
            if not all(map(_is_free, self._ports)):
                self._ports = _two_free_ports()
            with _passed_on(self.base / "root", password) as file:
                self._spawn(file)
                if self._answers(Control(self._ports[1], password)):
                    self.started_s = time.monotonic() - begun
                    return
            self._end()
            self._ports = (0, 0)
            log.warning("the graph server did not start", attempt=attempt + 1)
        raise SourceUnavailable("The graph server does not start.", f"{str(self.base / 'start.log')!r} says why.")

    def _prepare(self) -> str:
        """The root password, after orphans ended and the configuration was written."""
        config = self.base / "data" / "config"
        try:
            make_home(self.home)
            self.base.mkdir(mode=0o700, exist_ok=True)
            self.base.chmod(0o700)
            config.mkdir(parents=True, exist_ok=True)
            (config / "server-groups.json").write_text(json.dumps(java.GROUPS), encoding="utf-8")
        except OSError as error:
            raise unwritable(self.base, error) from error
        _end_orphan(self.base / "process.json")
        if self._passwords.kept(_ROOT) is None:
            # users whose passwords nobody knows any more; they are made again
            (config / "server-users.jsonl").unlink(missing_ok=True)
        self._known.clear()
        return self._passwords.kept_or_new(_ROOT)

    def _spawn(self, password: Path) -> None:
        program = java.command(self.base / "data", password, *self._ports)
        output = os.open(self.base / "start.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own binary
                child.command(program, ends_by=signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.base,
                env={name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TZ") if name in os.environ},
                umask=0o077,
                start_new_session=True,
            )
        finally:
            os.close(output)
        about = {"pid": self.process.pid, "began": process_began(self.process.pid)}
        (self.base / "process.json").write_text(json.dumps(about), encoding="utf-8")

    def _answers(self, control: Control) -> bool:
        end = time.monotonic() + START_LIMIT_S
        while time.monotonic() < end and not self._over.is_set():
            if self.process is None or self.process.poll() is not None:
                return False
            if control.is_ready():
                return True
            time.sleep(0.02)
        return False

    def _end(self) -> None:
        for kind in (signal.SIGTERM, signal.SIGKILL):
            if self.process is None:
                return
            self.process.send_signal(kind)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_LIMIT_S)
                self.process = None


def _safe(tenant: str) -> str:
    """``tenant`` as a part of names; what is written otherwise gets a piece of its hash."""
    plain = re.sub(r"[^a-z0-9_]", "_", tenant.lower())[:40]
    if plain == tenant and not re.search(r"_[0-9a-f]{10}$", plain):
        return plain
    return f"{plain}_{hashlib.sha256(tenant.encode()).hexdigest()[:10]}"


@contextmanager
def _passed_on(file: Path, password: str) -> Iterator[Path]:
    """``file`` with the password, readable by this account alone, for as long as the server starts."""
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(password)
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def _end_orphan(file: Path) -> None:
    """Ends the server of a gate that is gone, where the system did not do so: it locks the data."""
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return
    for kind in (signal.SIGTERM, signal.SIGKILL):
        end = time.monotonic() + STOP_LIMIT_S
        while about["began"] and process_began(about["pid"]) == about["began"]:
            with suppress(ProcessLookupError):
                os.kill(about["pid"], kind)
            time.sleep(0.1)
            if time.monotonic() > end:
                break


def _two_free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return one.getsockname()[1], two.getsockname()[1]


def _is_free(port: int) -> bool:
    if not port:
        return False
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
