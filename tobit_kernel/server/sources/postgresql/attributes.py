"""Functions that only the server knows: called without parentheses, or its owner's own under a harmless name.

To PostgreSQL ``value.name`` means ``name(value)`` too: ``select f.pg_read_file from unnest(array['/etc/passwd']) f``
reads a file. And ``upper(1)`` is nobody's but the function that somebody has put into ``public``, as ``1 #### 2``
is somebody's operator. So the server is asked.
"""

from __future__ import annotations

import json
import time
from importlib.resources import files
from itertools import groupby

from tobit_kernel.errors import Refused
from tobit_kernel.server.sources.postgresql.readers import Reader
from tobit_kernel.wire.parameters import Token, significant

_HERE = files(__package__)
_EFFECTS = _HERE.joinpath("effects.sql").read_text("utf-8")
_FOREIGN = _HERE.joinpath("foreign.sql").read_text("utf-8")
#: How long a connection believes what its server said about the functions of its owner's own.
_BELIEVED_S = 60.0


def refuse_effects(reader: Reader, statement: str) -> None:
    """``Refused`` where a name or operator may call a function that does more than compute."""
    if not reader.is_own:
        _refuse_foreign(reader, statement)
    names = attributes(statement)
    if not names:
        return
    for (name,) in reader.fetch(_EFFECTS, (json.dumps(names),)):
        raise Refused(
            f"{name!r} behind a dot could call the function of that name.",
            f"If it is a column, write it without the dot, or name the columns: `from TABLE as t ({name}, …)`.",
        )


def _refuse_foreign(reader: Reader, statement: str) -> None:
    known = reader.facts.get("foreign")
    if known is None or time.monotonic() - known[0] > _BELIEVED_S:
        known = time.monotonic(), [(str(name), is_operator) for name, is_operator in reader.fetch(_FOREIGN)]
        reader.facts["foreign"] = known
    if not known[1]:
        return
    names, operators = calls(statement)
    for name, is_operator in known[1]:
        if any(name in written for written in operators) if is_operator else name in names:
            raise Refused(
                f"{name!r} could be a function of this database that does more than compute.",
                "Its owner can declare it IMMUTABLE or STABLE where that is true, or give it another name.",
            )


def calls(statement: str) -> tuple[set[str], set[str]]:
    """The names before a parenthesis, as PostgreSQL folds them, and the runs of signs."""
    pieces = significant(statement)
    names = {_folded(token) for token, after in zip(pieces, pieces[1:], strict=False) if after.text == "("}
    runs = groupby(pieces, lambda token: token.kind == "other")
    return names, {"".join(token.text for token in run) for is_other, run in runs if is_other}


def _folded(token: Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text.lower()


def attributes(statement: str) -> list[str]:
    """The names that stand behind a dot and are not called, as PostgreSQL folds them."""
    pieces = [*significant(statement), None]
    found: dict[str, None] = {}
    for before, token, after in zip(pieces, pieces[1:], pieces[2:], strict=False):
        if before is None or before.text != "." or token is None or (after is not None and after.text == "("):
            continue
        if token.kind in ("quoted", "word"):
            found[_folded(token)] = None
    return list(found)
