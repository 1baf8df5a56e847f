"""A cell of commands that was checked, run, and its answers as one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tobit_kernel.errors import Refused, SourceUnavailable, StatementError, TobitError
from tobit_kernel.server.sources.redis.commands import INFO_SECTIONS, Command, allowed
from tobit_kernel.server.sources.redis.connection import Connection, Failure, Reply
from tobit_kernel.server.sources.redis.lines import Line
from tobit_kernel.server.sources.redis.rows import SHAPES, Rows, text, together
from tobit_kernel.server.sources.redis.scan import Scan, inside_of, keys_of, scan_of, within
from tobit_kernel.server.sources.source import BATCH_ROWS, Cancellation, Prepared
from tobit_kernel.server.sources.timing import Deadline

#: What the server's first word of an error means when it is not the statement's fault.
_SERVERS_FAULT = frozenset({"LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "OOM", "MISCONF", "NOAUTH", "MOVED", "ASK"})


@dataclass(frozen=True)
class Call:
    """A command that may run; ``words`` are what is sent."""

    line: Line
    command: Command
    words: tuple[bytes, ...]
    scan: Scan | None = None

    @property
    def keys(self) -> list[bytes]:
        arguments = list(self.words[1:])
        return [arguments[at] for at in self.command.keys_in([text(each) or "" for each in arguments])]


def call_of(line: Line, words: Sequence[bytes], prefixes: Sequence[bytes]) -> Call:
    """The command of a line with its values; ``Refused`` or ``StatementError`` with its position."""
    shown = [word.decode("utf-8", "replace") for word in words]
    command = allowed(shown, line.start)
    try:
        keys = [words[1 + at] for at in command.keys_in(shown[1:])]
    except ValueError as error:
        raise StatementError(str(error), position=line.start) from None
    for key in keys:
        if not within(key, prefixes):
            told = ", ".join(text(prefix) or "" for prefix in prefixes)
            raise Refused(
                f"Key {(text(key) or '')[:80]!r} is outside of this source.",
                f"Its keys begin with {told}; an administrator can register another source.",
                position=line.start,
            )
    if command.name == "DBSIZE" and prefixes:
        raise Refused(
            "DBSIZE counts keys outside of this source.", "`%tobit tables` counts its own.", position=line.start
        )
    if command.name == "INFO":
        words = _info(words, prefixes, line.start)
    scans = command.shape == "keys" or command.name in ("HSCAN", "SSCAN", "ZSCAN")
    return Call(line, command, tuple(words), scan_of(words, line.start) if scans else None)


def _info(words: Sequence[bytes], prefixes: Sequence[bytes], position: int) -> list[bytes]:
    """INFO with sections that may be seen: one each, as servers before 7 understand it."""
    known = INFO_SECTIONS - ({"keyspace"} if prefixes else set())
    section = words[1].decode("utf-8", "replace").lower() if len(words) > 1 else "server"
    if len(words) > 2 or section not in known:
        raise Refused("INFO shows one section here.", f"INFO {' | '.join(sorted(known))}", position=position)
    return [b"INFO", section.encode()]


class RedisRun:
    """The answers are there after construction."""

    def __init__(
        self,
        connect: Callable[[Deadline], Connection],
        calls: Sequence[Call],
        prefixes: Sequence[bytes],
        prepared: Prepared,
        cancellation: Cancellation,
    ) -> None:
        wanted = None if prepared.limit is None else prepared.limit + 1
        with Deadline(prepared.timeout_s, cancellation) as deadline:
            connection = connect(deadline)
            try:
                answers = _answers(connection, calls, prefixes, wanted)
            finally:
                connection.close()
            deadline.check()
        shown = [(call.line.text, rows) for call, rows in zip(calls, answers, strict=True)]
        self._cancellation = cancellation
        self._table = together(shown, prepared.limit)

    @property
    def schema(self) -> pa.Schema:
        return self._table.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        for batch in self._table.to_batches(BATCH_ROWS):
            self._cancellation.check()
            yield batch

    def close(self) -> None:
        """Nothing is open any more."""


def _answers(
    connection: Connection, calls: Sequence[Call], prefixes: Sequence[bytes], wanted: int | None
) -> list[Rows]:
    """Rows of every call, in order; all that are no scans go in one round trip."""
    plain = iter(connection.ask([call.words for call in calls if call.scan is None]))
    found: list[Rows] = []
    for call in calls:
        if call.scan is None:
            found.append(_rows(call, next(plain)))
        elif call.scan.key is None:
            keys = keys_of(connection, call.scan, prefixes, wanted)
            found.append(_rows(call, keys) if isinstance(keys, Failure) else keys)
        else:
            found.append(_rows(call, inside_of(connection, call.scan, wanted)))
    return found


def _rows(call: Call, reply: Reply) -> Rows:
    if isinstance(reply, Failure):
        raise _told(call, reply)
    arguments = list(call.words[1:])
    if call.command.name == "ZSCAN":
        arguments.append(b"WITHSCORES")  # it always brings them
    return SHAPES[call.command.shape](arguments, reply)


def _told(call: Call, failure: Failure) -> TobitError:
    """Our error for the server's."""
    name, place = call.command.name.replace("|", " "), call.line.start
    said = failure.text.replace("\n", " ")[:300]
    if failure.kind == "NOPERM":
        return Refused(
            f"The source's login may not run {name} on this key.",
            "The administrator of the Redis grants it with ACL SETUSER.",
            position=place,
        )
    if failure.kind in _SERVERS_FAULT:
        return SourceUnavailable(f"The Redis can't answer now: {said}")
    if failure.kind == "WRONGTYPE":
        return StatementError(
            f"The key holds something else than {name} reads.", "TYPE key tells what it holds.", position=place
        )
    if "unknown command" in said.lower():
        return StatementError(f"This Redis does not know {name}.", "INFO server tells its version.", position=place)
    return StatementError(said.removeprefix("ERR "), position=place)
