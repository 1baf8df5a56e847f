"""Rows of JSON as an Arrow table, by the declared columns or by what the rows hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import pyarrow as pa

from tobit_kernel.errors import LimitReached, SourceUnavailable
from tobit_kernel.server.sources.rest.endpoints import Column, Endpoint

ARROW = {
    "text": pa.string(), "json": pa.string(), "bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
    "date": pa.date32(), "timestamp": pa.timestamp("us"), "timestamptz": pa.timestamp("us", "UTC"),
}  # fmt: skip
#: Columns that are made of rows without declared ones.
_COLUMNS = 500
_MISSING = object()


def at(value: Any, path: str) -> Any:
    """What stands at a path like ``data.items`` or ``list.0.id``; None where it leads nowhere."""
    for step in path.removeprefix("$").strip(".").split("."):
        if not step:
            continue
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def table_of(endpoint: Endpoint, rows: Sequence[Any]) -> pa.Table:
    """The rows of an endpoint; ``SourceUnavailable`` names the column whose value does not fit."""
    columns = endpoint.columns or _found(rows)
    if len(columns) > _COLUMNS:
        raise LimitReached(f"The rows have more than {_COLUMNS} fields.", "An administrator can declare its columns.")
    arrays = [
        pa.array([_value(row, name, column, endpoint) for row in rows], ARROW[column.type])
        for name, column in columns.items()
    ]
    return pa.Table.from_arrays(arrays, names=list(columns))


def _found(rows: Sequence[Any]) -> dict[str, Column]:
    """A column for each field, with the one type that fits all its values."""
    if not all(isinstance(row, Mapping) for row in rows):
        return {"value": Column(type=_type(rows))}
    columns: dict[str, Column] = {}
    for name in dict.fromkeys(chain.from_iterable(rows)):
        values = [row.get(name) for row in rows]
        taken = {each.lower() for each in columns}
        shown = name or "unnamed"
        while shown.lower() in taken:  # DuckDB takes capitals for small letters
            shown += "_"
        columns[shown] = Column(type=_type(values), path=name if shown != name else "")
    return columns or {"value": Column(type="json")}


def _type(values: Sequence[Any]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:  # a long id keeps its digits
        return "bigint" if all(-(2**63) <= value < 2**63 for value in values if value is not None) else "json"
    if kinds and kinds <= {int, float}:
        return "double"
    return "text" if kinds <= {str} else "json"


def _value(row: Any, name: str, column: Column, endpoint: Endpoint) -> Any:
    if not isinstance(row, Mapping):
        value = row if name == "value" else None
    else:
        value = row.get(name, _MISSING) if not column.path else row.get(column.path, _MISSING)
        if value is _MISSING:
            value = at(row, column.path) if column.path else None
    if value is None:
        return None
    try:
        return _converted(value, column.type)
    except (ValueError, TypeError, OverflowError):
        raise SourceUnavailable(
            f"Column {name!r} of {endpoint.name!r} holds {str(value)[:40]!r}, which is no {column.type}.",
            "An administrator can declare the column as text.",
        ) from None


def _converted(value: Any, kind: str) -> Any:
    if kind in ("text", "json"):
        return value if isinstance(value, str) and kind == "text" else json.dumps(value, ensure_ascii=False)
    if kind == "boolean":
        if value in (True, False):
            return bool(value)
        return {"true": True, "false": False}[str(value).lower()] if isinstance(value, str) else _refuse()
    if kind in ("bigint", "double"):
        if isinstance(value, bool):
            _refuse()
        number = float(value) if kind == "double" else int(value)
        return number if number == float(value) or isinstance(value, str) else _refuse()
    if kind == "date":
        return date.fromisoformat(str(value)[:10])
    moment = datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else datetime.fromisoformat(value)
    if kind == "timestamptz":
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _refuse() -> Any:
    raise ValueError
