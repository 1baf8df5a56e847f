"""The SQL of each database as sqlglot reads it, set to what the server is told to speak."""

from __future__ import annotations

from typing import ClassVar

from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.mysql import MySQL
from sqlglot.dialects.sqlite import SQLite
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from tobit_kernel.errors import StatementError


class AnsiMySQL(MySQL):
    """MySQL and MariaDB in the ``sql_mode`` of our sessions: ``"…"`` is a name, a backslash is a letter."""

    class Tokenizer(MySQL.Tokenizer):
        QUOTES: ClassVar[list[str | tuple[str, str]]] = ["'"]
        IDENTIFIERS: ClassVar[list[str | tuple[str, str]]] = ["`", '"']
        STRING_ESCAPES: ClassVar[list[str]] = ["'"]
        NESTED_COMMENTS = False


class PlainSQLite(SQLite):
    """SQLite, whose comments do not nest."""

    class Tokenizer(SQLite.Tokenizer):
        NESTED_COMMENTS = False


_OWN: dict[str, type[Dialect]] = {"mysql": AnsiMySQL, "sqlite": PlainSQLite}


def dialect_of(name: str) -> type[Dialect]:
    """sqlglot's dialect for a source's ``dialect``; plain SQL for one that it does not know."""
    return _OWN.get(name) or Dialect.get(name) or Dialect


def tokens_of(statement: str, dialect: str) -> list[Token]:
    """The tokens of ``statement``; ``.start`` and ``.end`` are offsets, the last included."""
    try:
        return list(dialect_of(dialect)().tokenize(statement))
    except TokenError as error:
        said = str(error).splitlines()[0] if str(error) else "The statement can't be read."
        raise StatementError(said) from None


def written(token: Token, statement: str) -> str:
    """The token as it stands in ``statement``."""
    return statement[token.start : token.end + 1]


__all__ = ["Token", "TokenType", "dialect_of", "tokens_of", "written"]
