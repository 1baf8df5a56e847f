"""What is selected in place of a declared column: pure SQL of each dialect.

Only text can be shown in part; a column of another type is null under ``mask``, its hash is text.
"""

from __future__ import annotations

from dataclasses import dataclass

from tobit_kernel.server.masking.policy import HASH_LETTERS, Kind, Mode

#: Types whose values may be cut and put together.
_TEXT = ("char", "text", "string", "clob", "name", "citext", "bpchar")
_BLOCK = 64
_QUOTED_AT, _STAR = "'**@'", "'*'"


@dataclass(frozen=True)
class Dialect:
    """Functions whose names differ; ``{t}`` is a text expression, ``{n}`` a number."""

    text: str
    left: str
    right: str
    length: str
    at: str
    #: Text of words, each with its first letter alone.
    initials: str
    stars: str = "repeat('*', {n})"
    #: The SHA-256 of bytes, the bytes of a text, bytes written as hexadecimal, and back; empty without SHA-256.
    sha256: str = ""
    bytes: str = ""
    literal: str = ""
    hexadecimal: str = ""
    quote: str = '"'


DIALECTS = {
    "postgres": Dialect(
        "cast({t} as text)",
        "left({t}, {n})",
        "right({t}, {n})",
        "char_length({t})",
        "strpos({t}, '@')",
        "regexp_replace({t}, '(?<=[^ ])[^ ]', '*', 'g')",
        sha256="sha256({t})",
        bytes="convert_to({t}, 'UTF8')",
        literal="'\\x{t}'::bytea",
        hexadecimal="encode({t}, 'hex')",
    ),
    "duckdb": Dialect(
        "cast({t} as varchar)",
        "left({t}, {n})",
        "right({t}, {n})",
        "length({t})",
        "strpos({t}, '@')",
        "array_to_string([left(w, 1) || repeat('*', length(w) - 1) for w in string_split({t}, ' ')], ' ')",
        sha256="unhex(sha256({t}))",
        bytes="encode({t})",
        literal="unhex('{t}')",
        hexadecimal="lower(hex({t}))",
    ),
    "mysql": Dialect(
        "cast({t} as char)",
        "left({t}, {n})",
        "right({t}, {n})",
        "char_length({t})",
        "instr({t}, '@')",
        "concat(left({t}, 1), '***')",
        sha256="unhex(sha2({t}, 256))",
        bytes="cast(convert({t} using utf8mb4) as binary)",
        literal="x'{t}'",
        hexadecimal="lower(hex({t}))",
        quote="`",
    ),
    "sqlite": Dialect(
        "cast({t} as text)",
        "substr({t}, 1, {n})",
        "substr({t}, -{n})",
        "length({t})",
        "instr({t}, '@')",
        "(substr({t}, 1, 1) || '***')",
        stars="substr('****************', 1, {n})",
    ),
}


def expression(dialect: str, column: str, type_: str, kind: Kind, mode: Mode, key: bytes) -> str:
    """The SQL that stands for ``column`` (its quoted name) of the source's type ``type_``."""
    words = DIALECTS[dialect]
    if mode is Mode.NONE:
        return column
    text = words.text.format(t=column)
    if mode is Mode.HASH and words.sha256:
        return _hashed(dialect, words, text, key)
    if mode is Mode.DROP or not is_text(type_):
        return f"cast(null as {_type(dialect, type_)})"
    return f"case when {column} is null then null {_Shown(dialect, text).of(kind)} end"


def is_text(type_: str) -> bool:
    """Whether a type holds text that may be shown in part."""
    plain = type_.lower()
    return any(word in plain for word in _TEXT) and not plain.endswith("]") and plain != '"char"'


def quoted(dialect: str, name: str) -> str:
    """``name`` as an identifier."""
    sign = DIALECTS[dialect].quote
    return sign + name.replace(sign, sign * 2) + sign


def literal(dialect: str, value: str) -> str:
    """``value`` as a text literal that no setting of the server reads otherwise."""
    if dialect == "mysql":
        return f"_utf8mb4 x'{value.encode().hex()}'" if value else "''"
    if dialect == "postgres" and "\\" in value:
        return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
    return "'" + value.replace("'", "''") + "'"


def _type(dialect: str, type_: str) -> str:
    """A type to cast null to: the source's own, where its CAST knows it."""
    if dialect == "mysql":
        return "char"
    return "json" if dialect == "duckdb" and type_ == "jsonb" else type_ or "text"


def _joined(dialect: str, *parts: str) -> str:
    return f"concat({', '.join(parts)})" if dialect == "mysql" else f"({' || '.join(parts)})"


def _hashed(dialect: str, words: Dialect, text: str, key: bytes) -> str:
    """HMAC-SHA-256 as ``Policy.hashed`` computes it; a key has 32 bytes."""
    block = key.ljust(_BLOCK, b"\0")
    outer, inner = (words.literal.format(t=bytes(byte ^ pad for byte in block).hex()) for pad in (0x5C, 0x36))
    digest = words.sha256.format(t=_joined(dialect, inner, words.bytes.format(t=text)))
    digest = words.sha256.format(t=_joined(dialect, outer, digest))
    return words.left.format(t=words.hexadecimal.format(t=digest), n=HASH_LETTERS)


class _Shown:
    """The branches of a CASE that show a text in part, and never all of a short one."""

    def __init__(self, dialect: str, text: str) -> None:
        self._dialect, self._words, self._text = dialect, DIALECTS[dialect], text
        self._length = self._words.length.format(t=text)

    def of(self, kind: Kind) -> str:
        """The branches for ``kind``, the last without condition."""
        shapes: dict[Kind, tuple[int, tuple[str, ...]]] = {
            Kind.PHONE: (9, (self._left(3), "'-****-'", self._right(4))),
            Kind.RRN: (13, (self._left(6), "'-*******'")),
            Kind.CARD: (13, (self._left(4), "'-****-****-'", self._right(4))),
            Kind.ACCOUNT: (10, (self._left(3), "'-***-******'")),
            Kind.PASSPORT: (9, (self._left(1), "'****'", self._right(4))),
            Kind.ADDRESS: (8, (self._left(2), "'****'")),
        }
        if kind is Kind.NAME:
            return self._name()
        if kind is Kind.EMAIL:
            rest = f"substr({self._text}, {self._at} + 1)"
            return f"when {self._at} > 1 then {self._joined(self._left(1), _QUOTED_AT, rest)} else '****'"
        if kind not in shapes:
            return "else '****'"
        least, parts = shapes[kind]
        return f"when {self._length} >= {least} then {self._joined(*parts)} else '****'"

    def _name(self) -> str:
        """김*수 for one word in a script without capitals, J*** S**** for others."""
        stars = self._words.stars.format(n=f"{self._length} - 2")
        ends = self._joined(self._left(1), stars, self._right(1))
        capital = f"lower({self._left(1)}) <> upper({self._left(1)})"
        spaced = f"{self._text} like '% %'"
        initials = self._words.initials.format(t=self._text)
        return (
            f"when {capital} or {spaced} then {initials} when {self._length} > 2 then {ends}"
            f" else {self._joined(self._left(1), _STAR)}"
        )

    @property
    def _at(self) -> str:
        return self._words.at.format(t=self._text)

    def _left(self, n: int) -> str:
        return self._words.left.format(t=self._text, n=n)

    def _right(self, n: int) -> str:
        return self._words.right.format(t=self._text, n=n)

    def _joined(self, *parts: str) -> str:
        return _joined(self._dialect, *parts)
