"""Connections to a gate: by a socket file, by https, and on this machine by http."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError, SSLError

from tobit_kernel.errors import GateUnavailable, InputError

CONNECT_S = 5.0


def untrusted(url: str, error: SSLError) -> GateUnavailable:
    """The error for a certificate that nobody vouches for, or that is of another name."""
    cause = error.args[0] if error.args else error
    why = getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or type(cause).__name__
    return GateUnavailable(
        f"The certificate of {url} is not trusted: {why}.",
        "TOBIT_CA_FILE names the file (PEM) of the authority that signed it; your administrator has it.",
    )


def pool(url: str, ca_file: Path | None = None) -> urllib3.HTTPConnectionPool:
    """Connections to the gate at ``url``; ``InputError`` where a token would travel in the open."""
    if url.startswith("unix://"):
        return _UnixPool(Path(url.removeprefix("unix://")))
    if ca_file is not None and not ca_file.is_file():
        raise InputError(f"TOBIT_CA_FILE={str(ca_file)!r} is no file.", "It names certificates in PEM form.")
    parts = urllib3.util.parse_url(url)
    if parts.scheme == "https":
        return urllib3.connection_from_url(url, maxsize=4, ca_certs=ca_file and str(ca_file))
    if parts.scheme != "http" or not _is_here(parts.host or ""):
        raise InputError(
            f"{url!r} is no safe way to a gate: the token would travel where others can read it.",
            "TOBIT_GATEWAY_URL is https://name, unix:///path, or http:// on this machine.",
        )
    return urllib3.connection_from_url(url, maxsize=4)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class _UnixConnection(HTTPConnection):
    """An HTTP connection whose other end is a socket file."""

    def __init__(self, file: Path, **options: Any) -> None:
        super().__init__("localhost", **options)
        self._file = file

    def _new_conn(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_S)
        try:
            connection.connect(str(self._file))
        except OSError as error:
            connection.close()
            raise NewConnectionError(self, str(error)) from error
        return connection


class _UnixPool(urllib3.HTTPConnectionPool):
    """Connections to one socket file."""

    def __init__(self, file: Path) -> None:
        super().__init__("localhost", maxsize=4)
        self._file = file

    def _new_conn(self) -> _UnixConnection:
        return _UnixConnection(self._file, timeout=self.timeout.connect_timeout)
