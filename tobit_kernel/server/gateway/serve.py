"""The gateway process: one per home, found through ``gateway.json``, gone when nobody uses it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI

from tobit_kernel import __version__
from tobit_kernel.errors import Conflict, Refused
from tobit_kernel.runtime import GATEWAY_FILE, is_team, make_home, make_team, process_began, run_folder
from tobit_kernel.server.gateway import logs
from tobit_kernel.server.gateway.app import make_app
from tobit_kernel.server.gateway.connection import Connection
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.gateway.listening import Address, Listening, Server, opened
from tobit_kernel.server.gateway.spool import clear
from tobit_kernel.server.gateway.transport import Transport
from tobit_kernel.server.identity.first import FILE, first_link
from tobit_kernel.server.identity.token import LocalToken, issue
from tobit_kernel.settings import Settings

log = structlog.get_logger(__name__)

SOCKET = "gateway.sock"
_LOCK = "gateway.lock"
_WATCH_S = 0.2
_GRACE_S = 5
#: A client that asks again at the moment in which its idle connection is closed sees a lost gate: let that be rare.
_KEEP_ALIVE_S = 600


def serve(settings: Settings, address: Address | None = None) -> None:
    """Runs the gate until it is told to end or nobody has used it for ``settings.idle_s`` (a team's gate stays).

    Listens on a unix socket, and on what ``address`` names. ``Conflict`` when one runs already,
    ``Refused`` for a gate of one person in a home that is a team's.
    """
    make_home(settings.home)
    with _only_one(settings.home):
        _keep_apart(settings)
        clear(settings.home)
        (settings.home / GATEWAY_FILE).unlink(missing_ok=True)  # of a gate that was killed
        logs.configure(settings.home, settings.log_level)
        listening = opened(run_folder(settings.home) / SOCKET, address or Address(), settings.hosts)
        # uvicorn ends gracefully on SIGTERM, then raises it again: by then it has done its work
        signal.signal(signal.SIGTERM, lambda *_: None)
        try:
            asyncio.run(_run(settings, listening))
        finally:
            (settings.home / GATEWAY_FILE).unlink(missing_ok=True)
            listening.remove()


def _keep_apart(settings: Settings) -> None:
    """A home in which a team's gate ever began is a team's: there nobody comes in without signing in."""
    if settings.team:
        make_team(settings.home)
    elif is_team(settings.home):
        raise Refused(
            f"{str(settings.home)!r} is a team's gate: one of one person would open everybody's data.",
            "Start it: `tobit gateway --team …`, or set TOBIT_HOME to a folder of your own.",
        )


async def _run(settings: Settings, listening: Listening) -> None:
    local = None if settings.team else LocalToken(issue(settings.home))
    app = make_app(settings, local)
    config = uvicorn.Config(
        Transport(app, listening.known_names),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=_KEEP_ALIVE_S,
        http=Connection,
        server_header=False,
        # a reverse proxy on this machine tells who asks; where the gate speaks TLS itself there is none
        proxy_headers=listening.tls is None,
        forwarded_allow_ips=["127.0.0.1", "::1"],
    )
    server = Server(config, listening)
    watcher = asyncio.create_task(_watch(app, server, settings, listening), name="watcher")
    try:
        await server.serve(sockets=listening.sockets)
    finally:
        watcher.cancel()
    if not server.started:
        raise SystemExit(1)


async def _watch(app: FastAPI, server: Server, settings: Settings, listening: Listening) -> None:
    """Announces the gate once it answers, takes a renewed certificate, and ends the gate when it is time."""
    while not server.started:
        await asyncio.sleep(0.01)
    gate: Gate = app.state.gate
    _announce(settings.home, listening)
    if settings.team:
        await _invite(gate, listening)
    log.info("the gate is open", version=__version__, home=str(settings.home))
    while not gate.ending.is_set() and (settings.team or gate.activity.idle_s < settings.idle_s):
        await asyncio.sleep(_WATCH_S)
        if listening.tls:
            listening.tls.refresh()
    log.info("the gate ends", reason="asked" if gate.ending.is_set() else "idle")
    server.should_exit = True


async def _invite(gate: Gate, listening: Listening) -> None:
    """Tells the first administrator the way in: here and in a file of the home, nowhere else."""
    url = listening.tcp_url or "http://localhost"
    names = [name.strip() for name in gate.settings.hosts.split(",") if name.strip() and "*" not in name]
    if names:  # a reverse proxy has the port that browsers know
        url = f"https://{names[0]}" + (f":{url.rpartition(':')[2]}" if listening.tls else "")
    address = await first_link(gate.store.engine, gate.settings.home, url)
    if address is not None:
        told = f"The first administrator signs in once, within a day, by\n  {address}"
        print(told, f"(also in {gate.settings.home / FILE})", sep="\n", file=sys.stderr, flush=True)


def _announce(home: Path, listening: Listening) -> None:
    facts = {
        "pid": os.getpid(),
        "began": process_began(os.getpid()),
        "version": __version__,
        "url": f"unix://{listening.own}",
        "started_at": datetime.now(UTC).isoformat(),
    }
    if listening.tcp_url:
        facts["tcp"] = listening.tcp_url
    fresh = home / f"{GATEWAY_FILE}.new"
    fresh.write_text(json.dumps(facts), "utf-8")
    fresh.replace(home / GATEWAY_FILE)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Holds the home's lock; the system releases it however this process ends."""
    with (home / _LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            ends = "tobit stop --team" if is_team(home) else "tobit stop"
            raise Conflict(
                f"A gate runs already in {str(home)!r}.", f"`tobit status` shows it, `{ends}` ends it."
            ) from None
        yield
