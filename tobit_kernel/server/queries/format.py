"""SQL laid out: keywords in capitals, one clause a line."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError


from tobit_kernel.errors import StatementError
from tobit_kernel.wire.parameters import placeholders


def formatted(statement: str, dialect: str) -> str:
    """The same statement, laid out; ``:name`` parameters and comments stay.

    ``StatementError`` where the text can't be followed, or where laying it out would lose a parameter.
    """
    try:
        trees = [tree for tree in sqlglot.parse(statement, read=dialect) if tree is not None]
    except SqlglotError as error:
        raise StatementError(str(error).split("\n")[0], "Run it to see what the source says about it.") from None
    answer = ";\n\n".join(
        tree.sql(dialect=dialect, pretty=True, normalize_functions=False) for tree in trees if not isinstance(tree, exp.Semicolon)
    )
    before, after = ([token.text for token in placeholders(text)] for text in (statement, answer))
    if sorted(before) != sorted(after):
        raise StatementError("This statement can't be laid out without changing it.")
    return answer
