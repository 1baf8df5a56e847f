"""The embedded PostgreSQL: made, started, killed, taken over, and told apart from others."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

import tobit_kernel
from tobit_kernel.errors import Conflict, InputError, SourceUnavailable, StorageFull, TobitError
from tobit_kernel.server.store import lock, placement
from tobit_kernel.server.store.database import superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.server.store.postmaster import Postmaster, processes_of

Needs = Callable[[object, str], None]
AS_ROOT = os.geteuid() == 0
NOBODY = 65534

#: A process that owns the server of argv[1] until it is killed.
OWNER = """
import sys, time
from pathlib import Path
from tobit_kernel.server.store.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.process.pid, flush=True)
time.sleep(600)
"""
#: The same with a server that does not notice the end of its owner.
CARELESS_OWNER = "import tobit_kernel.server.child as child\nchild.command = lambda program, **_: program\n" + OWNER
#: Starts, asks, stops.
VISITOR = """
import sys
from pathlib import Path
from tobit_kernel.errors import TobitError
from tobit_kernel.server.store.database import superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
try:
    server.start()
except TobitError as error:
    sys.exit(f"{type(error).__name__}: {error}")
print(superuser(server, "postgres").connect().execute("select 'it works'").fetchone()[0])
server.stop()
"""


@contextmanager
def running(home: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def owner_of(home: Path, code: str = OWNER) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that owns the server of ``home``, and the server's process number."""
    with subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE, text=True) as owner:
        try:
            assert owner.stdout is not None
            yield owner, int(owner.stdout.readline())
        finally:
            owner.kill()
            for pid in processes_of(home / "postgres" / "data"):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT)


def visit_as_nobody(home: Path, needs: Needs) -> subprocess.CompletedProcess[str]:
    """What ``VISITOR`` says as an ordinary user: as ``nobody`` if we are root, else as ourselves."""
    python = Path(sys.executable)
    if AS_ROOT and not placement.Account(NOBODY, NOBODY).reaches(python):
        # The same version of the system's, with our packages.
        python = Path("/usr/bin") / f"python3.{sys.version_info.minor}"
        needs(python.exists(), f"{sys.executable} is out of reach for other accounts, and there is no {python}")
    path = [str(Path(module.__file__ or "").parents[1]) for module in (tobit_kernel, psycopg)]
    other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if AS_ROOT else {}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [python, "-c", VISITOR, home], capture_output=True, text=True, cwd="/",
        env={"PYTHONPATH": ":".join(path), "PATH": "/usr/bin:/bin"}, **other,
    )  # fmt: skip


def ask(server: EmbeddedPostgres, statement: str) -> list[tuple[object, ...]]:
    with superuser(server, "postgres").connect(autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def within(limit_s: float, condition: Callable[[], object]) -> bool:
    end = time.monotonic() + limit_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(condition())


def test_a_second_start_finds_what_the_first_one_kept(home: Path) -> None:
    with running(home) as server:
        ask(server, "create table kept as select 42 as value")
    with running(home) as server:
        assert ask(server, "select value from kept") == [(42,)]


def test_it_listens_on_a_private_socket_only_and_lets_nobody_in_without_a_password(cluster: EmbeddedPostgres) -> None:
    assert ask(cluster, "show listen_addresses") == [("",)]
    assert cluster.place.socket.stat().st_mode & 0o077 == 0
    address = superuser(cluster, "postgres")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        address.as_role("postgres", None).connect()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        address.as_role("postgres", "postgres").connect()


def test_its_settings_fit_a_neighbour_of_jupyter(cluster: EmbeddedPostgres) -> None:
    names = ("server_version_num", "server_encoding", "TimeZone", "jit", "data_checksums", "logging_collector")
    shown = {name: ask(cluster, f"show {name}")[0][0] for name in names}
    assert str(shown.pop("server_version_num")).startswith("18")
    assert shown == {
        "server_encoding": "UTF8", "TimeZone": "UTC", "jit": "off", "data_checksums": "on", "logging_collector": "on"
    }  # fmt: skip


def test_korean_sorts_as_in_a_dictionary(cluster: EmbeddedPostgres) -> None:
    words = ask(cluster, "select w from unnest(array['하늘', '가방', '나무', '각도', '라면']) as w order by w")
    assert [word for (word,) in words] == ["가방", "각도", "나무", "라면", "하늘"]
    assert ask(cluster, "select upper('é'), 'É' ~* 'é'") == [("É", True)]


def test_no_secret_is_in_a_command_line_an_environment_or_a_log(used_home: Path) -> None:
    with running(used_home) as server:
        password = server.passwords.kept("postgres") or ""
        seen = [
            Path(f"/proc/{pid}/{name}").read_bytes()
            for pid in processes_of(server.place.data)
            for name in ("cmdline", "environ")
        ]
    seen += [file.read_bytes() for file in used_home.rglob("*.log")]
    assert password and all(password.encode() not in text for text in seen)
    assert b"TOBIT" not in b"".join(seen)
    assert (used_home / "database.json").stat().st_mode & 0o777 == 0o600


def test_it_recovers_after_a_kill_9(used_home: Path) -> None:
    with running(used_home) as server:
        ask(server, "create table kept as select 42 as value")
        assert server.process
        server.process.kill()
        server.process.wait()
        server.start()
        assert ask(server, "select value from kept") == [(42,)]


def test_a_backend_that_outlived_a_killed_server_does_not_stand_in_the_way(used_home: Path) -> None:
    with running(used_home) as server:
        connection = superuser(server, "postgres").connect()
        busy = threading.Thread(target=_count_for_ever, args=(connection,))
        busy.start()
        assert within(20, lambda: ask(server, "select 1 from pg_stat_activity where query like 'do %'"))
        assert server.process
        server.process.kill()
        server.process.wait()
        begun = time.monotonic()
        server.start()
        assert time.monotonic() - begun < 30  # it would never end by itself
        assert ask(server, "select 1") == [(1,)]
        busy.join(5)
        assert not busy.is_alive()


def _count_for_ever(connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.OperationalError):
        connection.execute("do $$ begin loop end loop; end $$")  # looks up only to be cancelled
    connection.close()


def test_it_ends_with_its_owner_also_by_kill_9(used_home: Path) -> None:
    with owner_of(used_home) as (owner, pid):
        data = used_home / "postgres" / "data"
        assert pid in processes_of(data)
        owner.kill()
        assert within(5, lambda: not processes_of(data))


def test_an_orphan_is_ended_by_the_next_start(used_home: Path) -> None:
    with owner_of(used_home, CARELESS_OWNER) if not AS_ROOT else _orphan_of_root(used_home) as (owner, orphan):
        owner.kill()
        owner.wait()
        assert orphan in processes_of(used_home / "postgres" / "data")
        with running(used_home) as server:
            assert ask(server, "select 1") == [(1,)]
            assert orphan not in processes_of(server.place.data)


@contextmanager
def _orphan_of_root(home: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """As root the server needs the launcher for its account; it gets a signal that means nothing."""
    harmless = "import signal, tobit_kernel.server.child as child\nmake = child.command\n"
    harmless += "child.command = lambda p, ends_by, account: make(p, ends_by=signal.SIGWINCH, account=account)\n"
    with owner_of(home, harmless + OWNER) as found:
        yield found


def test_two_at_once_are_told_apart(used_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "TAKEOVER_LIMIT_S", 0.1)
    with owner_of(used_home) as (owner, _):
        with pytest.raises(Conflict, match=rf"process {owner.pid}\b"):
            EmbeddedPostgres(used_home).start()
        assert owner.poll() is None


def test_of_many_starters_one_gets_the_server_and_the_others_follow(home: Path) -> None:
    starters = [
        subprocess.Popen([sys.executable, "-c", VISITOR, str(home)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [starter.communicate(timeout=60)[0] for starter in starters] == ["it works\n"] * 4


def test_a_home_longer_than_a_socket_path_works(home: Path) -> None:
    long = home / ("a long folder's name, 한글 " * 4) / "home"
    long.parent.mkdir()
    with running(long) as server:
        assert len(os.fsencode(server.place.socket)) < 80
        assert ask(server, "select 1") == [(1,)]
    shutil.rmtree(server.place.socket.parent)


def test_a_home_with_quotes_spaces_and_hangul_works(home: Path) -> None:
    with running(home / "내 'x' \\n%") as server:
        assert ask(server, "select 1") == [(1,)]
        assert server.place.socket.is_relative_to(home)


def test_a_stale_pid_file_is_no_obstacle_even_when_the_number_lives(used_home: Path) -> None:
    with running(used_home) as server:
        place = server.place
    other = {"user": place.account.uid} if place.account.is_other else {}
    with subprocess.Popen(["sleep", "60"], **other) as stranger:  # type: ignore[call-overload]
        lines = f"{stranger.pid}\n{place.data}\n1\n5432\n{place.socket}\n\n 1 1\nready\n"
        (place.data / "postmaster.pid").write_text(lines)
        (place.socket / ".s.PGSQL.5432.lock").write_text(lines)
        try:
            with running(used_home) as server:
                assert ask(server, "select 1") == [(1,)]
                assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_lost_password_file_is_made_anew(used_home: Path) -> None:
    with running(used_home) as server:
        ask(server, "create table kept as select 42 as value")
    (used_home / "database.json").unlink()
    with running(used_home) as server:
        assert ask(server, "select value from kept") == [(42,)]


def test_an_initdb_that_was_cut_off_is_begun_anew(home: Path) -> None:
    server = EmbeddedPostgres(home)
    draft = server.place.give(server.place.base / "draft")
    (draft / "PG_VERSION").write_text("18")
    with running(home) as server:
        assert ask(server, "select 1") == [(1,)]


def test_data_of_another_version_is_refused_in_words(used_home: Path) -> None:
    with running(used_home) as server:
        version = server.place.data / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(Conflict, match="of PostgreSQL 16; this Tobit brings 18"):
        EmbeddedPostgres(used_home).start()


def test_a_server_that_cannot_start_says_why_and_leaves_the_home_free(used_home: Path) -> None:
    with running(used_home) as server:
        control = server.place.data / "global" / "pg_control"
        kept = control.rename(control.with_suffix(".away"))
        server.stop()
    with pytest.raises(SourceUnavailable, match="did not start.*pg_control"):
        EmbeddedPostgres(used_home).start()
    kept.rename(control)
    with running(used_home) as server:
        assert ask(server, "select 1") == [(1,)]


def test_a_home_that_is_a_file_is_refused_in_words(home: Path) -> None:
    (home / "file").write_text("")
    with pytest.raises(InputError, match="cannot write into .*file"):
        EmbeddedPostgres(home / "file").start()


def test_a_read_only_home_is_refused_in_words(home: Path, needs: Needs) -> None:
    home.chmod(0o555)
    told = visit_as_nobody(home, needs)
    assert told.returncode == 1
    assert "InputError" in told.stderr and str(home) in told.stderr and "TOBIT_HOME" in told.stderr


def test_it_runs_for_an_ordinary_user_too(home: Path, needs: Needs) -> None:
    needs(AS_ROOT, "only root can become another user (as an ordinary user all other tests show it)")
    os.chown(home, NOBODY, NOBODY)
    told = visit_as_nobody(home, needs)
    assert (told.stdout, told.stderr) == ("it works\n", "")
    assert (home / "postgres" / "data").stat().st_uid == NOBODY


def test_data_of_another_account_is_refused_in_words(home: Path, needs: Needs) -> None:
    needs(AS_ROOT, "only root can become another user")
    with running(home):
        pass
    home.chmod(0o777)
    told = visit_as_nobody(home, needs)
    assert told.stderr.startswith(("InputError", "Conflict"))


def test_what_the_account_cannot_reach_goes_to_the_system_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, needs: Needs
) -> None:
    needs(AS_ROOT, "only root has another account run PostgreSQL")
    secluded = home / "root"
    secluded.mkdir(mode=0o700)
    package = placement.wheel_binaries().parent
    shutil.copytree(package / "pginstall18", secluded / package.name / "pginstall18")
    shutil.copytree(f"{package}.libs", secluded / f"{package.name}.libs")
    monkeypatch.setattr(placement, "SYSTEM_FOLDER", home / "system")
    monkeypatch.setattr(placement, "wheel_binaries", lambda: secluded / package.name / "pginstall18")
    for _ in range(2):
        with running(secluded / "home") as server:
            assert ask(server, "select 1") == [(1,)]
            paths = (server.place.base, server.place.binaries, server.place.socket)
            assert all(path.is_relative_to(home / "system") for path in paths)
    shutil.rmtree(server.place.base)
    with pytest.raises(SourceUnavailable, match="that folder is gone"):
        EmbeddedPostgres(secluded / "home").start()


@contextmanager
def _small_disk(folder: Path, megabytes: int, needs: Needs) -> Iterator[None]:
    needs(AS_ROOT, "only root can mount a small disk")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=711", "tmpfs", folder])
    needs(done.returncode == 0, "this machine lets nobody mount a disk")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_at_the_first_start_is_said_in_words(home: Path, needs: Needs) -> None:
    with _small_disk(home, 20, needs), pytest.raises(StorageFull, match="full"):
        EmbeddedPostgres(home).start()


def test_a_disk_that_became_full_is_said_in_words_and_harms_nothing(home: Path, needs: Needs) -> None:
    with _small_disk(home, 120, needs):
        with running(home) as server:
            ask(server, "create table kept as select 42 as value")
        filler = home / "filler"
        with pytest.raises(OSError, match="No space left"), filler.open("wb") as out:
            while True:
                out.write(bytes(4096))
                out.flush()
        with pytest.raises(TobitError) as told:
            EmbeddedPostgres(home).start()
        assert isinstance(told.value, StorageFull)
        filler.unlink()
        with running(home) as server:
            assert ask(server, "select value from kept") == [(42,)]


def test_a_long_recovery_tells_that_it_goes_on(used_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    server = EmbeddedPostgres(used_home, told.append)
    server.prepare()
    server.spawn()
    assert server.process
    try:
        server.process.send_signal(signal.SIGSTOP)
        threading.Timer(2.5, server.process.send_signal, [signal.SIGCONT]).start()
        server.wait()
    finally:
        server.stop()
    assert any("2 s" in note for note in told)


def test_a_postmaster_file_that_is_not_complete_means_nothing(tmp_path: Path) -> None:
    assert Postmaster.of(tmp_path) is None
    (tmp_path / "postmaster.pid").write_text("")
    assert Postmaster.of(tmp_path) is None
