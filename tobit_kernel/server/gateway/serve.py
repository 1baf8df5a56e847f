"""The gateway process: one per home, found through ``gateway.json``, gone when nobody uses it."""

from __future__ import annotations

import asyncio
import fcntl
import ipaddress
import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvicorn

from tobit_kernel import __version__
from tobit_kernel.errors import Conflict, InputError
from tobit_kernel.runtime import GATEWAY_FILE, make_home, process_began, run_folder
from tobit_kernel.server.gateway import logs
from tobit_kernel.server.gateway.app import make_app
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.gateway.spool import clear
from tobit_kernel.server.identity.token import LocalToken, issue
from tobit_kernel.settings import Settings

log = structlog.get_logger(__name__)

SOCKET = "gateway.sock"
_LOCK = "gateway.lock"
_WATCH_S = 0.2
_GRACE_S = 5
#: A client that asks again at the moment in which its idle connection is closed sees a lost gate: let that be rare.
_KEEP_ALIVE_S = 600


def serve(settings: Settings, host: str | None = None, port: int = 0) -> None:
    """Runs the gate until it is told to end or nobody has used it for ``settings.idle_s``.

    Listens on a unix socket, with ``host`` also on TCP. ``Conflict`` when one runs already.
    """
    make_home(settings.home)
    with _only_one(settings.home):
        clear(settings.home)
        (settings.home / GATEWAY_FILE).unlink(missing_ok=True)  # of a gate that was killed
        logs.configure(settings.home, settings.log_level)
        file = run_folder(settings.home) / SOCKET
        tcp = [] if host is None else [_tcp_socket(host, port)]
        listening = [_unix_socket(file), *tcp]
        # uvicorn ends gracefully on SIGTERM, then raises it again: by then it has done its work
        signal.signal(signal.SIGTERM, lambda *_: None)
        try:
            asyncio.run(_run(settings, listening))
        finally:
            (settings.home / GATEWAY_FILE).unlink(missing_ok=True)
            file.unlink(missing_ok=True)  # by its name: uvicorn has closed the socket


async def _run(settings: Settings, listening: list[socket.socket]) -> None:
    local = None if settings.team else LocalToken(issue(settings.home))
    app = make_app(settings, local)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=_KEEP_ALIVE_S,
        http="httptools",
        server_header=False,
    )
    server = uvicorn.Server(config)
    watcher = asyncio.create_task(_watch(server, settings, listening), name="watcher")
    try:
        await server.serve(sockets=listening)
    finally:
        watcher.cancel()
    if not server.started:
        raise SystemExit(1)


async def _watch(server: uvicorn.Server, settings: Settings, listening: list[socket.socket]) -> None:
    """Announces the gate once it answers, and ends it when it is time."""
    while not server.started:
        await asyncio.sleep(0.01)
    gate: Gate = server.config.app.state.gate  # type: ignore[union-attr]
    _announce(settings.home, listening)
    log.info("the gate is open", version=__version__, home=str(settings.home))
    while not gate.ending.is_set() and gate.activity.idle_s < settings.idle_s:
        await asyncio.sleep(_WATCH_S)
    log.info("the gate ends", reason="asked" if gate.ending.is_set() else "idle")
    server.should_exit = True


def _announce(home: Path, listening: list[socket.socket]) -> None:
    facts = {
        "pid": os.getpid(),
        "began": process_began(os.getpid()),
        "version": __version__,
        "url": f"unix://{listening[0].getsockname()}",
        "started_at": datetime.now(UTC).isoformat(),
    }
    if len(listening) > 1:
        address = listening[1].getsockname()
        facts["tcp"] = f"http://{address[0]}:{address[1]}"
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
            raise Conflict(
                f"A gate runs already in {str(home)!r}.", "`tobit status` shows it, `tobit stop` ends it."
            ) from None
        yield


def _unix_socket(path: Path) -> socket.socket:
    """A listening socket that only this user reaches; what lies there is of a gate that is gone."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    listening.listen(512)
    return listening


def _tcp_socket(host: str, port: int) -> socket.socket:
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise InputError(
            f"Without TLS the gate listens on this machine only, not on {host!r}.",
            "Use --host 127.0.0.1 behind a reverse proxy that speaks TLS.",
        )
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise Conflict(f"Port {port} on {host} can't be used: {error.strerror}.", "Choose another --port.") from error
