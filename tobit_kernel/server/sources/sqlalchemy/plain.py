"""A statement as the server gets it: nothing but the tokens that were checked, and values by its driver's style.

Servers read comments, quotes and escapes each in their own way (``/*!50000 … */`` runs in MySQL). So whatever
sqlglot took for a comment or a space becomes spaces, and all offsets stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tobit_kernel.errors import InputError, Refused, StatementError
from tobit_kernel.server.sources.sqlalchemy.dialects import Token, TokenType, tokens_of, written

_EXECUTABLE = re.compile(r"/\*M?!")
_POSITION = re.compile(r"\$[1-9][0-9]{0,4}")
_FIRST = frozenset({"select", "with", "values", "(", "table"})
_VARIABLES = frozenset({TokenType.PARAMETER, TokenType.SESSION_PARAMETER, TokenType.COLON_EQ, TokenType.HINT})
#: Pairs of words that lock rows.
_LOCKS = frozenset({("for", "update"), ("for", "share"), ("lock", "in")})


@dataclass(frozen=True)
class Plain:
    """``text`` without comments, and its tokens; offsets are those of the statement that was given."""

    text: str
    tokens: list[Token]

    def place(self, name: str) -> int | None:
        """The offset of the first token that is or names ``name``."""
        wanted = name.lower()
        for token in self.tokens:
            if _bare(written(token, self.text)) == wanted:
                return int(token.start)
        return None


def plain(statement: str, dialect: str) -> Plain:
    """One SELECT without comments and the last semicolon; ``Refused`` for what is no plain SELECT."""
    tokens = tokens_of(statement, dialect)
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise InputError("The cell is empty.", "Write a SELECT under the %%tobit line.")
    pieces, at = [], 0
    for token in tokens:
        pieces += [_blank(statement[at : token.start]), written(token, statement)]
        at = token.end + 1
    _blank(statement[at:])
    text = "".join(pieces)
    if [(each.token_type, each.text) for each in tokens_of(text, dialect)] != [
        (each.token_type, each.text) for each in tokens
    ]:
        raise StatementError("The statement can't be read without its comments.", "Take them out.")
    _check(tokens, text)
    return Plain(text, tokens)


def _blank(between: str) -> str:
    if _EXECUTABLE.search(between):
        raise Refused("Comments that some servers run (/*! … */) are not taken.", "Write it out, or drop it.")
    return "".join("\n" if letter == "\n" else " " for letter in between)


def _check(tokens: list[Token], text: str) -> None:
    words = [written(token, text).lower() for token in tokens]
    if any(token.token_type is TokenType.SEMICOLON for token in tokens):
        raise Refused("One statement at a time.", "Put the second one into a cell of its own.")
    if words[0] not in _FIRST:
        raise Refused("Only SELECT is run here.", "`%tobit tables` lists tables, `%%tobit explain` shows a plan.")
    for token, word in zip(tokens, words, strict=True):
        if token.token_type in _VARIABLES:
            raise Refused("Variables and hints of the server are not for statements.", "Give values as :name.")
        if word == "into":
            raise Refused("SELECT … INTO writes; only reading is done here.", "`%%tobit sql --into NAME` keeps rows.")
    if not _LOCKS.isdisjoint(zip(words, words[1:], strict=False)):
        raise Refused("Locking rows is not reading.", "Leave out FOR UPDATE, FOR SHARE or LOCK IN SHARE MODE.")


def bound(given: Plain, values: list[Any], style: str) -> tuple[str, Any]:
    """The text with the driver's placeholders, and what goes with it: a tuple or a dict by ``style``.

    ``= any($n)`` and ``<> all($n)`` of a list become ``in (…)`` and ``not in (…)``.
    """
    binding = _Binding(style)
    pieces, at, number = [], 0, 0
    tokens = given.tokens
    while number < len(tokens):
        token = tokens[number]
        word = written(token, given.text)
        pieces.append(given.text[at : token.start])
        taken = 1
        listed = _list_at(given, number)
        if listed is not None and listed[1] < len(values):
            value = values[listed[1]]
            pieces.append(f"{listed[0]} ({binding.of_list(value if isinstance(value, list) else [value])})")
            taken = 5
        elif _POSITION.fullmatch(word):
            pieces.append(binding.of(values[_index(word, values)]))
        else:
            pieces.append(binding.escaped(word))
        number += taken
        at = tokens[number - 1].end + 1
    return "".join(pieces), binding.parameters


def _list_at(given: Plain, number: int) -> tuple[str, int] | None:
    """``in`` or ``not in`` and the number of the value where ``= any($n)`` or ``<> all($n)`` begins."""
    words = [written(token, given.text).lower() for token in given.tokens[number : number + 5]]
    if len(words) < 5 or words[2] != "(" or words[4] != ")" or not _POSITION.fullmatch(words[3]):
        return None
    kinds = {("=", "any"): "in", ("=", "some"): "in", ("<>", "all"): "not in", ("!=", "all"): "not in"}
    kind = kinds.get((words[0], words[1]))
    return (kind, int(words[3][1:]) - 1) if kind else None


def _index(word: str, values: list[Any]) -> int:
    number = int(word[1:]) - 1
    if number >= len(values):
        raise InputError(f"{word} has no value.", "Name it: `:limit`, and give limit=10.")
    if isinstance(values[number], list):
        raise InputError("A list stands where one value is wanted.", "Write `in (:ids)` or `= any(:ids)`.")
    return number


class _Binding:
    """Placeholders in one of the styles of PEP 249."""

    def __init__(self, style: str) -> None:
        self._style = style
        self._values: list[Any] = []

    def of(self, value: Any) -> str:
        self._values.append(value)
        number = len(self._values)
        return {
            "qmark": "?",
            "format": "%s",
            "pyformat": f"%(p{number})s",
            "named": f":p{number}",
            "numeric": f":{number}",
            "numeric_dollar": f"${number}",
        }[self._style]

    def of_list(self, values: list[Any]) -> str:
        # an empty list as a select: `in ()` is no SQL, and `in (null)` is not false
        return ", ".join(self.of(value) for value in values) or "select null from (select 1 as a) as b where 1 = 0"

    def escaped(self, word: str) -> str:
        return word.replace("%", "%%") if self._style in ("format", "pyformat") else word

    @property
    def parameters(self) -> Any:
        if self._style in ("pyformat", "named"):
            return {f"p{number}": value for number, value in enumerate(self._values, 1)}
        return tuple(self._values)


def _bare(word: str) -> str:
    return word[1:-1].lower() if len(word) > 1 and word[0] in "`\"[" else word.lower()
