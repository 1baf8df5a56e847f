"""Finds the gate of this process, and starts one in the background where none runs."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess  # noqa: S404 - starts our own program
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tobit_kernel import __version__
from tobit_kernel.client import Gate
from tobit_kernel.errors import Conflict, GateUnavailable, InputError, TobitError, Unauthenticated
from tobit_kernel.hub_session import HubSession
from tobit_kernel.runtime import GATEWAY_FILE, TOKEN_FILE, is_team, make_home, remembered
from tobit_kernel.settings import Settings, settings
from tobit_kernel.signed_in import KeyFile, Login, signed_out

#: A database that was killed may need long to recover.
START_LIMIT_S = 180.0
#: A gate that is stopped or hangs must not hang who asks for it.
ANSWER_S = 15.0
_POLL_S = 0.02
_LOCK = "start.lock"
_START_LOG = "start.log"

_children: list[subprocess.Popen[bytes]] = []
_known: Gate | None = None
_session: HubSession | None = None


def gate(on_start: Callable[[], None] | None = None) -> Gate:
    """The gate of this process's settings; ``on_start`` is called when one must be started first."""
    global _known
    if _known is None or not _answers(_known):
        _known = _connected(settings(), on_start)
    return _known


def running(told: Settings) -> Gate | None:
    """The gate that runs in ``told.home``, if one answers; starts nothing.

    ``Conflict`` when it is of another version, ``Unauthenticated`` when it is a team's or has another token.
    """
    facts = facts_of(told.home)
    if facts is None:
        return None
    token = _token(told.home)
    found = Gate(str(facts["url"]), token, own=not of_team(told))
    try:
        found.answers(within_s=ANSWER_S)
    except (OSError, GateUnavailable):
        return None
    except Unauthenticated:
        if _token(told.home) == token:
            raise _unknown(told) from None
        return running(told)  # a gate in place of a killed one was just starting: it has a token of its own
    if facts.get("version") != __version__:
        raise Conflict(
            f"The gate that runs here is Tobit {facts.get('version')}, this is {__version__}.",
            "`tobit stop --team` ends it for everybody; `tobit gateway --team …` starts the new one."
            if of_team(told)
            else "`tobit stop` ends it; the next cell starts the new one.",
            pid=facts.get("pid"),
        )
    return found


def facts_of(home: Path) -> dict[str, Any] | None:
    """What ``gateway.json`` says, true or stale; None when there is none."""
    try:
        facts = json.loads((home / GATEWAY_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) and "url" in facts else None


def address_of(told: Settings) -> str | None:
    """Where the team's gate is: ``TOBIT_GATEWAY_URL``, else where `tobit login` was, also when nobody is signed in
    any more; None for a gate of one's own.
    """
    if told.api_key_file and not told.gateway_url:
        raise InputError("TOBIT_API_KEY_FILE holds a key, but no gate is named.", "Set TOBIT_GATEWAY_URL, too.")
    if told.gateway_url:
        return told.gateway_url
    session = remembered(told.home)
    return session.url if session else None


def of_team(told: Settings) -> bool:
    """Whether the home is a team's gate's: nobody's verb starts one there."""
    return told.team or is_team(told.home)


def team_is_down() -> GateUnavailable:
    """The error in a team's home while its gate does not run."""
    return GateUnavailable("This home is a team's gate, and it does not run.", "Start it: `tobit gateway --team …`")


def bearer(told: Settings) -> str | HubSession | Login | KeyFile:
    """What the gate at ``address_of`` knows this process by: an API key, a session through JupyterHub or of
    `tobit login`, else the home's token. One session for the process, whoever asks.

    ``Unauthenticated`` after `tobit login --out`.
    """
    global _session
    if told.api_key_file:
        return KeyFile(told.api_key_file)
    if not told.gateway_url or told.hub_token is None:
        session = remembered(told.home)
        if session is not None and same_place(session.url, address_of(told)):
            if not session.token:
                raise signed_out(session.url)
            return Login(told.home, session.url, session.token)
        return _token(told.home)
    if _session is None:
        _session = HubSession(told.gateway_url, told.hub_token.get_secret_value(), told.ca_file)
    return _session


def same_place(url: str, other: str | None) -> bool:
    """Whether two addresses are the same but for the end: a token goes nowhere else."""
    return other is not None and url.rstrip("/") == other.rstrip("/")


def connect_anew() -> None:
    """The next call finds its gate and session anew: somebody signed in or out."""
    global _known, _session
    _known = _session = None


def _unknown(told: Settings) -> Unauthenticated:
    """The error of the gate in ``told.home`` that does not know the home's token."""
    if of_team(told):
        return Unauthenticated("This home is a team's gate: everybody signs in.", "`tobit login` signs in.")
    return Unauthenticated(
        f"The gate does not know the token in {str(told.home / TOKEN_FILE)!r}.",
        "Somebody changed the file; `tobit stop` ends the gate, and the next one writes a new token.",
    )


def _token(home: Path) -> str:
    try:
        return (home / TOKEN_FILE).read_text("utf-8")
    except FileNotFoundError:
        return ""


def _answers(known: Gate) -> bool:
    """Whether something listens; a remote gate tells by the call itself."""
    if not known.url.startswith("unix://"):
        return True
    with socket.socket(socket.AF_UNIX) as trial:
        return trial.connect_ex(known.url.removeprefix("unix://")) == 0


def _connected(told: Settings, on_start: Callable[[], None] | None) -> Gate:
    url = address_of(told)
    if url:
        return Gate(url, bearer(told), told.ca_file)
    make_home(told.home)
    found = running(told)
    if found is not None:
        return found
    if of_team(told):
        raise team_is_down()
    if find_spec("uvicorn") is None or find_spec("tobit_kernel.server") is None:
        raise GateUnavailable(
            "No gate is configured, and this installation brings none.",
            "Set TOBIT_GATEWAY_URL, or `pip install 'tobit-kernel[all]'` for one of your own.",
        )
    if on_start:
        on_start()
    with _starting(told.home):
        return running(told) or _started(told)


@contextmanager
def _starting(home: Path) -> Iterator[None]:
    """One process starts the gate, however many ask; the others wait and find it."""
    with (home / _LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _started(told: Settings) -> Gate:
    logs = told.home / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    with (logs / _START_LOG).open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 - no shell, our own interpreter
            [sys.executable, "-m", "tobit_kernel.launch.cli", "gateway"],
            cwd=told.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "TOBIT_HOME": str(told.home)},
        )
    _children.append(child)
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        found = running(told)
        if found is not None:
            return found
        if child.poll() is not None:
            raise _why(logs / _START_LOG)
        time.sleep(_POLL_S)
    raise GateUnavailable(f"The gate did not start within {START_LIMIT_S:.0f} s.", f"{logs / 'gateway.log'} says more.")


def _why(log: Path) -> TobitError:
    """The error that the gate ended with; the command line writes it as two lines."""
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line and not line.startswith("{")]
    hint = next((line.removeprefix("→ ") for line in reversed(lines) if line.startswith("→ ")), "")
    said = [line for line in lines if not line.startswith("→ ")]
    return GateUnavailable(
        "The gate could not start: " + (said[-1] if said else "it ended at once."),
        hint or f"{log.parent / 'gateway.log'} says more.",
    )
