"""The PostgreSQL that Tobit brings along: started, watched and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from tobit_kernel.errors import SourceUnavailable
from tobit_kernel.runtime import make_home, unwritable
from tobit_kernel.server import child
from tobit_kernel.server.store import cluster
from tobit_kernel.server.store.cluster import PORT, SUPERUSER
from tobit_kernel.server.store.lock import HomeLock
from tobit_kernel.server.store.passwords import Passwords
from tobit_kernel.server.store.placement import Placement, placed
from tobit_kernel.server.store.postmaster import Postmaster, clear_stale, end_orphan

#: Recovery of a large write-ahead log takes minutes; a process that lives is not given up before.
START_LIMIT_S = 900.0
#: How long a fast shutdown may take before a harder one.
STOP_LIMIT_S = 30.0

Progress = Callable[[str], None]


def silent(note: str) -> None:
    """Progress that nobody watches."""


class EmbeddedPostgres:
    """The server of one ``TOBIT_HOME``; one process at a time owns it.

    ``start()`` is ``prepare()`` + ``spawn()`` + ``wait()``. Call ``spawn()`` from a thread that
    lives as long as the process: the server ends when that thread does, also by kill -9.
    """

    def __init__(self, home: Path, progress: Progress = silent) -> None:
        self.home = home
        self.progress = progress
        self.passwords = Passwords(home)
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = HomeLock(home)
        # Both run in worker threads; a cancelled start must not go on beside a stop.
        self._turn = threading.RLock()

    @cached_property
    def place(self) -> Placement:
        """Where it lives; chosen, and its folders made, at the first use."""
        return placed(self.home)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether our own process, not a predecessor, reports that it takes connections."""
        found = Postmaster.of(self.place.data)
        return found is not None and self.process is not None and found == Postmaster(self.process.pid, "ready")

    def start(self) -> None:
        """Comes back when the server answers; ``Conflict`` if another process has this home's server."""
        try:
            self.prepare()
            self.spawn()
            self.wait()
        except BaseException:
            self.stop()
            raise

    def prepare(self) -> None:
        """Takes the home, ends an orphan, makes the data at the first time, writes the configuration."""
        with self._turn:
            make_home(self.home)
            self._lock.take()
            try:
                self._make_ready()
            except BaseException:
                self._lock.release()
                raise

    def _make_ready(self) -> None:
        if end_orphan(self.place.data):
            self.progress("ended a PostgreSQL that was left over")
        known = self.passwords.kept(SUPERUSER) is not None
        password = self.passwords.kept_or_new(SUPERUSER)
        cluster.configure(self.place)
        if not (self.place.data / "PG_VERSION").exists():
            self.progress("making the database")
            cluster.create(self.place, password)
        elif not known:
            cluster.renew_password(self.place, password)
        cluster.check_version(self.place)

    def spawn(self) -> None:
        """Starts the process; it ends by SIGINT (fast shutdown) when the calling thread ends."""
        place = self.place
        clear_stale((place.data / "postmaster.pid", place.socket / f".s.PGSQL.{PORT}.lock"), place.data)
        program = [place.program("postgres"), "-D", str(place.data), *cluster.config_arguments(place)]
        account = (place.account.uid, place.account.gid) if place.account.is_other else None
        try:
            log = os.open(place.base / "start.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise unwritable(place.base, error) from error
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own binary
                child.command(program, ends_by=signal.SIGINT, account=account),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=place.base,
                env=cluster.environment(),
                # Its own session: Ctrl-C in a terminal is for the gateway, which then stops it in order.
                start_new_session=True,
            )
        finally:
            os.close(log)

    def wait(self, limit_s: float = START_LIMIT_S) -> None:
        """Comes back when the server takes connections; tells the progress of a long recovery."""
        begun, told = time.monotonic(), 0
        while not self.is_ready:
            passed = time.monotonic() - begun
            if not self.is_running:
                raise cluster.failure(self.place, "did not start", cluster.last_words(self.place))
            if passed > limit_s:
                raise SourceUnavailable(f"PostgreSQL was not ready after {limit_s:.0f} s.")
            if passed - told >= 2:
                told = int(passed)
                self.progress(f"PostgreSQL starts and recovers what was not yet written ({told} s)")
            time.sleep(0.01)

    def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """Ends sessions and the server, harder after each limit, and gives the home free. Safe to repeat."""
        with self._turn:
            for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if self.process is None:
                    break
                self.process.send_signal(kind)
                try:
                    self.process.wait(limit_s)
                    self.process = None
                except subprocess.TimeoutExpired:
                    self.progress(f"PostgreSQL has not stopped after {limit_s:.0f} s")
            self._lock.release()
