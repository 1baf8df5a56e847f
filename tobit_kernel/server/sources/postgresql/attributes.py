"""Functions called without parentheses: to PostgreSQL ``value.name`` means ``name(value)`` too.

``select f.pg_read_file from unnest(array['/etc/passwd']) f`` reads a file. Only the server knows which
functions it has, so it is asked about every name behind a dot.
"""

from __future__ import annotations

import json
from importlib.resources import files

from tobit_kernel.errors import Refused
from tobit_kernel.server.sources.postgresql.readers import Reader
from tobit_kernel.wire.parameters import significant

_EFFECTS = files(__package__).joinpath("effects.sql").read_text("utf-8")


def refuse_effects(reader: Reader, statement: str) -> None:
    """``Refused`` where a name behind a dot is also that of a function that does more than compute."""
    names = attributes(statement)
    if not names:
        return
    for (name,) in reader.fetch(_EFFECTS, (json.dumps(names),)):
        raise Refused(
            f"{name!r} behind a dot could call the function of that name.",
            f"If it is a column, write it without the dot, or name the columns: `from TABLE as t ({name}, …)`.",
        )


def attributes(statement: str) -> list[str]:
    """The names that stand behind a dot and are not called, as PostgreSQL folds them."""
    pieces = [*significant(statement), None]
    found: dict[str, None] = {}
    for before, token, after in zip(pieces, pieces[1:], pieces[2:], strict=False):
        if before is None or before.text != "." or token is None or (after is not None and after.text == "("):
            continue
        if token.kind == "quoted":
            found[token.text[1:-1].replace('""', '"')] = None
        elif token.kind == "word":
            found[token.text.lower()] = None
    return list(found)
