"""Labels and relationship types of a graph, with what they hold."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from tobit_kernel.errors import NotFound
from tobit_kernel.server.sources.bolt.values import kind_of
from tobit_kernel.wire.models import TableColumn, TableDetail, TableInfo

#: What stands before the dot; a label and a relationship type may have one name.
NODES, RELATIONSHIPS = "nodes", "relationships"
_SAMPLE = 1_000

#: Rows of a statement that Tobit wrote.
Ask = Callable[[str], list[list[Any]]]


def tables_of(ask: Ask, pattern: str = "") -> list[TableInfo]:
    """Labels, then types, each with its count."""
    return [_counted(ask, *each) for each in _names(ask) if _matches(*each, pattern)]


def table_of(ask: Ask, name: str) -> TableDetail:
    """Properties of the first thousand, with the types seen; ``NotFound`` names near ones."""
    names = _names(ask)
    known = {full: each for each in reversed(names) for full in (each[1].lower(), ".".join(each).lower())}
    found = known.get(name.lower())
    if found is None:
        near = get_close_matches(name.lower(), list(known), n=2, cutoff=0.5)
        hint = "Did you mean " + " or ".join(".".join(known[each]) for each in near) + "?" if near else ""
        raise NotFound(f"There is no label or type {name!r}.", hint or "`%tobit tables --source …` lists them.")
    rows = ask(f"MATCH {_pattern(*found)} RETURN properties(x) AS p LIMIT {_SAMPLE}")
    maps: list[dict[str, Any]] = [row[0] for row in rows]
    properties = dict.fromkeys(key for each in maps for key in each)
    columns = [_column(key, [each.get(key) for each in maps]) for key in properties]
    return TableDetail(**_counted(ask, *found).model_dump(), columns=columns)


def _names(ask: Ask) -> list[tuple[str, str]]:
    labels = sorted(str(row[0]) for row in ask("CALL db.labels()"))
    types = sorted(str(row[0]) for row in ask("CALL db.relationshipTypes()"))
    return [*((NODES, label) for label in labels), *((RELATIONSHIPS, kind) for kind in types)]


def _counted(ask: Ask, schema: str, name: str) -> TableInfo:
    [[rows]] = ask(f"MATCH {_pattern(schema, name)} RETURN count(x) AS n")
    kind = "label" if schema == NODES else "relationship"
    return TableInfo.model_validate({"schema": schema, "name": name, "type": kind, "rows": rows})


def _pattern(schema: str, name: str) -> str:
    quoted = "`" + name.replace("`", "``") + "`"
    return f"(x:{quoted})" if schema == NODES else f"()-[x:{quoted}]->()"


def _column(name: str, values: list[Any]) -> TableColumn:
    kinds = sorted({kind_of(value) for value in values if value is not None})
    return TableColumn(name=name, type=" or ".join(kinds), nullable=any(value is None for value in values))


def _matches(schema: str, name: str, pattern: str) -> bool:
    full, wanted = f"{schema}.{name}".lower(), pattern.lower()
    if "*" in wanted or "?" in wanted:
        return fnmatchcase(full if "." in wanted else name.lower(), wanted)
    return wanted in full
