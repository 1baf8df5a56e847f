"""The example of deploy/jupyterhub with a real Hub, accounts of this machine, and one who attacks another."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from tests.conftest import short_folder
from tests.integration.conftest import Home, until
from tests.integration.hub.machine import add_person, everybody_may, free_ports, python_for_all, remove_person
from tests.integration.hub.people import Hub, Person

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "hub"
SECRET = "only for B"


@dataclass
class World:
    """A gate, a Hub and three people: A, B, and C who has A's uid."""

    gate: Home
    hub: Hub
    state: Path
    a: Person
    b: Person
    c: Person


@pytest.fixture(scope="module")
def world(needs: Callable[[object, str], None]) -> Iterator[World]:
    needs(os.geteuid() == 0 and shutil.which("useradd"), "root, who makes accounts")
    needs(everybody_may(Path(sys.prefix)) and everybody_may(ROOT), "a project that other accounts may read")
    folder = short_folder()
    folder.chmod(0o755)
    names = [f"tobit-{letter}-{os.getpid()}" for letter in "abc"]
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "home").mkdir(mode=0o755)
        for name, same_as in zip(names, (None, None, names[0]), strict=True):
            add_person(name, folder / "home", same_as)
            ending.callback(remove_person, name)
        hub_port = free_ports(2)
        gate = ending.enter_context(started_gate(folder, hub_port[1]))
        hub = ending.enter_context(started_hub(folder, names, hub_port))
        yield World(gate, hub, folder / "hub", *started_people(hub, folder / "hub", names))


@contextmanager
def started_gate(folder: Path, hub_port: int) -> Iterator[Home]:
    """A team's gate with a socket for other accounts."""
    (folder / "run").mkdir(mode=0o755)
    gate = Home(
        folder / "gate",
        {"TOBIT_HUB_API_URL": f"http://127.0.0.1:{hub_port}/hub/api", "TOBIT_HUB_ROLES": '{"analysts": "analyst"}'},
    )
    with gate.started("gateway", "--team", "--socket", str(folder / "run/gate.sock")) as process:
        until(lambda: gate.facts.get("url") or process.poll() is not None)
        assert process.poll() is None, process.stderr and process.stderr.read()
        yield gate
        process.terminate()
        process.wait(20)


@contextmanager
def started_hub(folder: Path, names: list[str], ports: list[int]) -> Iterator[Hub]:
    state = folder / "hub"
    state.mkdir(mode=0o700)
    (folder / "jupyter").mkdir(mode=0o755)
    python, environment = python_for_all(folder)
    token = secrets.token_hex(16)
    told = {
        "example": str(ROOT / "deploy/jupyterhub/jupyterhub_config.py"),
        "state": str(state),
        "ports": ports,
        "people": names,
        "analysts": names[:1],
        "server": [str(python), "-m", "jupyterhub.singleuser"],
        "gate": f"unix://{folder}/run/gate.sock",
        "environment": environment,
        "token": token,
    }
    file = state / "test.json"
    file.write_text(json.dumps(told))
    with (state / "log").open("wb") as log:
        command = [sys.executable, "-m", "jupyterhub", "--config", str(HERE / "config.py")]
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("TOBIT_", "JUPYTER"))}
        plain |= {"STATE_DIRECTORY": str(state), "RUNTIME_DIRECTORY": str(folder / "jupyter")}
        process = subprocess.Popen(
            command, cwd=state, env={**plain, "TOBIT_TEST_HUB": str(file)}, stdout=log, stderr=log, umask=0o077
        )
    hub = Hub(f"http://127.0.0.1:{ports[1]}/hub/api", token)

    def answers() -> bool:
        assert process.poll() is None, (state / "log").read_text()
        try:
            return isinstance(hub.ask("GET", "/users"), list)
        except HTTPError:
            return False

    try:
        until(answers)
        yield hub
    finally:
        process.terminate()
        process.wait(30)


def started_people(hub: Hub, state: Path, names: list[str]) -> list[Person]:
    """Their servers, started at the same time."""
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda name: hub.ask("POST", f"/users/{name}/server"), names))
    people = []
    for name in names:
        until(lambda name=name: hub.ask("GET", f"/users/{name}")["servers"].get("", {}).get("ready"))  # type: ignore[misc]
        token = hub.ask("POST", f"/users/{name}/tokens", {"note": "test"})["token"]
        route = f"/user/{name}/"
        people.append(Person(name, json.loads((state / "routes.json").read_text())[route] + route, token))
    return people


def pids_of(world: World, person: Person) -> dict[str, int]:
    """The person's server and the kernel below it."""
    server = world.hub.ask("GET", f"/users/{person.name}")["servers"][""]["state"]["pid"]
    kernel = int(person.run("import os; print(os.getpid())")[0])
    return {"the server": server, "the kernel": kernel}


def attacked(world: World, attacker: Person, victim: Person) -> dict[str, Any]:
    """What came of each trial from the attacker's kernel, while the victim's kernel speaks."""
    home = Path(pwd.getpwnam(victim.name).pw_dir)
    victim.run(f"open('diary.ipynb', 'w').write({SECRET!r}); open('/tmp/{victim.name}', 'w').write({SECRET!r})")
    runtime = world.state.parent / "jupyter" / victim.name
    exact = {f"{runtime}/kernel-*.json": [str(file) for file in runtime.glob("kernel-*.json")]}
    exact[f"{home}/*.ipynb"] = [f"{home}/diary.ipynb"]
    told = {
        "pids": pids_of(world, victim),
        "home": str(home),
        "runtime": str(runtime),
        "name": victim.name,
        "uid": pwd.getpwnam(victim.name).pw_uid,
        "hub": str(world.state),
        "gate_home": str(world.gate.folder),
        "gate": str(world.gate.folder.parent / "run/gate.sock"),
        "exact": exact,
        "say": f"{SECRET} {secrets.token_hex(4)}",
        "urls": {
            "the victim's server": f"{victim.server}api/kernels",
            "the victim at the Hub": f"{world.hub.url}/users/{victim.name}",
            "a token in the victim's name": f"{world.hub.url}/users/{victim.name}/tokens",
        },
    }
    speaking = f"import threading, time\nfor _ in range(40):\n    print({told['say']!r}); time.sleep(0.1)"
    thread = threading.Thread(target=victim.run, args=(speaking,))
    thread.start()
    code = (HERE / "attack.py").read_text() + f"\nimport json; print(json.dumps(attack({told!r}), default=str))"
    printed, error = attacker.run(code)
    thread.join()
    Path(f"/tmp/{victim.name}").unlink()
    assert not error, error
    return dict(json.loads(printed))


def test_every_server_runs_as_its_person(world: World) -> None:
    for person in (world.a, world.b):
        uid, folder = person.run("import os; print(os.getuid(), os.getcwd())")[0].split()
        assert (int(uid), folder) == (pwd.getpwnam(person.name).pw_uid, pwd.getpwnam(person.name).pw_dir)


def test_a_kernel_comes_in_by_the_hub_and_its_groups_are_its_role(world: World) -> None:
    for person, role in ((world.a, "analyst"), (world.b, "viewer")):
        printed, error = person.run("%load_ext tobit_kernel\n%tobit whoami")
        assert f"{person.name} @ default, {role}" in printed, error
    printed, error = world.a.run("%%tobit sql\nselect 6 * 7 as answer")
    assert "42" in printed, error


def test_the_page_asks_the_gate_as_its_person(world: World) -> None:
    for person in (world.a, world.b):
        assert person.api("GET", "tobit/gate/me")["data"]["user"] == person.name


def test_no_token_of_ours_is_in_an_environment_or_a_file(world: World) -> None:
    look = "import os, tobit_kernel.autostart as a, tobit_kernel.settings as s; print(a.bearer(s.settings()).token())"
    printed, error = world.a.run("%load_ext tobit_kernel\n%tobit whoami\n" + look)
    token = printed.split()[-1]
    assert token.startswith("tbs_"), error
    for pid in pids_of(world, world.a).values():
        for name in ("environ", "cmdline"):
            assert token.encode() not in Path(f"/proc/{pid}/{name}").read_bytes()
    for folder in (Path(pwd.getpwnam(world.a.name).pw_dir), world.state, world.gate.folder / "logs"):
        for file in folder.rglob("*"):
            assert not file.is_file() or token.encode() not in file.read_bytes(), file


def test_nothing_of_another_person_can_be_reached(world: World) -> None:
    found = attacked(world, world.a, world.b)
    assert len(found) > 25
    assert {name: what for name, what in found.items() if what} == {}


def test_with_one_uid_for_two_people_there_is_no_isolation(world: World) -> None:
    found = attacked(world, world.a, world.c)
    for name in ("the server's environment", "the kernel's memory", "connection files", "kernel's sockets"):
        assert found[name], name
    # what stands behind the gate or belongs to the Hub is still closed
    closed = {name: what for name, what in found.items() if what and (" Hub" in name or "gate" in name)}
    assert closed == {}
