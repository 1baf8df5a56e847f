"""The gate starts itself, once, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import short_folder
from tests.integration.conftest import Home, Team, until
from tobit_kernel import __version__

PID = "from tobit_kernel.autostart import gate; print(gate().get('/status')['pid'])"


@pytest.fixture
def own(empty: Home) -> Home:
    """Here the first start is a part of it."""
    return empty


def asking(home: Home) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PID], env=home.environment, text=True, stdout=subprocess.PIPE)


def test_twenty_processes_at_once_start_one_gate(own: Home) -> None:
    asked = [asking(own) for _ in range(20)]
    answers = [process.communicate(timeout=120)[0].strip() for process in asked]
    assert [process.returncode for process in asked] == [0] * 20
    assert set(answers) == {str(own.pid)}
    assert [pid for pid, command in own.processes().items() if "gateway" in command] == [own.pid]


def test_a_killed_gate_leaves_no_postgres_and_the_next_call_starts_another(own: Home) -> None:
    assert own.data("sql", "select 1 as a")["rows"] == [[1]]
    first = own.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: not own.processes(), 20)
    assert own.facts["pid"] == first and Path(own.facts["url"].removeprefix("unix://")).exists()
    assert "was killed" in own.tobit("status").stdout
    assert own.data("sql", "select 2 as a")["rows"] == [[2]]
    assert own.pid != first


def test_a_file_of_an_old_socket_is_no_hindrance(own: Home) -> None:
    run = own.folder / "run"
    run.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(str(run / "gateway.sock"))
    assert own.data("whoami")["user"] == "local"


def test_somebody_else_at_the_socket_is_no_gate(own: Home) -> None:
    run = own.folder / "run"
    run.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
    (own.folder / "token").write_text("x")
    (own.folder / "gateway.json").write_text(
        json.dumps({"pid": 1, "version": __version__, "url": f"unix://{run / 'gateway.sock'}"})
    )
    with subprocess.Popen([sys.executable, "-c", CLOSES, str(run / "gateway.sock")], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"listening\n"
        assert own.data("whoami")["user"] == "local"
        other.kill()


#: Listens at sys.argv[1] and closes whatever connects.
CLOSES = """
import socket, sys
with socket.socket(socket.AF_UNIX) as listening:
    listening.bind(sys.argv[1])
    listening.listen()
    print("listening", flush=True)
    while True:
        listening.accept()[0].close()
"""


def test_a_home_longer_than_a_socket_path(own: Home) -> None:
    deep = Home(own.folder / ("longer" * 20) / "한글 폴더")
    try:
        assert deep.data("sql", "select 1 as a")["rows"] == [[1]]
        assert len(deep.facts["url"]) < 108 + len("unix://")
        assert deep.tobit("stop").returncode == 0
    finally:
        deep.stop()


#: As root this becomes another account: a folder without write permission does not stop root. That account may not
#: read the interpreter, so a call that fails in the same way loads all modules before.
READ_ONLY = """
import os, sys
from contextlib import redirect_stderr
from tobit_kernel.launch.cli import run
from tobit_kernel.settings import settings
home, os.environ["TOBIT_HOME"] = os.environ["TOBIT_HOME"], os.devnull
with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
    run(["whoami"])
os.environ["TOBIT_HOME"] = home
settings.cache_clear()
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(run(["whoami"]))
"""


def test_a_read_only_home_is_said_in_two_lines(own: Home) -> None:
    own.folder.chmod(0o555)
    # coverage could not write its data as that account, and would say so
    plain = {name: value for name, value in own.environment.items() if not name.startswith("COV")}
    done = subprocess.run([sys.executable, "-c", READ_ONLY], env=plain, text=True, capture_output=True, check=False)
    own.folder.chmod(0o711)
    assert (done.returncode, done.stdout) == (1, "")
    what, advice = done.stderr.splitlines()
    assert "cannot write into" in what and "TOBIT_HOME" in advice


def test_a_gate_that_cannot_start_says_why_in_two_lines(own: Home) -> None:
    own.more["TOBIT_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/none"
    done = own.tobit("sql", "select 1")
    assert (done.returncode, done.stdout) == (1, "")
    what, advice = done.stderr.splitlines()
    assert "could not start" in what and advice.startswith("→ ")
    assert not own.processes() and not own.facts


@pytest.mark.parametrize(("name", "value"), [("TOBIT_IDLE_S", "soon"), ("TOBIT_LOG_LEVEL", "loud")])
def test_a_setting_that_makes_no_sense_is_said_in_two_lines(own: Home, name: str, value: str) -> None:
    own.more[name] = value
    done = own.tobit("sql", "select 1")
    assert (done.returncode, done.stdout) == (1, "")
    assert name in done.stderr and value in done.stderr and len(done.stderr.splitlines()) == 2


def test_a_gate_of_another_version_is_refused_in_words_and_stopped(own: Home) -> None:
    own.tobit("whoami")
    facts = own.facts
    (own.folder / "gateway.json").write_text(json.dumps({**facts, "version": "0.0.9"}))
    done = own.tobit("whoami")
    assert done.returncode == 1
    assert "0.0.9" in done.stderr and __version__ in done.stderr and "tobit stop" in done.stderr
    assert own.tobit("stop").returncode == 0
    until(lambda: not own.processes(), 20)
    assert own.data("whoami")["user"] == "local"


def test_stop_leaves_nothing_behind(own: Home) -> None:
    own.tobit("sql", "select 1")
    assert own.data("stop") == {"stopped": True}
    assert own.processes() == {} and own.facts == {}
    assert not list((own.folder / "run").rglob("*.sock"))
    assert own.data("stop") == {"stopped": False}


def test_a_gate_that_nobody_uses_ends(own: Home) -> None:
    own.more["TOBIT_IDLE_S"] = "1"
    assert own.data("sql", "select 1 as a")["rows"] == [[1]]
    until(lambda: not own.processes() and not own.facts, 30)


def test_a_running_statement_keeps_the_gate(own: Home) -> None:
    own.more["TOBIT_IDLE_S"] = "1"
    slow = "select count(*) as n from generate_series(1, 20000000)"
    assert own.data("sql", slow)["rows"] == [[20_000_000]]


def test_token_and_socket_belong_to_the_user_alone(gate: Home) -> None:
    sock = Path(gate.facts["url"].removeprefix("unix://"))
    assert stat.S_IMODE((gate.folder / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE(sock.stat().st_mode) == 0o600 and stat.S_ISSOCK(sock.stat().st_mode)
    logs = [*(gate.folder / "logs").iterdir(), gate.folder / "logs"]
    assert not [path for path in logs if path.is_dir() and path.stat().st_mode & 0o077]


def test_a_second_gate_in_the_same_home_is_refused(gate: Home) -> None:
    done = gate.tobit("gateway")
    assert done.returncode == 1
    assert "runs already" in done.stderr.splitlines()[-2]
    assert gate.gate.get("/me")["user"] == "local"


def test_tcp_on_this_machine(own: Home) -> None:
    with own.started("gateway", "--host", "127.0.0.1", "--port", "0") as served:
        until(lambda: own.facts)
        own.more["TOBIT_GATEWAY_URL"] = own.facts["tcp"]
        assert own.facts["tcp"].startswith("http://127.0.0.1:")
        assert own.data("sql", "select 1 as a")["rows"] == [[1]]
        assert own.data("status")["pid"] == served.pid
        del own.more["TOBIT_GATEWAY_URL"]
        own.tobit("stop")
        served.communicate(timeout=30)
        assert served.returncode == 0


@pytest.mark.parametrize("host", ["10.0.0.1", "::", "example.invalid"])
def test_tcp_elsewhere_is_refused(own: Home, host: str) -> None:
    done = own.tobit("gateway", "--host", host)
    assert done.returncode == 1 and "Without TLS" in done.stderr
    assert not own.processes()


def test_a_base_install_says_what_to_do_where_no_gate_is(own: Home) -> None:
    hidden = (
        "import sys; sys.modules['uvicorn'] = None; from tobit_kernel.launch.cli import run; sys.exit(run(['whoami']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden], env=own.environment, text=True, capture_output=True, check=False
    )
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 2
    assert "TOBIT_GATEWAY_URL" in done.stderr


def test_no_gate_at_the_address_of_a_team(own: Home) -> None:
    own.more["TOBIT_GATEWAY_URL"] = "http://127.0.0.1:9"
    done = own.tobit("whoami")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 2
    assert "GateUnavailable" not in done.stderr and "Traceback" not in done.stderr
    assert "http://127.0.0.1:9" in done.stderr and "tobit stop" not in done.stderr


def test_a_team_s_home_gets_no_gate_of_one_person(made_home: Path) -> None:
    team = Team(short_folder())
    subprocess.run(["cp", "-a", f"{made_home}/.", team.folder], check=True)
    with team.opened():
        assert (team.folder / "team").exists()
        refused = team.tobit("stop")
        assert refused.returncode == 1 and team.url in refused.stderr and "stop --team" in refused.stderr
        asked = team.tobit("whoami")
        assert asked.returncode == 1 and "tobit login" in asked.stderr and "tobit stop" not in asked.stderr
        assert team.data("stop", "--team") == {"stopped": True}
    for words in (["sql", "select 1"], ["whoami"], ["status"]):
        done = team.tobit(*words)
        assert (done.returncode, done.stderr.splitlines()) == (1, DOWN)
    alone = team.tobit("gateway")
    assert alone.returncode == 1 and "gateway --team" in alone.stderr
    assert team.processes() == {} and team.data("stop") == {"stopped": False}
    shutil.rmtree(team.folder)


DOWN = ["This home is a team's gate, and it does not run.", "→ Start it: `tobit gateway --team …`"]


def test_told_that_it_is_a_team_s_no_verb_starts_a_gate(own: Home) -> None:
    own.more["TOBIT_TEAM"] = "1"
    assert own.tobit("sql", "select 1").stderr.splitlines() == DOWN
    assert not own.processes()


def test_a_changed_token_is_named_and_stop_still_ends_the_own_gate(own: Home) -> None:
    own.tobit("whoami")
    (own.folder / "token").write_text("x")
    what, advice = own.tobit("whoami").stderr.splitlines()
    assert str(own.folder / "token") in what and "tobit stop" in advice
    assert own.data("stop") == {"stopped": True}
    assert own.data("whoami")["user"] == "local"


def test_the_home_may_move_while_nothing_runs(own: Home) -> None:
    frame = own.folder / "n.csv"
    frame.write_text("a\n1\n")
    own.data("load", str(frame), "--table", "kept")
    own.tobit("stop")
    moved = Home(own.folder.with_name(own.folder.name + "m"))
    own.folder.rename(moved.folder)
    try:
        assert moved.data("sql", "select a from my.kept")["rows"] == [[1]]
    finally:
        moved.stop()
        shutil.rmtree(moved.folder)
        own.folder.mkdir()
