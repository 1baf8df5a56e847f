"""What stands in place of tables that hold personal data, or rows that the caller does not see.

Declared columns are replaced before the caller's own SQL begins, so nothing that it does brings them back.
Row filters of foreign sources stand in the same subquery.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tobit_kernel.errors import Refused
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.identity.scopes import Dimension
from tobit_kernel.server.masking.expressions import DIALECTS, expression, literal, quoted
from tobit_kernel.server.masking.rules import Declared, Rules
from tobit_kernel.server.queries.compose import Composition
from tobit_kernel.server.queries.long import reading
from tobit_kernel.server.queries.parse import Table
from tobit_kernel.server.queries.references import References, changes, references
from tobit_kernel.server.sources.records import Sources
from tobit_kernel.server.sources.source import SqlSource

#: What PostgreSQL gathered about the values of columns.
_STATISTICS = frozenset("pg_stats pg_statistic pg_stats_ext pg_stats_ext_exprs pg_statistic_ext_data".split())
#: Functions in FROM that make their rows themselves, by sqlglot's name.
_MAKING_ROWS = frozenset(
    "range generate_series generateseries explodinggenerateseries exploding_generate_series unnest json_each"
    " json_tree json_table repeat_row".split()
)
#: A subquery that ends so is not merged: the caller's conditions, whose errors tell values, wait for the filter's rows.
_BARRIER = {"postgres": " offset 0", "mysql": " limit 18446744073709551615", "sqlite": " limit -1"}
_FRESH_S = 5.0
_KEPT = 500

#: A table of a statement and what is known of it: columns, marks by column, what leaks.
Known = tuple[Sequence[tuple[str, str]], Mapping[str, int], "str | None"]


@dataclass
class _Wanted:
    """What has to be hidden of a source from a caller."""

    columns: Sequence[Declared]
    #: schema.table → dimension → column
    scoped: Mapping[str, Mapping[str, str]]
    principal: Principal
    key: bytes


class Shields:
    """Hides what is declared; keeps for a moment what it learned about tables."""

    def __init__(self, sources: Sources, rules: Rules) -> None:
        self._sources, self._rules = sources, rules
        self._known: dict[tuple[object, ...], tuple[float, dict[int, Any]]] = {}

    async def cover(
        self, composed: Composition, source: SqlSource, name: str, principal: Principal, only_plan: bool = False
    ) -> None:
        """Changes the text of ``composed``; ``Refused`` where it can't be made safe."""
        masking = await self._rules.of(principal.tenant)
        declared = () if principal.may(Permission.SEE_PII) else masking.of(name)
        scoped = {} if principal.scopes.is_all else self._sources.options(principal, name).get("scoped", {})
        if not declared and not scoped:
            return
        if source.dialect not in DIALECTS:
            raise Refused(f"Source {name!r} has personal data, and its SQL can't be followed.", "Ask for `see_pii`.")
        # a plan shows expressions, and so the key; one that is thrown away tells nothing
        wanted = _Wanted(declared, scoped, principal, os.urandom(32) if only_plan else masking.policy.key)
        text = composed.statement
        found = await reading(len(text), lambda: references(text, source.dialect))
        _refuse_ways_around(found, composed.statement, source.dialect, bool(declared))
        schemas: Mapping[str, str] = getattr(source, "schemas", lambda _: {})(principal)
        tables = list(dict.fromkeys(each.table for each in found.tables))
        masks = await self._about(source, name, principal, tables, schemas, [_placed(each) for each in declared])
        rows = await self._about(source, name, principal, tables, schemas, [(*_parted(table), "*") for table in scoped])
        instead = {
            table: _instead(source.dialect, table, masks.get(place), rows.get(place), wanted)
            for place, table in enumerate(tables)
        }
        watched = frozenset(_parted(table)[1].lower() for table in [*(each.table_name for each in declared), *scoped])
        composed.change(changes(found, instead.get, lambda each: quoted(source.dialect, each), watched))

    async def _about(
        self,
        source: SqlSource,
        name: str,
        principal: Principal,
        tables: list[Table],
        schemas: Mapping[str, str],
        declared: list[tuple[str, str, str]],
    ) -> dict[int, Known]:
        """What ``source`` says about the tables, by place."""
        if not declared or not tables:
            return {}
        names = [(table.schema or schemas.get("my", ""), table.name) for table in tables]
        key = (principal.tenant, name, id(source), tuple(names), tuple(declared))
        kept = self._known.get(key)
        if kept is not None and time.monotonic() - kept[0] < _FRESH_S:
            return kept[1]
        relations = getattr(source, "relations", None)
        if relations is not None:
            found = await asyncio.to_thread(relations, principal, names, declared)
            about = {place: (each.columns, each.marks, each.leak) for place, each in found.items()}
        else:
            about = await asyncio.to_thread(_matching, source, principal, names, declared)
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[key] = (time.monotonic(), about)
        return about


def _matching(
    source: SqlSource, principal: Principal, names: list[tuple[str, str]], declared: list[tuple[str, str, str]]
) -> dict[int, Known]:
    """For a source that can't be asked what a view shows: by name, without regard to capitals."""
    about: dict[int, Known] = {}
    for place, (schema, name) in enumerate(names):
        meant = {
            column.lower(): at
            for at, (in_schema, table, column) in enumerate(declared)
            if table.lower() == name.lower() and (not schema or not in_schema or schema.lower() == in_schema.lower())
        }
        if not meant:
            continue
        detail = source.table(principal, f"{schema}.{name}" if schema else name)
        columns = [(column.name, column.type) for column in detail.columns]
        marks = {column: meant.get(column.lower(), meant.get("*")) for column, _ in columns}
        about[place] = (columns, {column: at for column, at in marks.items() if at is not None}, None)
    return about


def _instead(
    dialect: str, table: Table, masks: Known | None, rows: Known | None, wanted: _Wanted
) -> tuple[str, str] | None:
    """The columns and the condition for a table; None when nothing of it is hidden."""
    for known in (masks, rows):
        if known is not None and known[2] is not None:
            raise Refused(
                f"{table} shows {known[2]}, which is hidden from you.",
                f"Somebody who may declares what {table} shows: `%tobit describe {table} --sensitive COLUMN=KIND`.",
            )
    marks = masks[1] if masks else {}
    filtered = sorted(set(rows[1].values())) if rows else []
    if not marks and not filtered:
        return None
    columns = [
        _column(dialect, name, kind, wanted.columns[marks[name]] if name in marks else None, wanted.key)
        for name, kind in (masks or rows or ((), {}, None))[0]
    ]
    limits = list(wanted.scoped.values())
    conditions = [_condition(dialect, limits[at], wanted) for at in filtered]
    condition = " and ".join(each for each in conditions if each)
    return ", ".join(columns), condition + _BARRIER.get(dialect, "") if condition else ""


def _column(dialect: str, name: str, kind: str, declared: Declared | None, key: bytes) -> str:
    plain = quoted(dialect, name)
    if declared is None:
        return plain
    return f"{expression(dialect, plain, kind, declared.kind, declared.mode, key)} as {plain}"


def _condition(dialect: str, limits: Mapping[str, str], wanted: _Wanted) -> str:
    """The rows that the caller's scopes leave."""
    parts: list[str] = []
    for dimension, column in sorted(limits.items()):
        values = wanted.principal.scopes.sees(Dimension(dimension))
        if values is not None:
            given = ", ".join(literal(dialect, value) for value in sorted(values))
            parts.append(f"{quoted(dialect, column)} in ({given})" if given else "1 = 0")
    return " and ".join(parts)


def _refuse_ways_around(found: References, statement: str, dialect: str, masked: bool) -> None:
    """``Refused`` for what shows values without naming their table."""
    if dialect == "mysql" and ("/*!" in statement or "/*M!" in statement):
        raise Refused("A comment that MySQL runs can't be followed.", "Write what it says without the comment.")
    if dialect == "postgres":
        for reference in found.tables:
            if masked and reference.table.name in _STATISTICS:
                raise Refused(f"{reference.table} shows values of columns that are hidden from you.")
        return
    for function in found.functions:
        if function not in _MAKING_ROWS:
            raise Refused(
                f"{function!r} may read what is hidden from you.", "Name the table itself: `%tobit tables` lists them."
            )
    for reference in found.tables:
        if any(sign in reference.table.name for sign in "/.*?\\:"):
            raise Refused(
                f"{reference.table.name!r} looks like a file, which may hold what is hidden from you.",
                "Name the table itself: `%tobit tables` lists them.",
            )


def _placed(declared: Declared) -> tuple[str, str, str]:
    return (*_parted(declared.table_name), declared.column_name)


def _parted(table: str) -> tuple[str, str]:
    """Schema (empty without) and name."""
    schema, dot, name = table.partition(".")
    return (schema, name) if dot else ("", schema)
