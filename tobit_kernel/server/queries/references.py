"""Where a statement names tables, letter by letter, so that something else can stand there.

What sqlglot shows is checked against the text: a name of a table that is to be replaced and stands anywhere
without being understood is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.scope import traverse_scope

from tobit_kernel.errors import Refused
from tobit_kernel.server.queries.parse import Table, dialect_of, readable
from tobit_kernel.wire.parameters import Token, significant

#: Arguments of a table that leave its name replaceable.
_PLAIN = frozenset({"this", "db", "catalog", "alias", "joins", "only", "sample"})
#: Where a table stands when it can be replaced by a subquery.
_AROUND = (exp.From, exp.Join, exp.Subquery, exp.Paren, exp.Lateral)
HINT = "Name it plainly: `from schema.table`, in a SELECT of its own if need be."


@dataclass(frozen=True)
class Reference:
    """A table's name in the text, from ``start`` up to ``end``; ``table`` is folded as the server does."""

    table: Table
    start: int
    end: int
    #: The name as it is written, with ONLY.
    written: str
    #: Whether it is the short statement ``table x``.
    is_command: bool
    has_alias: bool
    #: TABLESAMPLE … with its place, empty without.
    sample: str
    sample_start: int
    #: Why it can't be replaced; empty when it can.
    obstacle: str


@dataclass(frozen=True)
class References:
    """All of a statement: tables, and ``schema.table.`` before columns as (start, end, schema, table)."""

    tables: tuple[Reference, ...]
    qualified: tuple[tuple[int, int, str, str], ...]
    #: Functions in FROM, by name.
    functions: tuple[str, ...]
    #: Places of identifiers that were understood.
    _understood: frozenset[int]
    _tokens: tuple[tuple[int, str], ...]

    def unexplained(self, names: frozenset[str]) -> str | None:
        """A name among ``names`` that stands where nobody understood it."""
        for start, name in self._tokens:
            if name in names and start not in self._understood:
                return name
        return None


def references(statement: str, dialect: str) -> References:
    """Where ``statement``, one SELECT, names tables."""
    try:
        found = sqlglot.parse(readable(statement, dialect), read=dialect_of(dialect))
        tree = normalize_identifiers(cast(exp.Expression, found[0]), dialect=dialect)
        inner = frozenset(_ctes(tree))
    except (SqlglotError, RecursionError):
        raise Refused("This statement can't be followed, and it may read personal data.", HINT) from None
    text = _Text(statement, dialect)
    tables = [node for node in tree.find_all(exp.Table) if isinstance(node.this, exp.Identifier)]
    return References(
        tuple(text.reference(node) for node in tables if id(node) not in inner),
        tuple(_qualified(tree)),
        tuple(_functions(tree)),
        frozenset(node.meta["start"] for node in tree.find_all(exp.Identifier) if "start" in node.meta),
        tuple(text.names()),
    )


def _ctes(tree: exp.Expression) -> Iterator[int]:
    """Nodes that name a table of WITH. What scoping does not reach is taken for a real table."""
    for scope in traverse_scope(tree):
        for node in scope.tables:
            if not node.db and node.name in scope.cte_sources:
                yield id(node)


def _qualified(tree: exp.Expression) -> Iterator[tuple[int, int, str, str]]:
    for column in tree.find_all(exp.Column):
        schema, table = column.args.get("db"), column.args.get("table")
        if isinstance(schema, exp.Identifier) and isinstance(table, exp.Identifier):
            first = column.args.get("catalog") or schema
            yield first.meta["start"], table.meta["start"], schema.name, table.name


def _functions(tree: exp.Expression) -> Iterator[str]:
    for node in tree.find_all(exp.Table):
        if isinstance(node.this, exp.Func):
            named = node.this.name if isinstance(node.this, exp.Anonymous) else node.this.sql_name()
            yield named.lower()


class _Text:
    """The statement's tokens beside its tree."""

    def __init__(self, statement: str, dialect: str) -> None:
        self._statement, self._dialect = statement, dialect
        self._pieces = significant(statement) if dialect in ("postgres", "duckdb") else []
        self._by_start = {piece.start: place for place, piece in enumerate(self._pieces)}

    def reference(self, node: exp.Table) -> Reference:
        """Where ``node`` stands."""
        parts = [node.args[name] for name in ("catalog", "db", "this") if node.args.get(name)]
        start, end = parts[0].meta.get("start"), parts[-1].meta.get("end")
        table = Table(node.db, node.name)
        if start is None or end is None:
            return Reference(table, 0, 0, "", False, False, "", 0, "it has no place")
        before = self._word_before(start)
        is_command = before == "table"
        sample = self._sample(end + 1) if node.args.get("sample") else None
        first = self._start_of_word_before(start) if before in ("only", "table") else start
        return Reference(
            table,
            first,
            end + 1,
            self._statement[start if is_command else first : end + 1],
            is_command,
            bool(node.alias),
            "" if sample is None else self._statement[sample[0] : sample[1]],
            0 if sample is None else sample[0],
            self._obstacle(node, sample is not None, before),
        )

    def _obstacle(self, node: exp.Table, sampled: bool, before: str) -> str:
        more = [name for name, value in node.args.items() if value and name not in _PLAIN]
        if more:
            return f"{more[0]} stands behind it"
        if not isinstance(node.parent, _AROUND):
            return f"it stands in a {type(node.parent).__name__.upper()}"
        if node.args.get("sample") and not sampled:
            return "it is sampled"
        if node.args.get("only") and before != "only":
            return "it stands in ONLY ( )"
        return ""

    def _word_before(self, start: int) -> str:
        place = self._by_start.get(start, 0)
        return self._pieces[place - 1].text.lower() if place else ""

    def _start_of_word_before(self, start: int) -> int:
        place = self._by_start.get(start, 0)
        return self._pieces[place - 1].start if place else start

    def _sample(self, after: int) -> tuple[int, int] | None:
        """``tablesample method (…) [repeatable (…)]`` behind a table and its alias."""
        if self._dialect != "postgres":
            return None
        behind = [piece for piece in self._pieces if piece.start >= after]
        first = next((at for at, piece in enumerate(behind[:4]) if piece.text.lower() == "tablesample"), None)
        if first is None:
            return None
        end = _closing(behind, first + 2)
        if end is not None and [piece.text.lower() for piece in behind[end + 1 : end + 2]] == ["repeatable"]:
            end = _closing(behind, end + 2)
        return None if end is None else (behind[first].start, behind[end].end)

    def names(self) -> Iterator[tuple[int, str]]:
        """Every word and quoted name with its place, folded."""
        if self._pieces:
            for piece in self._pieces:
                if piece.kind in ("word", "quoted"):
                    yield piece.start, _folded(piece)
            return
        for token in sqlglot.tokenize(self._statement, read=dialect_of(self._dialect)):
            yield token.start, token.text.lower()


def _closing(pieces: list[Token], at: int) -> int | None:
    """The place of the parenthesis that closes the one at ``at``."""
    depth = 0
    for place in range(at, len(pieces)):
        depth += {"(": 1, ")": -1}.get(pieces[place].text, 0)
        if depth == 0:
            return place if place > at else None
    return None


def _folded(piece: Token) -> str:
    return piece.text[1:-1].replace('""', '"').lower() if piece.kind == "quoted" else piece.text.lower()


#: What is read of a table instead: its columns and, if any, the condition of rows; None to leave it.
Replacing = Callable[[Table], tuple[str, str] | None]


def changes(
    found: References, replacing: Replacing, quoted: Callable[[str], str], watched: frozenset[str]
) -> list[tuple[int, int, str]]:
    """The changes to the text, in order; ``Refused`` where a table that must be replaced can't be.

    ``watched`` are names that must not stand where nobody understands them.
    """
    made: list[tuple[int, int, str]] = []
    replaced: set[str] = set()
    for reference in found.tables:
        instead = replacing(reference.table)
        if instead is None:
            continue
        if reference.obstacle:
            raise Refused(f"{reference.table} is masked for you, and {reference.obstacle}.", HINT)
        replaced.add(reference.table.name)
        made.append((reference.start, reference.end, _subquery(reference, *instead, quoted)))
        if reference.sample:
            made.append((reference.sample_start, reference.sample_start + len(reference.sample), ""))
    strange = found.unexplained(watched | {name.lower() for name in replaced})
    if strange is not None:
        raise Refused(f"{strange!r} is masked for you, and stands where it can't be followed.", HINT)
    made += [(start, end, "") for start, end, _, table in found.qualified if table in replaced]
    return sorted(made)


def _subquery(reference: Reference, columns: str, condition: str, quoted: Callable[[str], str]) -> str:
    sample = f" {reference.sample}" if reference.sample else ""
    where = f" where {condition}" if condition else ""
    inner = f"(select {columns} from {reference.written}{sample}{where})"  # noqa: S608 - quoted names, literals of our own
    if reference.is_command:
        inner = "select * from " + inner  # noqa: S608 - the same
    return inner if reference.has_alias else f"{inner} as {quoted(reference.table.name)}"
