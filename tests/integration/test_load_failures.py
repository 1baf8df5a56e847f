"""Loads that end in the middle leave what was there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg import sql

from tobit_kernel.errors import Cancelled, Conflict, SourceUnavailable, StorageFull
from tobit_kernel.server.files import encoding
from tobit_kernel.server.identity.principal import Principal, Role
from tobit_kernel.server.store.bootstrap import reached
from tobit_kernel.server.store.database import Addresses, superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.server.tables import Mode, load

LOCAL = Principal("default", "local", Role.ADMIN)
ROWS = "a\n" + "1\n" * 200_000

#: Loads sys.argv[2] into lab.victim at the address in standard input, and kills itself half way.
LOADER = """
import json, os, signal, sys
from pathlib import Path
from tobit_kernel.server.identity.principal import LOCAL
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.tables import Mode, load

def progress(done, total, note):
    if done:
        os.kill(os.getpid(), signal.SIGKILL)

address, home, path = Address(json.load(sys.stdin)), Path(sys.argv[1]), Path(sys.argv[2])
load(address, home, LOCAL, path, "v.csv", table="lab.victim", mode=Mode.REPLACE, progress=progress)
"""


@pytest.fixture
def victim(database: Addresses, tmp_path: Path) -> Callable[[], list[int]]:
    """A table with the row 7; calling it gives the rows that are in it now."""
    path = tmp_path / "old"
    path.write_text("a\n7\n")
    load(database.app, tmp_path, LOCAL, path, "v.csv", table="lab.victim", mode=Mode.REPLACE)

    def rows() -> list[int]:
        with database.app.connect() as connection:
            assert connection.execute("select 1 from pg_class where relname like 'loading%'").fetchall() == []
            return [row[0] for row in connection.execute("select a from lab.victim").fetchall()]

    return rows


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new"
    path.write_text(ROWS)
    return path


def test_kill_9_of_the_loader(database: Addresses, victim: Callable[[], list[int]], new: Path, tmp_path: Path) -> None:
    import json

    ended = subprocess.run(
        [sys.executable, "-c", LOADER, str(tmp_path), str(new)],
        input=json.dumps(dict(database.app.keywords)),
        text=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert victim() == [7]
    left = list((tmp_path / "scratch").iterdir())
    assert left, "the killed process could not clean up"
    load(database.app, tmp_path, LOCAL, new, "v.csv", table="lab.victim", mode=Mode.REPLACE)
    assert not any(folder.exists() for folder in left), "the next one does it"
    assert len(victim()) == 200_000


def test_the_server_ends_the_connection(
    database: Addresses, victim: Callable[[], list[int]], new: Path, tmp_path: Path
) -> None:
    def progress(done: int, total: int | None, note: str) -> None:
        if done:
            with database.owner.connect(autocommit=True) as connection:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tobit load'"
                )

    with pytest.raises(SourceUnavailable, match="lab.victim"):
        load(database.app, tmp_path, LOCAL, new, "v.csv", table="lab.victim", mode=Mode.REPLACE, progress=progress)
    assert victim() == [7]


def test_a_full_disk_of_the_gate(
    database: Addresses, victim: Callable[[], list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "korean"
    path.write_bytes(("이름\n" + "값\n" * 10_000).encode("cp949"))
    monkeypatch.setattr(encoding, "create", lambda path: open("/dev/full", "wb"))  # noqa: SIM115
    with pytest.raises(StorageFull, match="TOBIT_HOME"):
        load(database.app, tmp_path, LOCAL, path, "v.csv", table="lab.victim", mode=Mode.REPLACE)
    assert victim() == [7]
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.fixture
def small_disk(cluster: EmbeddedPostgres, database: Addresses, needs: Callable[..., None]) -> Iterator[None]:
    """New tables of the gate go to a disk of 4 MB."""
    place = cluster.home / "small"
    place.mkdir(exist_ok=True)
    needs(os.geteuid() == 0, "mounting a small disk takes root")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], check=False)
    needs(mounted.returncode == 0, "this container may not mount a small disk")
    try:
        data = place / "data"
        data.mkdir()
        cluster.place.give(data)
        name = database.app.keywords["dbname"]
        with reached(superuser(cluster, name), autocommit=True) as connection:
            connection.execute(sql.SQL("create tablespace small location {}").format(str(data)))
            connection.execute("grant create on tablespace small to tobit_app")
            connection.execute("alter role tobit_app set default_tablespace = 'small'")
            yield
            connection.execute("alter role tobit_app reset default_tablespace")
            connection.execute("drop tablespace small")
    finally:
        subprocess.run(["umount", str(place)], check=False)


def test_a_full_disk_of_the_database(
    database: Addresses, victim: Callable[[], list[int]], new: Path, tmp_path: Path, small_disk: None
) -> None:
    new.write_text(ROWS * 3)
    with pytest.raises(StorageFull):
        load(database.app, tmp_path, LOCAL, new, "v.csv", table="lab.victim", mode=Mode.REPLACE, types={"a": "text"})
    assert victim() == [7]


def test_a_reader_sees_the_old_table_until_the_new_one_is_complete(
    database: Addresses, victim: Callable[[], list[int]], new: Path, tmp_path: Path
) -> None:
    seen: list[list[int]] = []

    def progress(done: int, total: int | None, note: str) -> None:
        if done and not seen:
            with database.app.connect() as connection:
                seen.append([row[0] for row in connection.execute("select a from lab.victim").fetchall()])

    load(database.app, tmp_path, LOCAL, new, "v.csv", table="lab.victim", mode=Mode.REPLACE, progress=progress)
    assert seen == [[7]]
    assert len(victim()) == 200_000


def test_a_load_can_be_stopped_while_it_reads(database: Addresses, tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"a,b,c\n" + b"2024-01-05T10:00:00+09:00,x y z,1.25\n" * 2_000_000)
    began = time.monotonic()

    def progress(done: int, total: int | None, note: str) -> None:
        if time.monotonic() - began > 0.5:
            raise Cancelled()

    with pytest.raises(Cancelled):
        load(database.app, tmp_path, LOCAL, path, "v.csv", table="lab.large", progress=progress)
    assert time.monotonic() - began < 1.5


def test_create_at_the_same_moment_makes_one_table(database: Addresses, new: Path, tmp_path: Path) -> None:
    outcomes: list[str] = []

    def run() -> None:
        try:
            load(database.app, tmp_path, LOCAL, new, "v.csv", table="race.one")
            outcomes.append("made")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "conflict", "made"]
