"""Debian's MariaDB, in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

from tests.conftest import short_folder

MARIADBD, INSTALL = Path("/usr/sbin/mariadbd"), Path("/usr/bin/mariadb-install-db")

TABLES = """
create table numbers as
select seq as i, cast(seq / 2 as double) as half, case when seq % 7 <> 0 then concat('n', seq) end as name,
       timestamp'2026-01-01 00:00:00' + interval seq second as moment
from seq_1_to_30000;
create table empty as select * from numbers where false;
"""


@dataclass(frozen=True)
class MariaDB:
    """A running server."""

    socket: Path

    def url(self, user: str = "plant_reader", database: str = "plant") -> str:
        return f"mysql://{user}@/{database}?unix_socket={self.socket}"

    @contextmanager
    def administrator(self) -> Iterator[Any]:
        """A cursor that may do everything."""
        account = "mysql" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        connection = pymysql.connect(
            unix_socket=str(self.socket), user=f"tobit_{account}", password="all", autocommit=True
        )
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def execute(self, script: str) -> None:
        with self.administrator() as cursor:
            for statement in filter(str.strip, script.split(";")):
                cursor.execute(statement)


@contextmanager
def running(needs: Callable[[object, str], None]) -> Iterator[MariaDB]:
    """A server with database ``plant``, the contract's tables in it, and ``plant_reader`` (password ``sesame``)."""
    needs(MARIADBD.exists() and INSTALL.exists(), "there is no MariaDB of Debian's (apt-get install mariadb-server)")
    folder, account = short_folder(), {}
    name = pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0:
        entry = pwd.getpwnam("mysql")
        account, name = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}, "mysql"
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    files = [f"--datadir={folder}/data", "--innodb-log-file-size=8M"]
    install = [INSTALL, "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", *files]
    subprocess.run(install, check=True, capture_output=True, cwd=folder, **account)  # type: ignore[call-overload]
    server = MariaDB(folder / "s")
    setup = folder / "setup.sql"
    setup.write_text(
        f"create user 'tobit_{name}'@localhost identified by 'all';\n"
        f"grant all on *.* to 'tobit_{name}'@localhost with grant option;\n"
    )
    setup.chmod(0o644)
    options = [
        f"--socket={server.socket}", "--skip-networking", f"--pid-file={folder}/pid", f"--log-error={folder}/log",
        f"--init-file={setup}", "--skip-name-resolve", "--innodb-buffer-pool-size=64M", "--performance-schema=OFF",
        "--innodb-flush-log-at-trx-commit=0", f"--secure-file-priv={folder}",
    ]  # fmt: skip
    with subprocess.Popen([MARIADBD, "--no-defaults", *files, *options], cwd=folder, **account) as process:
        try:
            _wait(server, process)
            server.execute(
                "create database plant character set utf8mb4; use plant;" + TABLES
                + "create user plant_reader@localhost identified by 'sesame';"
                "grant select on plant.* to plant_reader@localhost"
            )  # fmt: skip
            yield server
        finally:
            process.terminate()
            process.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


def _wait(server: MariaDB, process: subprocess.Popen[bytes], limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while not server.socket.exists():
        assert process.poll() is None and time.monotonic() < end, "MariaDB did not start"
        time.sleep(0.02)
