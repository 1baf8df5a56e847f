"""DuckDB's types, as columns of Parquet, Arrow and Excel have them, in PostgreSQL's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tobit_kernel.server.files.types import JSONB, MAX_PRECISION, TEXT, PgType

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

_PLAIN = {
    "boolean": "boolean",
    "tinyint": "smallint",
    "utinyint": "smallint",
    "smallint": "smallint",
    "usmallint": "integer",
    "integer": "integer",
    "uinteger": "bigint",
    "bigint": "bigint",
    "float": "real",
    "double": "double precision",
    "varchar": "text",
    "enum": "text",
    "date": "date",
    "time": "time",
    "time_ns": "time",
    "timestamp": "timestamp",
    "timestamp_s": "timestamp",
    "timestamp_ms": "timestamp",
    "timestamp_ns": "timestamp",
    "timestamp with time zone": "timestamptz",
    "timestamptz_ns": "timestamptz",
    "interval": "interval",
    "uuid": "uuid",
    "blob": "bytea",
    "json": "json",
}
#: PostgreSQL's type → DuckDB's; others are taken as they are.
_TARGET = {
    "boolean": "boolean",
    "smallint": "smallint",
    "integer": "integer",
    "bigint": "bigint",
    "real": "float",
    "double precision": "double",
    "text": "varchar",
    "date": "date",
    "time": "time",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "bytea": "blob",
}


def native_type(kind: DuckDBPyType) -> PgType:
    """The PostgreSQL type that holds every value of DuckDB's ``kind``; nested ones are jsonb."""
    name = str(kind).lower()
    if kind.id == "decimal":
        sizes = {key: int(value) for key, value in kind.children if isinstance(value, int)}
        return PgType("numeric", sizes["precision"], sizes["scale"])
    if name == "ubigint":
        return PgType("numeric", 20, 0)
    if name in ("hugeint", "uhugeint"):
        return PgType("numeric", MAX_PRECISION, 0)
    if kind.id in ("list", "array"):
        item = native_type(cast("DuckDBPyType", dict(kind.children)["child"]))
        if not item.is_array and item.base not in ("json", "jsonb", "uuid", "interval", "numeric"):
            return PgType(item.base, is_array=True)
        return JSONB
    if kind.id in ("struct", "map", "union", "variant"):
        return JSONB
    base = _PLAIN.get("enum" if kind.id == "enum" else name)
    return PgType(base) if base else TEXT


def from_native(raw: str, kind: PgType) -> str:
    """The DuckDB expression that turns the raw column into its own ``native_type``."""
    if kind.base == "jsonb":
        return f"to_json({raw})::varchar"
    if kind.base == "numeric":
        return f"{raw}::decimal({kind.precision}, {kind.scale})"
    target = _TARGET.get(kind.base)
    return f"{raw}::{target}{'[]' if kind.is_array else ''}" if target else raw
