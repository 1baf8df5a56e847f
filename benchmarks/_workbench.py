"""A Tobit of the benchmark's own: an empty home, its gate and its PostgreSQL, and how peers reach that server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.database import superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.server.store.passwords import Passwords


@dataclass(frozen=True)
class Workbench:
    """``home`` is its TOBIT_HOME; ``environment`` makes a program work with it."""

    home: Path
    environment: dict[str, str]

    @property
    def superuser(self) -> Address:
        """The server's superuser, to watch what runs."""
        return superuser(EmbeddedPostgres(self.home))

    @property
    def peer(self) -> Address:
        """The account that the peers connect with, past the gate: the gateway's own."""
        return self.superuser.as_role("tobit_app", Passwords(self.home).kept("tobit_app"))

    def tobit(self, *words: str) -> str:
        """What ``tobit words…`` writes."""
        command = [sys.executable, "-m", "tobit_kernel.launch.cli", *words]
        done = subprocess.run(command, env=self.environment, check=True, text=True, capture_output=True)
        return done.stdout


@contextmanager
def workbench(*, start: bool = True) -> Iterator[Workbench]:
    """A workbench in an empty home that is gone afterwards; ``start=False`` leaves its gate to be started."""
    home = Path(tempfile.mkdtemp(prefix="tobit-", dir="/tmp"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TOBIT_")}
    quiet = {"PLOOMBER_STATS_ENABLED": "false", "PLOOMBER_VERSION_CHECK_DISABLED": "true"}  # jupysql calls home
    made = Workbench(home, {**plain, **quiet, "TOBIT_HOME": str(home)})
    try:
        if start:
            made.tobit("sql", "select 1")
        yield made
    finally:
        made.tobit("stop")
        shutil.rmtree(home, ignore_errors=True)
