"""Nodes and relationships in a result: their JSON, found again, and as a person reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from tobit_kernel.wire.stream import TYPE_KEY

#: Columns of these types hold what can be drawn.
KINDS = frozenset({"node", "relationship", "path", "list<node>", "list<relationship>", "list<path>"})
#: What a node is called by, the first that it has.
_NAMES = ("ci_code", "code", "name", "title", "id")
_LONGEST = 40


def is_entity(field: pa.Field) -> bool:
    """Whether the column holds nodes, relationships or paths."""
    return (field.metadata or {}).get(TYPE_KEY, b"").decode() in KINDS


def entities(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Every node ``{id, labels, properties}`` and relationship ``{id, type, from, to, properties}``; some again."""
    for field, column in zip(table.schema, table.columns, strict=True):
        if is_entity(field):
            for text in column.to_pylist():
                if text is not None:
                    yield from _within(json.loads(text))


def name_of(node: dict[str, Any]) -> str:
    """A short name: a code, a name, else the first property, else the id."""
    properties = node.get("properties") or {}
    found = next((properties[name] for name in _NAMES if properties.get(name) is not None), None)
    found = found if found is not None else next(iter(properties.values()), node.get("id", ""))
    text = str(found)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def text_of(text: str | None) -> str | None:
    """``(:Server {ci_code: web-01})`` for a node, ``[:RUNS_ON]`` for a relationship, a chain of both for a path."""
    return None if text is None else _shown(json.loads(text))


def _within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from _within(each)
    elif isinstance(value, dict) and "relationships" in value:
        yield from _within(value["nodes"])
        yield from _within(value["relationships"])
    elif isinstance(value, dict):
        yield value


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if "relationships" in value:
        return _chain(value)
    if "labels" in value:
        labels = "".join(f":{label}" for label in value["labels"])
        return f"({labels}{_name(value)})"
    return f"[:{value.get('type', '')}]"


def _name(node: dict[str, Any]) -> str:
    properties = node.get("properties") or {}
    name = next((name for name in _NAMES if properties.get(name) is not None), next(iter(properties), None))
    return f" {{{name}: {name_of(node)}}}" if name else ""


def _chain(path: dict[str, Any]) -> str:
    nodes = path["nodes"]
    text = _shown(nodes[0]) if nodes else "()"
    for before, link, after in zip(nodes, path["relationships"], nodes[1:], strict=False):
        forward = link.get("from") == before.get("id")
        text += f"-{_shown(link)}->" if forward else f"<-{_shown(link)}-"
        text += _shown(after)
    return text
