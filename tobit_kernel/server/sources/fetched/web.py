"""JSON from one web server: no redirects, no proxies, no other host, and an end to everything."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, SSLError

from tobit_kernel.errors import Cancelled, InputError, LimitReached, SourceUnavailable, TimedOut
from tobit_kernel.server.sources.fetched.places import connected
from tobit_kernel.server.sources.timing import Deadline

#: Bytes of all answers to one statement, unpacked.
BYTES_LIMIT = 64 << 20
#: Requests for one statement.
REQUESTS_LIMIT = 1000
_PIECE_BYTES = 1 << 16
_CONNECT_S = 5.0


@dataclass(frozen=True)
class Web:
    """A server at ``scheme://host:port`` and the path that all requests begin with."""

    scheme: str
    host: str
    port: int
    base: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Whether addresses of inner networks and of this machine are allowed.
    private: bool = True

    @classmethod
    def of(cls, location: str, headers: Mapping[str, str], private: bool) -> Self:
        """The server of an ``http(s)://host:port/path``; ``InputError`` does not repeat the text."""
        try:
            url = urlsplit(location)
            port = url.port or {"http": 80, "https": 443}[url.scheme]
        except (ValueError, KeyError):
            raise InputError("The address is no URL.", "Write http://host:port or https://host/path.") from None
        if url.username is not None or url.password is not None:
            raise InputError("The address holds a login.", "Give the option user and --password instead.")
        if not url.hostname or url.query or url.fragment or not location.isascii() or not location.isprintable():
            raise InputError("The address has more than host and path.", "Write http://host:port or https://host/path.")
        return cls(url.scheme, url.hostname, port, url.path.rstrip("/"), headers, private)

    def session(self, deadline: Deadline, most_bytes: int = BYTES_LIMIT) -> Session:
        """Connections for one statement; ``close`` it."""
        return Session(self, deadline, most_bytes)


@dataclass(frozen=True)
class Answer:
    """The JSON that a server answered, its status and headers."""

    status: int
    data: Any
    headers: Mapping[str, str]


class Session:
    """Requests of one statement; the deadline ends whichever is under way."""

    def __init__(self, web: Web, deadline: Deadline, most_bytes: int) -> None:
        self._web, self._deadline, self._left = web, deadline, most_bytes
        self._requests = 0
        self._channels: list[socket.socket] = []
        self._most = most_bytes
        self._pool = self._made()
        deadline.attach(self._abort)

    @property
    def left_s(self) -> float:
        """Seconds that are left, at least one."""
        return max(self._deadline.left_s, 1.0)

    def get(self, path: str, query: Mapping[str, Any] | None = None, expected: frozenset[int] = frozenset()) -> Answer:
        """The JSON at ``path`` below the server's own. Statuses that are not 2xx nor ``expected`` raise."""
        self._deadline.check()
        self._requests += 1
        if self._requests > REQUESTS_LIMIT:
            raise LimitReached(f"A statement makes at most {REQUESTS_LIMIT} requests.", "Lower the limit.")
        target = self._web.base + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        try:
            response = self._pool.urlopen(
                "GET",
                target,
                headers={"accept": "application/json", "accept-encoding": "gzip", "user-agent": "tobit"}
                | dict(self._web.headers),
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(
                    connect=min(self._deadline.left_s, _CONNECT_S), read=max(self._deadline.left_s, 0.01)
                ),
            )
            try:
                return self._answer(response, expected)
            finally:
                response.close()
        except (HTTPError, OSError) as error:
            raise self._told(error) from error

    def reach(self) -> None:
        """Raises unless the server answers anything at all."""
        try:
            self.get("/", expected=frozenset(range(400, 500)))
        except SourceUnavailable as error:
            if "JSON" not in error.message and "redirects" not in error.message:
                raise

    def close(self) -> None:
        self._pool.close()
        for channel in self._channels:
            with suppress(OSError):
                channel.close()

    def _answer(self, response: urllib3.BaseHTTPResponse, expected: frozenset[int]) -> Answer:
        status = response.status
        if 300 <= status < 400:
            raise SourceUnavailable(
                f"The server redirects to another place ({status}).", "Register the place itself; none is followed."
            )
        if not 200 <= status < 300 and status not in expected:
            raise SourceUnavailable(f"The server answers {status}.", _ADVICE.get(status, "Its own log may say why."))
        body = bytearray()
        for piece in response.stream(_PIECE_BYTES, decode_content=True):  # unpacked piece by piece
            self._left -= len(piece)
            if self._left < 0:
                raise LimitReached(
                    f"The answers have more than {self._most >> 20} MiB.", "Ask for less: a shorter time, fewer pages."
                )
            body += piece
            self._deadline.check()
        try:
            data = json.loads(bytes(body), parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise SourceUnavailable(
                f"The server answers {status} with something else than JSON.", "Look at the address of the source."
            ) from None
        return Answer(status, data, {name.lower(): value for name, value in response.headers.items()})

    def _told(self, error: Exception) -> Exception:
        try:
            self._deadline.check()
        except (Cancelled, TimedOut) as ended:
            return ended
        place = f"{self._web.host}:{self._web.port}"
        if isinstance(error, urllib3.exceptions.ReadTimeoutError):
            return TimedOut()
        if isinstance(error, SSLError):
            return SourceUnavailable(f"{place} can't be trusted: its certificate is not valid.")
        if isinstance(error, urllib3.exceptions.DecodeError):
            return SourceUnavailable(f"{place} answers with something that can't be unpacked.")
        return SourceUnavailable(f"{place} does not answer.", "Does it run there? Look at the address of the source.")

    def _made(self) -> HTTPConnectionPool:
        session = self

        def channel(connection: HTTPConnection) -> socket.socket:
            timeout_s = min(session._deadline.left_s, _CONNECT_S)
            made = connected(session._web.host, session._web.port, timeout_s, session._web.private)
            session._channels.append(made)
            session._deadline.check()
            return made

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return channel(self)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return channel(self)

        pool = HTTPSConnectionPool if self._web.scheme == "https" else HTTPConnectionPool
        made = pool(self._web.host, self._web.port, maxsize=1)
        made.ConnectionCls = Secure if self._web.scheme == "https" else Plain
        return made

    def _abort(self) -> None:
        for channel in [*self._channels]:
            with suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)


_ADVICE = {
    401: "Its login is missing or wrong: register the source with --password.",
    403: "Its login may not read this.",
    404: "Look at the address of the source and its paths.",
    429: "It wants fewer requests; try later.",
}


def _no_number(word: str) -> None:
    """NaN and infinity, which some servers write and JSON does not know."""
