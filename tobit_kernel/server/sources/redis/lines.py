"""A cell of Redis commands, one a line, cut into words as redis-cli does it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tobit_kernel.errors import InputError, LimitReached, ParameterMissing, StatementError

#: Commands in one cell.
LIMIT = 1000

_WORD = re.compile(
    r"""
      (?P<space>[ \t\f\v]+)
    | "(?P<double>(?:[^"\\]|\\.)*)"(?=\s|$)
    | '(?P<single>(?:[^'\\]|\\.)*)'(?=\s|$)
    | :(?P<parameter>[^\W\d]\w*)(?=\s|$)
    | (?P<plain>[^\s"']+)(?=\s|$)
    """,
    re.VERBOSE,
)
_ESCAPED = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"a": b"\a"}


@dataclass(frozen=True)
class Word:
    """A word of a line: the bytes that it stands for, or the name of a parameter."""

    value: bytes
    parameter: str | None = None


@dataclass(frozen=True)
class Line:
    """A command as it stands in the cell; ``start`` is its offset there."""

    text: str
    start: int
    words: tuple[Word, ...]

    def bound(self, values: Mapping[str, Any]) -> list[bytes]:
        """The words with their parameters' values; a list becomes several words. ``ParameterMissing``."""
        found: list[bytes] = []
        for word in self.words:
            if word.parameter is None:
                found.append(word.value)
                continue
            if word.parameter not in values:
                raise ParameterMissing(
                    f"Parameter :{word.parameter} has no value.",
                    f"Give it: `{word.parameter}=…` on the %%tobit line; a word that begins with : stands in quotes.",
                    names=[word.parameter],
                )
            value = values[word.parameter]
            found += [_bytes(each, word.parameter) for each in (value if isinstance(value, list) else [value])]
        return found


def lines_of(statement: str) -> list[Line]:
    """The commands of a cell; lines that are empty or begin with ``#`` or ``--`` are none.

    ``StatementError`` with the position of what can't be read.
    """
    found: list[Line] = []
    start = 0
    for text in statement.split("\n"):
        plain = text.strip()
        if plain and not plain.startswith(("#", "--")):
            found.append(_line(text, start))
        start += len(text) + 1
    if not found:
        raise InputError("The cell is empty.", "Write a command under the %%tobit line, such as: HGETALL ci:build:1")
    if len(found) > LIMIT:
        raise LimitReached(f"A cell has at most {LIMIT} commands.", "MGET and HMGET read many values at once.")
    return found


def _line(text: str, start: int) -> Line:
    words: list[Word] = []
    stripped = text.rstrip()
    at = first = len(stripped) - len(stripped.lstrip())
    while at < len(stripped):
        match = _WORD.match(stripped, at)
        if match is None:
            raise StatementError(
                "A quote is not closed, or stands inside of a word.",
                'Quote the whole word: "two words"; a quote in it is \\".',
                position=start + at,
            )
        if match["space"] is None:
            words.append(_word(match))
        at = match.end()
    if words[0].parameter is not None:
        raise StatementError("A line begins with the name of a command.", position=start + first)
    return Line(stripped.strip(), start + first, tuple(words))


def _word(match: re.Match[str]) -> Word:
    if match["parameter"] is not None:
        return Word(b"", match["parameter"])
    if match["double"] is not None:
        return Word(_ESCAPED.sub(_unescaped, _encoded(match["double"])))
    if match["single"] is not None:
        return Word(_encoded(match["single"].replace("\\'", "'")))
    return Word(_encoded(match["plain"]))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[1] is not None:
        return bytes([int(match[1], 16)])
    return _LETTERS.get(match[2], match[2])


def _bytes(value: Any, name: str) -> bytes:
    if isinstance(value, bool):
        return b"1" if value else b"0"
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, int | float | Decimal):
        return str(value).encode()
    if isinstance(value, datetime | date | time):
        return value.isoformat().encode()
    raise InputError(f"Parameter :{name} is no value for Redis.", "Give a text, a number, a time or a list of them.")
