"""Decides the type of each column over the whole file, and finds the values that do not fit.

The rule for columns of text, all values of the column agreeing:

* whole numbers → bigint, beyond 19 digits numeric; other numbers → double precision;
* true/false → boolean; dates, year first → date; with a time → timestamp; with a zone too → timestamptz;
* everything else → text. That includes what only looks like a number: ``00123`` and ``+82…``
  (a leading zero or plus is an identifier), ``1E5`` (``1e+05`` is a number), ``1,5`` and ``1,234``.

JSON says itself what is a number; its texts can only become dates and times. Objects and
lists, or a mix with them, → jsonb.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tobit_kernel.server.files.format import Format
from tobit_kernel.server.files.names import shortened
from tobit_kernel.server.files.native import from_native
from tobit_kernel.server.files.relation import Raw, Relation
from tobit_kernel.server.files.types import JSONB, MAX_PRECISION, TEXT, PgType

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LOOKS = ("bigint", "whole", "number", "boolean", "date", "timestamp", "timestamptz")
#: Inferred type → how its values, all looked at, are read; faster than the casts of given types.
_LOOKED_AT = {
    "bigint": "{t}::bigint",
    "double precision": "{t}::double",
    "boolean": "{t}::boolean",
    "date": "coalesce(try_cast({t} as date), date_of({t}))",
    "timestamp": "coalesce(try_cast({t} as timestamp), timestamp_of({t}))",
}
_SAMPLE_ROWS = 5_000
#: Share of a sample that has to look like numbers for a note about those that do not.
_NEARLY = 0.9


@dataclass(frozen=True)
class Decided:
    """A column with its type and the DuckDB expression of its value."""

    raw: Raw
    type: PgType
    expression: str
    #: Counts values that do not fit; None where none can.
    misfits: str | None = None


def decide(
    connection: DuckDBPyConnection, relation: Relation, types: Mapping[str, PgType]
) -> tuple[list[Decided], list[str]]:
    """The columns of ``relation`` with ``types`` where given; and notes on near misses."""
    open_ones = [raw for raw in relation.columns if raw.name not in types and raw.type is None]
    found, notes = _inferred(connection, relation, open_ones) if open_ones else ({}, [])
    decided = []
    for raw in relation.columns:
        kind = types.get(raw.name) or found.get(raw.name) or raw.type or TEXT
        if raw.name in types and kind.base == "numeric" and kind.precision is None:
            kind = replace(kind, scale=_scale(connection, relation, raw))
        decided.append(_decided(relation, raw, kind, raw.name in types))
    return decided, notes


def _decided(relation: Relation, raw: Raw, kind: PgType, given: bool) -> Decided:
    null_check = "contains({}, chr(0))" if relation.format is not Format.CSV else "false"
    if raw.type is not None and raw.type == kind:
        value = from_native(raw.sql, kind)
        return Decided(raw, kind, value, null_check.format(value) if kind == TEXT else None)
    if raw.is_json and kind.base in ("json", "jsonb"):
        text = f"nullif({raw.sql}::varchar, 'null')"
        value = kind.from_text(text)
        return Decided(raw, kind, value, f"{text} is not null and {value} is null")
    value = kind.from_text(raw.text, relation.decimal_comma and given)
    if not given and kind.base in _LOOKED_AT:
        return Decided(raw, kind, _LOOKED_AT[kind.base].format(t=raw.text))
    if kind.base == "text":
        return Decided(raw, kind, value, None if relation.format is Format.CSV else null_check.format(value))
    misfit = f"{raw.text} is not null and ({value}) is null"
    return Decided(raw, kind, value, misfit if given else None)


def _inferred(
    connection: DuckDBPyConnection, relation: Relation, columns: list[Raw]
) -> tuple[dict[str, PgType], list[str]]:
    first = f"(select * from {relation.sql} limit {_SAMPLE_ROWS})"  # noqa: S608
    sample = _counted(connection, first, columns, dict.fromkeys(columns, _LOOKS))
    looks = {raw: _worth(sample[raw]) for raw in columns}
    whole = _counted(connection, relation.sql, columns, looks)
    types = {raw.name: _type(raw, whole[raw]) for raw in columns}
    notes = [
        _near_miss(connection, relation, raw, looks[raw][-1])
        for raw in columns
        if types[raw.name] == TEXT and looks[raw] and whole[raw]["n"] and not raw.is_json
    ]
    return types, notes


def _counted(
    connection: DuckDBPyConnection, rows: str, columns: list[Raw], looks: Mapping[Raw, tuple[str, ...]]
) -> dict[Raw, dict[str, int]]:
    """For each column how many values there are (n) and how many look like what."""
    wanted: list[tuple[Raw, str, str]] = []
    for raw in columns:
        wanted.append((raw, "n", f"count({raw.text})"))
        if raw.is_json:
            wanted += [
                (raw, "nested", f"count_if(json_type({raw.sql}) in ('OBJECT', 'ARRAY'))"),
                (raw, "strings", f"count_if(json_type({raw.sql}) = 'VARCHAR')"),
                (raw, "booleans", f"count_if(json_type({raw.sql}) = 'BOOLEAN')"),
            ]
        wanted += [(raw, look, f"count_if(looks_{look}({raw.text}))") for look in looks[raw]]
    [answer] = connection.sql(f"select {', '.join(sql for _, _, sql in wanted)} from {rows}").fetchall()  # noqa: S608
    counts: dict[Raw, dict[str, int]] = {raw: dict.fromkeys(_LOOKS, 0) for raw in columns}
    for (raw, key, _), count in zip(wanted, answer, strict=True):
        counts[raw][key] = count
    return counts


def _worth(sample: Mapping[str, int]) -> tuple[str, ...]:
    """What is worth counting over the whole file, after a sample."""
    if not sample["n"]:
        return _LOOKS
    enough = _NEARLY * sample["n"]
    if sample["number"] >= enough:
        return ("bigint", "whole", "number") if sample["whole"] == sample["number"] else ("number",)
    if sample["boolean"] >= enough:
        return ("boolean",)
    if sample["date"] + sample["timestamp"] >= enough:
        return ("date", "timestamp")
    return ("timestamptz",) if sample["timestamptz"] >= enough else ()


def _type(raw: Raw, counts: Mapping[str, int]) -> PgType:
    n = counts["n"]
    if not n:
        return TEXT
    if raw.is_json:
        if counts["nested"]:
            return JSONB
        if counts["strings"] and counts["strings"] < n or 0 < counts["booleans"] < n:
            return TEXT
        if not counts["strings"] and not counts["booleans"]:
            return _number(counts, n) or PgType("double precision")
        if counts["booleans"]:
            return PgType("boolean")
    elif number := _number(counts, n) or (PgType("boolean") if counts["boolean"] == n else None):
        return number
    if counts["date"] == n:
        return PgType("date")
    if counts["date"] + counts["timestamp"] == n:
        return PgType("timestamp")
    return PgType("timestamptz") if counts["timestamptz"] == n else TEXT


def _number(counts: Mapping[str, int], n: int) -> PgType | None:
    if counts["bigint"] == n:
        return PgType("bigint")
    if counts["whole"] == n:
        return PgType("numeric")
    return PgType("double precision") if counts["number"] == n else None


def _near_miss(connection: DuckDBPyConnection, relation: Relation, raw: Raw, look: str) -> str:
    """Why a column that nearly was something else is text: its first other value."""
    looks = f"looks_{look}({raw.sql})"
    if look == "timestamp":
        looks = f"(looks_date({raw.sql}) or {looks})"
    [(row, value)] = connection.sql(
        f"select r, v from (select row_number() over () as r, {raw.sql} as v, {looks} as fits from {relation.sql}) "  # noqa: S608
        "where v is not null and not fits order by r limit 1"
    ).fetchall()
    [line] = relation.locate([row], raw.name)
    where = f"line {line:,}" if isinstance(line, int) else line
    return f"Column {raw.name!r} is text because of {shortened(value)!r} at {where}."


def _scale(connection: DuckDBPyConnection, relation: Relation, raw: Raw) -> int:
    """Digits behind the point that the column's values need."""
    text = f"with_point({raw.text})" if relation.decimal_comma else raw.text
    [(scale,)] = connection.sql(f"select max(scale_of({text})) from {relation.sql}").fetchall()  # noqa: S608
    return min(int(scale or 0), MAX_PRECISION - 8)
