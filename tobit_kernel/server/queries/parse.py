"""What a statement reads: its tables, functions and kind, by sqlglot."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from tobit_kernel.errors import StatementError
from tobit_kernel.server.queries.called import called, called_elsewhere
from tobit_kernel.server.sources.sqlalchemy import dialects
from tobit_kernel.wire.parameters import significant, tokens

# Its warning about statements that it does not know is our refusal.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


_DIALECTS: dict[str, type[Dialect]] = {"postgres": Postgres, "duckdb": DuckDB}


def dialect_of(name: str) -> type[Dialect]:
    """How sqlglot reads the SQL of a source."""
    return _DIALECTS.get(name) or dialects.dialect_of(name)


#: Letters of statements whose reading is remembered: the memory is of all.
_REMEMBERED = 20_000
#: Statements that sqlglot knows and that are not a SELECT.
_OTHER = exp.Set | exp.Drop | exp.Alter | exp.Transaction | exp.Commit | exp.Rollback | exp.Merge | exp.Use


#: Operators of PostgreSQL and pgvector, and one of the same length for which sqlglot makes the same tree.
_UNKNOWN = {"<<=": "<< ", ">>=": ">> ", "<#>": "<->", "<+>": "<->", "|/": " -", "||/": "  -", "@": "-", "@-": " -"}
#: Types of which sqlglot does not know that text follows them: ``point '(0,0)'``.
_TYPES = frozenset("point box circle line lseg polygon cidr macaddr macaddr8 jsonpath tsquery tsvector money".split())


@dataclass(frozen=True)
class Table:
    """A table as written; ``schema`` is empty where none was given."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True)
class Reading:
    """The tables (without CTEs) and functions (of PostgreSQL only) of one statement."""

    is_select: bool
    tables: tuple[Table, ...]
    functions: tuple[str, ...]
    statements: int = 1

    @property
    def unqualified(self) -> list[str]:
        return [table.name.lower() for table in self.tables if not table.schema]


def read(statement: str, dialect: str) -> Reading:
    """What ``statement`` reads; ``StatementError`` where sqlglot can't follow."""
    return (_remembered if len(statement) <= _REMEMBERED else _read)(statement, dialect)


@lru_cache(maxsize=512)
def _remembered(statement: str, dialect: str) -> Reading:
    return _read(statement, dialect)


def _read(statement: str, dialect: str) -> Reading:
    try:
        trees = [
            tree
            for tree in sqlglot.parse(readable(statement, dialect), read=dialect_of(dialect))
            if tree is not None and not isinstance(tree, exp.Semicolon)
        ]
    except (SqlglotError, RecursionError) as error:
        found = getattr(error, "errors", None) or [{}]
        message = found[0].get("description") or "The statement can't be read."
        raise StatementError(message, position=_offset(statement, found[0])) from None
    if len(trees) != 1:
        return Reading(False, (), (), len(trees))
    tree = cast(exp.Expression, trees[0])
    if not isinstance(tree, exp.Query | exp.Values | exp.Subquery | exp.DML | exp.DDL | exp.Command | _OTHER):
        raise StatementError("This is no SELECT.", position=0)
    is_select = isinstance(tree, exp.Query | exp.Values | exp.Subquery) and not tree.find(
        exp.Into, exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Lock, exp.Command, exp.NextValueFor
    )
    return Reading(is_select, _tables(tree), _functions(tree, statement, dialect))


def _functions(tree: exp.Expression, statement: str, dialect: str) -> tuple[str, ...]:
    """Those of DuckDB are not asked about: it is locked and can do nothing but compute."""
    if dialect == "duckdb":
        return ()
    return called(tree, statement) if dialect == "postgres" else called_elsewhere(tree, statement, dialect)


def readable(statement: str, dialect: str) -> str:
    """``statement`` as long as it was, with operators that sqlglot does not know as some that it knows."""
    if dialect != "postgres":
        return statement
    given = significant(statement)
    before = {
        token.start
        for token, after in zip(given, given[1:], strict=False)
        if token.kind == "word" and after.kind == "string" and token.text.lower() in _TYPES
    }
    if not before and not any(operator in statement for operator in _UNKNOWN):
        return statement
    pieces: list[str] = []
    for kind, run in groupby(tokens(statement), lambda token: token.kind == "other"):
        found = list(run)
        text = "".join(" " * len(token.text) if token.start in before else token.text for token in found)
        pieces.append(_UNKNOWN.get(text, text) if kind else text)
    return "".join(pieces)


def _offset(statement: str, error: dict[str, object]) -> int | None:
    line, column = error.get("line"), error.get("col")
    if not isinstance(line, int) or not isinstance(column, int):
        return None
    lines = statement.split("\n")
    length = len(str(error.get("highlight") or ""))
    return min(sum(len(text) + 1 for text in lines[: line - 1]) + max(column - length, 0), len(statement))


def _tables(tree: exp.Expression) -> tuple[Table, ...]:
    """Physical tables: those that no CTE in scope defines; functions in FROM are no tables."""
    found: dict[Table, None] = {}
    inside: set[int] = set()
    try:
        for scope in traverse_scope(tree):
            for source in scope.sources.values():
                if isinstance(source, exp.Table):
                    inside.add(id(source))
                    _note(source, found)
    except SqlglotError:
        inside = set()
    names = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        # what scoping did not reach (a table in an odd place) still counts, unless it is a CTE's name
        if id(table) not in inside and (table.db or table.name.lower() not in names):
            _note(table, found)
    return tuple(found)


def _note(table: exp.Table, found: dict[Table, None]) -> None:
    if isinstance(table.this, exp.Identifier):
        found[Table(_folded(table.args.get("db")), _folded(table.this))] = None


def _folded(identifier: object) -> str:
    if not isinstance(identifier, exp.Identifier):
        return ""
    return str(identifier.this) if identifier.quoted else str(identifier.this).lower()
