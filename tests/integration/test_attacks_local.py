"""Attacks of another account on the same machine, and numbers of processes that came back."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import Home
from tobit_kernel.errors import InputError, Refused
from tobit_kernel.runtime import make_home, process_began, run_folder
from tobit_kernel.server.store.passwords import Passwords

NOBODY = 65534


def given_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``folder`` as one of another account."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    return folder


@pytest.mark.parametrize("words", [["sleep", "60"], [sys.executable, "-c", "import time; time.sleep(60)", "gateway"]])
def test_stop_leaves_a_process_alone_that_got_the_gates_number(own: Home, words: list[str]) -> None:
    with subprocess.Popen(words) as foreign:
        try:
            facts = {"pid": foreign.pid, "version": "0.1.0", "url": f"unix://{own.folder}/none.sock"}
            for began in ({}, {"began": ""}, {"began": "12345"}, {"began": process_began(os.getpid())}):
                (own.folder / "gateway.json").write_text(json.dumps({**facts, **began}))
                assert "No gate runs" in own.tobit("stop").stdout
            assert foreign.poll() is None
        finally:
            foreign.kill()


def test_a_process_is_known_by_number_and_beginning() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        assert process_began(child.pid).isdecimal()
        child.kill()
        child.wait()
        assert process_began(child.pid) == ""


def test_a_home_of_another_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with pytest.raises((Refused, InputError)):
        make_home(given_away(folder, monkeypatch))


def test_a_home_that_all_may_write_to_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    folder.chmod(0o777)
    make_home(folder)
    assert not folder.stat().st_mode & stat.S_IWOTH


def test_a_run_folder_that_is_a_link_or_anothers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (home / "run").symlink_to(elsewhere)
    with pytest.raises(Refused):
        run_folder(home)
    (home / "run").unlink()
    (home / "run").mkdir()
    with pytest.raises((Refused, InputError)):
        given_away(home / "run", monkeypatch)
        run_folder(home)


def test_only_the_owner_reads_what_is_secret(gate: Home) -> None:
    gate.ask("select 1")
    for name in ("token", "database.json", "secret.key", "logs", "run/gateway.sock", "run/pg", "postgres/data"):
        assert not stat.S_IMODE((gate.folder / name).stat().st_mode) & 0o077, name
    open_to_all = [
        path for path in gate.folder.rglob("*") if not path.is_symlink() and path.stat().st_mode & stat.S_IWOTH
    ]
    assert open_to_all == []


def test_another_account_reaches_nothing(gate: Home) -> None:
    if os.geteuid() != 0:
        return  # only root can become another account; for others the modes above say the same
    program = (
        "import glob, os, socket, sys\n"
        "home, reached = sys.argv[1], []\n"
        "names = ('token', 'database.json', 'secret.key', 'logs/gateway.log', 'spool', 'scratch', 'postgres/data')\n"
        "for name in names:\n"
        "    path = os.path.join(home, name)\n"
        "    try:\n"
        "        os.listdir(path) if os.path.isdir(path) else open(path).close()\n"
        "        reached.append(name)\n"
        "    except OSError: pass\n"
        "for name in ('run/gateway.sock', 'run/pg/.s.PGSQL.5432'):\n"
        "    try:\n"
        "        socket.socket(socket.AF_UNIX).connect(os.path.join(home, name)); reached.append(name)\n"
        "    except OSError: pass\n"
        "print(reached)\n"
    )
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    done = subprocess.run(
        [python, "-c", program, str(gate.folder)], user=NOBODY, group=NOBODY, extra_groups=[], cwd="/",
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_no_secret_is_written_anywhere(gate: Home) -> None:
    password = "hunter2-never-to-be-seen"
    server = gate.folder / "run" / "pg"
    for location in (
        f"postgresql://postgres:{password}@/postgres?host={server}",
        f"host={server} password={password}",
        f"postgresql://postgres@/postgres?host={server}&sslpassword={password}",
        f"postgresql://postgres:{password}@[/x",
        f"mysql://u:{password}@h/d",
        f"{password}://x",
    ):
        for kind in ("postgresql", "files"):
            answer = gate.http("POST", "/api/v1/sources", {"name": "leak", "type": kind, "location": location})
            assert answer.status in (422, 404) and password not in answer.data.decode(), (kind, location)
    draft = {"name": "leak", "type": "postgresql", "location": f"postgresql://postgres@/postgres?host={server}"}
    assert gate.http("POST", "/api/v1/sources", {**draft, "password": password}).status == 503
    own = Passwords(gate.folder).kept("postgres") or ""
    assert gate.http("POST", "/api/v1/sources", {**draft, "password": own}).status == 200
    gate.http("POST", "/api/v1/query", {"statement": "select nonsense", "source": "leak"})
    said = b"".join(
        gate.http("GET", path).data
        for path in ("/api/v1/sources", "/api/v1/audit?limit=1000", "/api/v1/settings", "/api/v1/status", "/health",
                     "/metrics", "/openapi.json")
    ).decode()  # fmt: skip
    gate.http("DELETE", "/api/v1/sources/leak")
    secrets = {password, (gate.folder / "token").read_text(), *Passwords(gate.folder)._read().values()}
    written = [gate.folder / "gateway.json", *gate.folder.glob("logs/*"), *gate.folder.glob("postgres/logs/*"),
               *gate.folder.glob("postgres/*.log"), *gate.folder.glob("postgres/*.conf")]  # fmt: skip
    said += "".join(path.read_text(errors="replace") for path in written)
    for pid in gate.processes():
        said += re.sub("\0", " ", Path(f"/proc/{pid}/cmdline").read_text(errors="replace"))
        said += Path(f"/proc/{pid}/environ").read_text(errors="replace")
    assert [secret for secret in secrets if secret in said] == []
