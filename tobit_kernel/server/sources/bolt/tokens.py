"""The words of a Cypher statement: what stands in strings, comments and back-ticks is no word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tobit_kernel.errors import Refused, StatementError

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<comment>//[^\n\r]*|/\*.*?\*/)
    | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<quoted>`(?:[^`]|``)*`)
    | (?P<parameter>\$(?:\w+|`(?:[^`]|``)*`))
    | (?P<number>\d\w*(?:\.\d\w*)?(?:(?<=[eE])[+-]?\d+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<sign>\.\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: Neo4j replaces ``\u0027`` before it reads a statement, so a string may end where nobody sees it.
_ESCAPE = re.compile(r"\\u+([0-9a-fA-F]{4})")
_UNSAFE = "'\"`\\*/\n\r"


@dataclass(frozen=True)
class Token:
    """``kind``: string, quoted (back-ticks), parameter, number, word or sign; ``start`` counts characters from 0."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """In capitals, if it is a word that may be a keyword; else empty."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The name that a word or a text in back-ticks stands for; else empty."""
        if self.kind == "quoted":
            return self.text[1:-1].replace("``", "`")
        return self.text if self.kind == "word" else ""


def tokens(statement: str) -> list[Token]:
    """All but spaces and comments; ``StatementError`` where something is not closed."""
    return list(_cut(statement))


def _cut(statement: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(statement):
        kind, text = str(match.lastgroup), match.group()
        _refuse_escapes(kind, text, match.start())
        if kind in ("space", "comment"):
            continue
        if kind == "sign" and (text in "'\"`" or statement.startswith("/*", match.start())):
            what = {"'": "text", '"': "text", "`": "name"}.get(text, "comment")
            raise StatementError(f"A {what} is not closed.", "", position=match.start())
        yield Token(kind, text, match.start())


def _refuse_escapes(kind: str, text: str, start: int) -> None:
    for escape in _ESCAPE.finditer(text):
        if kind != "string" or chr(int(escape[1], 16)) in _UNSAFE:
            raise Refused(
                f"{escape.group()} could hide a part of the statement.",
                "Write the character itself, or pass the text as a $parameter.",
                position=start + escape.start(),
            )
    if kind == "sign" and text == "\\":
        raise StatementError("A backslash has no meaning here.", "", position=start)
