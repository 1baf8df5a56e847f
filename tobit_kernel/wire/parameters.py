"""Named parameters of a statement: where ``:name`` stands, and how values travel.

The scanner knows PostgreSQL's lexical rules (nested comments, ``E''`` over several lines, dollar quotes,
names of any character beyond ASCII), so a colon in a string, comment, cast, slice or JSON path is never
taken for a parameter, and the guard sees the functions that the server will call.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from tobit_kernel.errors import InputError

#: The tokens of longer statements are not kept in memory.
_KEPT_LENGTH = 20_000

_TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n\r]*)
    | (?P<block>/\*)
    | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*+
        (?:'[ \t\f\v]*[\n\r](?:[ \t\f\v\n\r]|--[^\n\r]*[\n\r])*+'(?:[^'\\]|\\.|'')*+)*'?)
    | (?P<string>'(?:[^']|'')*'?)
    | (?P<quoted>"(?:[^"]|"")*"?)
    | (?P<dollar>\$(?P<tag>(?:[A-Za-z_\x80-\U0010ffff][0-9A-Za-z_\x80-\U0010ffff]*)?)\$)
    | (?P<position>\$[0-9]+)
    | (?P<cast>::|:=)
    | (?P<name>(?<![\w:]):(?P<word>[^\W\d]\w*))
    | (?P<word_>[A-Za-z_\x80-\U0010ffff][0-9A-Za-z_$\x80-\U0010ffff]*)
    | (?P<open>[\[(])
    | (?P<close>[\])])
    | (?P<space>[ \t\n\r\f\v]+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A piece of a statement: ``kind`` is the name of a group above; offsets count characters."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(statement: str) -> Iterator[Token]:
    """The pieces of ``statement`` in order; nothing is lost or changed."""
    return iter(_kept(statement)) if len(statement) <= _KEPT_LENGTH else _cut(statement)


@lru_cache(maxsize=128)
def _kept(statement: str) -> tuple[Token, ...]:
    """A statement is looked at several times on its way, and often comes again."""
    return tuple(_cut(statement))


def _cut(statement: str) -> Iterator[Token]:
    at = 0
    while at < len(statement):
        match = cast(re.Match[str], _TOKEN.match(statement, at))  # its last alternative takes any character
        kind = match.lastgroup if match.lastgroup not in ("word", "tag") else None
        kind = kind or ("name" if match["name"] else "dollar")
        end = match.end()
        if kind == "block":
            end = _end_of_comment(statement, at)
        elif kind == "dollar":
            close = statement.find(match.group(), end)
            end = close + len(match.group()) if close >= 0 else len(statement)
        yield Token(kind.rstrip("_"), statement[at:end], at)
        at = end


def _end_of_comment(statement: str, at: int) -> int:
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(statement, at):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    return len(statement)


def placeholders(statement: str) -> list[Token]:
    """The ``:name`` tokens that stand for values.

    Inside a subscript (``a[1:n]``) a colon is a slice; a parameter there is written
    ``a[(:n)]``. In ``array[:a, :b]`` it is a parameter.
    """
    found: list[Token] = []
    brackets: list[str] = []
    before = ""
    for token in tokens(statement):
        if token.kind in ("space", "comment", "block"):
            continue
        if token.kind == "open":
            brackets.append(_bracket(token.text, before, brackets))
        elif token.kind == "close" and brackets:
            brackets.pop()
        elif token.kind == "name" and not (brackets and brackets[-1] == "subscript"):
            found.append(token)
        before = token.text
    return found


def _bracket(text: str, before: str, outer: list[str]) -> str:
    if text == "(":
        return "parenthesis"
    inside_array = bool(outer) and outer[-1] == "array" and before in ("[", ",")
    return "array" if before.lower() == "array" or inside_array else "subscript"


def names(statement: str) -> list[str]:
    """Names of the parameters in ``statement``, each once, in order of appearance."""
    return list(dict.fromkeys(token.text[1:] for token in placeholders(statement)))


def significant(statement: str) -> list[Token]:
    """The tokens of ``statement`` without space and comments."""
    return [token for token in tokens(statement) if token.kind not in ("space", "comment", "block")]


def as_any(pieces: list[Token], at: int) -> list[tuple[int, int, str]]:
    """The changes that let ``pieces[at]``, a parameter, hold a list: ``in (:ids)`` becomes
    ``= any (:ids)`` and ``not in`` becomes ``<> all``; none elsewhere. ``(start, end, new)``."""
    around = [token.text.lower() for token in pieces[max(at - 2, 0) : at + 2]]
    if len(around) != 4 or around[0] != "in" or around[1] != "(" or around[3] != ")":
        return []
    word = pieces[at - 2]
    if at >= 3 and pieces[at - 3].text.lower() == "not":
        return [(pieces[at - 3].start, word.end, "<> all")]
    return [(word.start, word.end, "= any")]


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_TAGGED: dict[str, type] = {"datetime": datetime, "date": date, "time": time, "decimal": Decimal, "duration": timedelta}


def encode(value: Any) -> Any:
    """``value`` as JSON. Times, decimals, durations and ±inf carry a tag; NaN is None; arrays become lists.

    Raises ``InputError`` for anything that is no value (a DataFrame, a function, …).
    """
    if isinstance(value, float) and not math.isfinite(value):  # JSON has no word for them
        return None if math.isnan(value) else {"type": "float", "value": str(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    for tag, kind in _TAGGED.items():
        if isinstance(value, kind):
            return {"type": tag, "value": _text_of(value)}
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset | range):
        return [encode(item) for item in value]
    if hasattr(value, "ndim") and value.ndim > 1:
        raise InputError(
            f"A {type(value).__name__} with {value.ndim} dimensions can't be a parameter.",
            "Give a value or a flat list.",
        )
    for unpack in ("tolist", "to_list", "item"):  # numpy, pandas, polars
        if hasattr(value, unpack):
            return encode(getattr(value, unpack)())
    raise InputError(
        f"A {type(value).__name__} can't be a parameter.", "Give a number, text, date, None or a list of them."
    )


def _text_of(value: Any) -> str:
    return (
        repr(value.total_seconds())
        if isinstance(value, timedelta)
        else (value.isoformat() if hasattr(value, "isoformat") else str(value))
    )


def decode(value: Any) -> Any:
    """The Python value that ``encode`` described; ``InputError`` when it is not one."""
    if isinstance(value, list):
        if any(isinstance(item, list) for item in value):
            raise InputError("A list within a list can't be a parameter.", "Give a flat list.")
        return [decode(item) for item in value]
    if isinstance(value, str) and _UNSTORABLE.search(value):
        raise InputError("A parameter holds a NUL or half of a character.", "No database can keep it as text.")
    if not isinstance(value, Mapping):
        return value
    tag, text = value.get("type"), value.get("value")
    try:
        if tag == "duration":
            return timedelta(seconds=float(str(text)))
        if tag in ("decimal", "float"):
            return Decimal(str(text)) if tag == "decimal" else float(str(text))
        return _TAGGED[str(tag)].fromisoformat(str(text))  # type: ignore[attr-defined]
    except (KeyError, ValueError, ArithmeticError):
        raise InputError(f"{dict(value)!r} is not a parameter value.", f"Types: {', '.join(_TAGGED)}, float.") from None
