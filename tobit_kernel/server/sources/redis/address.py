"""Where a Redis is, from its URL."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from tobit_kernel.errors import InputError, SourceUnavailable

_PORT = 6379
_CONNECT_S = 5.0


@dataclass(frozen=True)
class Address:
    """``redis://user@host:6379/0``, ``rediss://`` with TLS, or ``unix:///run/redis.sock?db=0``."""

    host: str
    port: int
    path: str
    user: str
    database: int
    secure: bool

    @classmethod
    def of(cls, location: str) -> Self:
        """The address; ``InputError`` never repeats the text, which may hold a password."""
        try:
            url = urlsplit(location)
            port = url.port or _PORT
            query = {name: values[-1] for name, values in parse_qs(url.query, strict_parsing=bool(url.query)).items()}
            database = int(query.pop("db", "") or (url.path.strip("/") if url.scheme != "unix" else "") or "0")
        except ValueError:
            raise _wrong() from None
        if url.password is not None or "password" in query:
            raise InputError("The address holds a password.", "Leave it out and give --password: it is encrypted then.")
        local = url.scheme == "unix"
        if url.scheme not in ("redis", "rediss", "unix") or query or database < 0 or not (url.path if local else True):
            raise _wrong()
        path = unquote(url.path) if local else ""
        user = unquote(url.username or "")
        return cls(unquote(url.hostname or "127.0.0.1"), port, path, user, database, url.scheme == "rediss")

    def connect(self, timeout_s: float) -> socket.socket:
        """A connection that nobody is logged in to; ``SourceUnavailable``."""
        wait = min(timeout_s, _CONNECT_S)
        place = self.path or f"{self.host}:{self.port}"
        try:
            if self.path:
                plain = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                plain.settimeout(wait)
                _opened(plain, self.path)
            else:
                plain = socket.create_connection((self.host, self.port), wait)
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return _secured(plain, self.host) if self.secure else plain
        except ssl.SSLError as error:
            raise SourceUnavailable(f"Redis at {place} can't be trusted: {error.reason or 'TLS failed'}.") from error
        except OSError as error:
            reason = error.strerror or str(error) or "no answer"
            raise SourceUnavailable(f"Redis at {place} does not answer: {reason}.", "Does it run there?") from error


def _wrong() -> InputError:
    return InputError("The address of the Redis is not readable.", "Write redis://user@host:6379/0 or unix:///path.")


def _opened(plain: socket.socket, path: str) -> None:
    try:
        plain.connect(path)
    except BaseException:
        plain.close()
        raise


def _secured(plain: socket.socket, host: str) -> socket.socket:
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
