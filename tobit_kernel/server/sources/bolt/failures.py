"""What a graph's errors mean to the person who asked."""

from __future__ import annotations

import re

from tobit_kernel.errors import (
    Cancelled,
    InputError,
    LimitReached,
    ParameterMissing,
    Refused,
    SourceUnavailable,
    StatementError,
    TimedOut,
    TobitError,
)
from tobit_kernel.server.sources.bolt.tokens import tokens

_PLACE = re.compile(r"\(line \d+, column \d+ \(offset: (?P<offset>\d+)\)\)| ?at line (?P<line>\d+):(?P<column>\d+)")
_NAME = re.compile(r"[Vv]ariable [`'](?P<name>[^`']+)[`']")


def translated(error: BaseException, statement: str = "") -> BaseException:
    """Our error for the driver's; other errors come back as they are."""
    from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable

    if isinstance(error, AuthError):
        return SourceUnavailable("The graph does not accept the user or the password.", "Give them anew.")
    if isinstance(error, Neo4jError):
        return _told(error.code or "", (error.message or str(error)).strip(), statement)
    if isinstance(error, ServiceUnavailable | OSError):
        return SourceUnavailable(f"The graph does not answer: {_first(str(error))}")
    if isinstance(error, DriverError):
        return InputError(f"The graph's driver refuses: {_first(str(error))}")
    return error


def _told(code: str, message: str, statement: str) -> TobitError:
    if "TransactionTimedOut" in code:
        return TimedOut()
    if code.endswith((".Terminated", "TransactionTerminated")):
        return Cancelled()
    if "ParameterMissing" in code:
        return ParameterMissing(_first(message), "Write its value on the line: name=value.")
    if ".Security." in code or "AccessMode" in code:
        return Refused(_first(message), "Graphs are read here.")
    if "OutOfMemory" in code or "MemoryPool" in message:
        return LimitReached("The statement needs more memory than the graph gives.", "Narrow it down.")
    if code.startswith("Neo.TransientError"):
        return SourceUnavailable(f"The graph can't answer now: {_first(message)}")
    position = _position(message, statement)
    details = {} if position is None else {"position": position}
    return StatementError(_PLACE.sub("", _first(message)).strip(" -"), "", **details)


def _position(message: str, statement: str) -> int | None:
    place = _PLACE.search(message)
    if place and place["offset"]:
        return int(place["offset"])
    if place:
        lines = statement.splitlines(keepends=True)[: int(place["line"]) - 1]
        return sum(map(len, lines)) + int(place["column"])
    name = _NAME.search(message)
    if name is None or not statement:
        return None
    found = [token.start for token in tokens(statement) if token.name == name["name"]]
    return found[-1] if found else None


def _first(message: str) -> str:
    return (message.splitlines() or ["no reason given"])[0][:500]
