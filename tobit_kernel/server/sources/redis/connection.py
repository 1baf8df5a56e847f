"""A connection to a Redis that counts what it reads, and that another thread can end.

redis-py reads an answer of any size into memory, so the protocol (RESP 2) is spoken here.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tobit_kernel.errors import Cancelled, LimitReached, SourceUnavailable, TimedOut
from tobit_kernel.server.sources.redis.address import Address
from tobit_kernel.server.sources.source import Cancellation
from tobit_kernel.server.sources.timing import Deadline

#: Bytes of all answers to one statement.
BYTES_LIMIT = 64 << 20
#: What a value costs in memory beside its bytes.
_OVERHEAD_BYTES = 16
_DEPTH = 16


@dataclass(frozen=True)
class Failure:
    """An error that the server answered."""

    text: str

    @property
    def kind(self) -> str:
        return self.text.partition(" ")[0]


#: bytes, a number, nothing, a failure, or a list of these.
Reply = Any


class Connection:
    """Logged in; ``ask`` sends commands and reads their answers."""

    def __init__(self, address: Address, password: str | None, deadline: Deadline) -> None:
        self._deadline = deadline
        self._left = BYTES_LIMIT
        self._socket = address.connect(deadline.left_s)
        self._file = self._socket.makefile("rb", 1 << 16)
        deadline.attach(self._abort)
        try:
            self._log_in(address, password)
        except BaseException:
            self.close()
            raise

    def ask(self, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """An answer for each command, in one round trip. ``Cancelled``, ``TimedOut``, ``LimitReached``, …"""
        self._deadline.check()
        try:
            self._socket.settimeout(self._deadline.left_s)
            self._socket.sendall(b"".join(_packed(command) for command in commands))
            return [self._reply(_DEPTH) for _ in commands]
        except (OSError, EOFError, ValueError) as error:
            raise self._told(error) from error

    def close(self) -> None:
        for each in (self._file, self._socket):
            with suppress(OSError):
                each.close()

    def _abort(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _told(self, error: Exception) -> Exception:
        try:
            self._deadline.check()
        except (Cancelled, TimedOut) as ended:
            return ended
        if isinstance(error, TimeoutError):
            return TimedOut()
        if isinstance(error, ValueError):
            return SourceUnavailable("What answers there is no Redis.", "Look at the address of the source.")
        return SourceUnavailable("The Redis ended the connection.", "Run it again; its log may say why.")

    def _log_in(self, address: Address, password: str | None) -> None:
        if password is not None or address.user:
            names = [address.user.encode()] if address.user else []
            self._must(b"AUTH", *names, (password or "").encode())
        if address.database:
            self._must(b"SELECT", str(address.database).encode())

    def _must(self, *command: bytes) -> None:
        [answer] = self.ask([command])
        if isinstance(answer, Failure):
            what = "login" if command[0] == b"AUTH" else "number of the database"
            raise SourceUnavailable(f"The Redis refuses the {what} ({answer.kind}).", "Register the source again.")

    def _reply(self, depth: int) -> Reply:
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            return self._bulk(int(rest))
        if kind == b"*":
            if depth == 0:
                raise ValueError("too deep")
            return [self._reply(depth - 1) for _ in range(int(rest))] if rest != b"-1" else None
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest
        if kind == b"-":
            return Failure(rest.decode("utf-8", "replace"))
        raise ValueError("no answer of a Redis")

    def _line(self) -> bytes:
        line = self._file.readline(1 << 16)
        if not line:
            raise EOFError
        self._spend(len(line))
        if not line.endswith(b"\r\n"):
            raise ValueError("no answer of a Redis")
        return line[:-2]

    def _bulk(self, length: int) -> bytes | None:
        if length < 0:
            return None
        self._spend(length + _OVERHEAD_BYTES)
        found: bytes = self._file.read(length + 2)
        if len(found) < length + 2:
            raise EOFError
        return found[:-2]

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise LimitReached(
                f"The answer has more than {BYTES_LIMIT >> 20} MiB.",
                "Ask for a part: LRANGE key 0 999, HSCAN, GETRANGE key 0 9999.",
            )


def _packed(command: Sequence[bytes]) -> bytes:
    """Every word with its length before it: what a word holds can never become another command."""
    words = b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in command)
    return b"*%d\r\n" % len(command) + words


def quiet(address: Address, password: str | None, timeout_s: float = 5.0) -> Connection:
    """A connection for the source's own questions, such as the catalog's."""
    return Connection(address, password, Deadline(timeout_s, Cancellation()))
