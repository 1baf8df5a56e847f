"""What a graph answers, as Arrow columns. A column's type is that of its first rows: Cypher has none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

from tobit_kernel.errors import StatementError
from tobit_kernel.wire.stream import TYPE_KEY

#: Types that a column of their own holds; the name is told as ``tobit.type``.
_ARROW: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "string": pa.string(),
    "bytes": pa.binary(),
    "date": pa.date32(),
    "local datetime": pa.timestamp("us"),
    "zoned datetime": pa.timestamp("us", "UTC"),
    "local time": pa.time64("us"),
}
_SIMPLE = {bool: "boolean", int: "integer", float: "float", str: "string", bytes: "bytes", bytearray: "bytes"}


def kind_of(value: Any) -> str:
    """The graph's name for the type of ``value``."""
    if type(value) in _SIMPLE:
        return _SIMPLE[type(value)]
    if isinstance(value, DateTime):
        return "local datetime" if value.tzinfo is None else "zoned datetime"
    if isinstance(value, Time):
        return "local time" if value.tzinfo is None else "zoned time"
    kinds = {Node: "node", Relationship: "relationship", Path: "path", Date: "date", Duration: "duration"}
    kinds |= {Point: "point", list: "list", dict: "map"}
    return next((name for kind, name in kinds.items() if isinstance(value, kind)), "string")


def field_of(name: str, values: Sequence[Any]) -> pa.Field:
    """The column for ``values``; mixed ones become JSON text, lists of one scalar type stay lists."""
    kinds = {kind_of(value) for value in values if value is not None}
    if kinds == {"integer", "float"}:
        kinds = {"float"}
    told = next(iter(kinds)) if len(kinds) == 1 else "mixed" if kinds else "null"
    arrow = _ARROW.get(told, pa.string())
    if told == "list":
        inner = field_of("item", [item for value in values if value is not None for item in value])
        told = f"list<{inner.metadata[TYPE_KEY].decode()}>"
        if inner.metadata[TYPE_KEY].decode() in _ARROW:
            arrow = pa.list_(inner.type)
    return pa.field(name, arrow, metadata={TYPE_KEY: told})


def array_of(field: pa.Field, values: Sequence[Any]) -> pa.Array:
    """``values`` as ``field``; ``StatementError`` when a later row has another type than the first ones."""
    convert = _converter(field.type)
    try:
        return pa.array([None if value is None else convert(value) for value in values], field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError, OverflowError) as error:
        told = field.metadata[TYPE_KEY].decode()
        raise StatementError(
            f"Column {field.name!r} holds {told} values first and others later.",
            f"Make them one type: toString({field.name}) or toFloat({field.name}).",
        ) from error


def _converter(kind: pa.DataType) -> Callable[[Any], Any]:
    if pa.types.is_list(kind):
        inner = _converter(kind.value_type)
        return lambda value: [None if item is None else inner(item) for item in value]
    if pa.types.is_string(kind):
        return text_of
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind):
        return lambda value: value.to_native()
    return lambda value: value


def text_of(value: Any) -> str:
    """Texts as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(jsonable(value), ensure_ascii=False)


def bound(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a graph takes them: it knows no decimals and no UUIDs."""

    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        if isinstance(value, Decimal):
            return float(value)
        return str(value) if isinstance(value, UUID) else value

    return {name: plain(value) for name, value in parameters.items()}


def jsonable(value: Any) -> Any:
    """``value`` for JSON: nodes ``{id, labels, properties}``, relationships ``{id, type, from, to, properties}``,
    paths ``{nodes, relationships}``, points ``{srid, x, y[, z]}``; times as ISO 8601, bytes in hex."""
    if isinstance(value, Node):
        properties = {name: jsonable(each) for name, each in value.items()}
        return {"id": value.element_id, "labels": sorted(value.labels), "properties": properties}
    if isinstance(value, Relationship):
        ends = [node.element_id if node else None for node in value.nodes]
        properties = {name: jsonable(each) for name, each in value.items()}
        return {"id": value.element_id, "type": value.type, "from": ends[0], "to": ends[1], "properties": properties}
    if isinstance(value, Path):
        return {"nodes": list(map(jsonable, value.nodes)), "relationships": list(map(jsonable, value.relationships))}
    if isinstance(value, Point):
        return {"srid": value.srid, **dict(zip("xyz", value, strict=False))}
    if isinstance(value, Date | DateTime | Time | Duration):
        return value.iso_format()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(each) for each in value]
    return value.hex() if isinstance(value, bytes | bytearray) else value
