"""Where the gate listens: its own socket file, one for other accounts, TCP with or without TLS."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import stat
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from tobit_kernel.errors import Conflict, InputError
from tobit_kernel.server.gateway.tls import Pair, Tls


@dataclass(frozen=True)
class Address:
    """What the gate was told to listen on beside its own socket file."""

    host: str | None = None
    port: int = 0
    tls: Pair | None = None
    #: A socket file that every account which may enter its folder reaches.
    shared: Path | None = None


@dataclass
class Listening:
    """The open sockets; ``files`` of them are without TLS."""

    own: Path
    files: list[socket.socket]
    tcp: socket.socket | None = None
    tls: Tls | None = None
    names: frozenset[str] = frozenset()
    paths: list[Path] = field(default_factory=list)

    @property
    def sockets(self) -> list[socket.socket]:
        return [*self.files, *([self.tcp] if self.tcp else [])]

    @property
    def tcp_url(self) -> str | None:
        if self.tcp is None:
            return None
        host, port = self.tcp.getsockname()[:2]
        return f"http{'s' if self.tls else ''}://{f'[{host}]' if ':' in host else host}:{port}"

    def known_names(self) -> frozenset[str]:
        """Names that requests over TCP may go to."""
        return self.names | self.tls.names if self.tls else self.names

    def remove(self) -> None:
        """Removes the socket files by their names: uvicorn has closed the sockets."""
        for path in self.paths:
            path.unlink(missing_ok=True)


def opened(own: Path, address: Address, names: str = "") -> Listening:
    """Every socket that ``address`` asks for, listening; ``names`` with commas between."""
    tls = Tls(address.tls) if address.tls else None
    if tls and address.host is None:
        raise InputError("A certificate without --host protects nothing.", "Name the address: --host 0.0.0.0")
    tcp = None if address.host is None else _tcp_socket(address.host, address.port, tls is not None)
    known = {name.strip().lower() for name in names.split(",") if name.strip()}
    if address.host:
        known.add(address.host.lower())
    listening = Listening(own, [_unix_socket(own, 0o177)], tcp, tls, frozenset(known), [own])
    if address.shared:
        listening.files.append(_shared_socket(address.shared))
        listening.paths.append(address.shared)
    return listening


class Server(uvicorn.Server):
    """uvicorn, which knows TLS on all sockets or none: files stay plain, TCP has it."""

    def __init__(self, config: uvicorn.Config, listening: Listening) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        place = self._listening
        await super().startup(sockets=place.files)
        if place.tcp is not None:
            context = place.tls.context if place.tls else None
            server = await asyncio.get_running_loop().create_server(
                self._connection, sock=place.tcp, ssl=context, backlog=self.config.backlog
            )
            self.servers.append(server)

    def _connection(self) -> asyncio.Protocol:
        kind: type = self.config.http_protocol_class
        made: asyncio.Protocol = kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        return made


def _unix_socket(path: Path, mask: int) -> socket.socket:
    """A listening socket file; what lies there is of a gate that is gone."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(mask)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    listening.listen(512)
    return listening


def _shared_socket(path: Path) -> socket.socket:
    """A socket file for other accounts. Its folder decides who comes; it must be ours, or another gate could pose."""
    path = path.absolute()
    try:
        folder = path.parent.stat()
        trusted = folder.st_uid in (os.geteuid(), 0) and not folder.st_mode & stat.S_IWOTH
        if not trusted or (path.exists() and not path.is_socket()):
            raise InputError(
                f"{str(path)!r} is no place for a socket that others trust.",
                "Its folder belongs to the gate's account or root, and nobody else writes to it: /run/tobit.",
            )
        return _unix_socket(path, 0)
    except OSError as error:
        raise InputError(
            f"The socket {str(path)!r} can't be made: {error.strerror or error}.", "Choose another --socket."
        ) from None


def _tcp_socket(host: str, port: int, has_tls: bool) -> socket.socket:
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not (local or has_tls):
        raise InputError(
            f"Without TLS the gate listens on this machine only, not on {host!r}.",
            "Give it --certificate and --key, or use --host 127.0.0.1 behind a reverse proxy that speaks TLS.",
        )
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise Conflict(f"Port {port} on {host} can't be used: {error.strerror}.", "Choose another --port.") from error
