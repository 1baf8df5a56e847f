"""SQL laid out: keywords in capitals, one clause a line."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tobit_kernel.errors import StatementError
from tobit_kernel.wire.parameters import placeholders


def formatted(statement: str, dialect: str) -> str:
    """The same statement, laid out; ``:name`` parameters and comments stay.

    ``StatementError`` where the text can't be followed, or where laying it out would lose a parameter.
    """
    names = [token.text for token in placeholders(statement)]
    try:
        laid_out = _laid_out(statement, dialect)
    except SqlglotError as error:
        raise StatementError(str(error).split("\n")[0], "Run it to see what the source says about it.") from None
    except RecursionError:
        raise StatementError("This statement is nested too deeply to be laid out.") from None
    answer = re.sub(r'"(::?)(\w+)::"', r":\2", laid_out)
    if sorted(names) != sorted(token.text for token in placeholders(answer)):
        raise StatementError("This statement can't be laid out without changing it.")
    return answer


def _laid_out(statement: str, dialect: str) -> str:
    trees = [tree for tree in sqlglot.parse(_hidden(statement), read=dialect) if tree is not None]
    return ";\n\n".join(
        tree.sql(dialect=dialect, pretty=True, normalize_functions=False)
        for tree in trees
        if not isinstance(tree, exp.Semicolon)
    )


def _hidden(statement: str) -> str:
    """``statement`` with each ``:name`` as an identifier ``":name::"``: sqlglot would write it as ``%(name)s``."""
    for token in reversed(placeholders(statement)):
        statement = f'{statement[: token.start]}"{token.text}::"{statement[token.end :]}'
    return statement
