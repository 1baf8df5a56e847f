"""What a database holds, by SQLAlchemy's inspector."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase

from sqlalchemy import Connection, Inspector, inspect

from tobit_kernel.errors import InputError, NotFound
from tobit_kernel.wire.models import TableColumn, TableInfo


def reflected(connection: Connection, hidden: frozenset[str]) -> list[TableInfo]:
    """Tables and views of all schemas but the ``hidden``."""
    inspector = inspect(connection)
    return [table for schema in _schemas(inspector, hidden) for table in _of_schema(inspector, schema)]


def columns_of(connection: Connection, table: TableInfo) -> list[TableColumn]:
    """The columns of a table that was listed."""
    found = inspect(connection).get_columns(table.name, schema=table.db_schema or None)
    return [
        TableColumn(
            name=column["name"],
            type=str(column["type"]).lower(),
            nullable=bool(column.get("nullable", True)),
            comment=column.get("comment"),
        )
        for column in found
    ]


def _schemas(inspector: Inspector, hidden: frozenset[str]) -> list[str]:
    return [schema for schema in inspector.get_schema_names() if schema.lower() not in hidden]


def _of_schema(inspector: Inspector, schema: str) -> list[TableInfo]:
    kinds = [(name, "table") for name in inspector.get_table_names(schema=schema)]
    kinds += [(name, "view") for name in inspector.get_view_names(schema=schema)]
    return [
        TableInfo.model_validate({"schema": schema, "name": name, "type": kind})
        for name, kind in sorted(kinds)
        if not name.startswith("sqlite_")
    ]


def named(tables: list[TableInfo], name: str) -> TableInfo:
    """One table by ``name`` or ``schema.name``; ``NotFound`` names near ones."""
    wanted = name.lower()
    full = {f"{table.db_schema}.{table.name}": table for table in tables}
    exact = [table for each, table in full.items() if each.lower() == wanted]
    exact = exact or [table for table in tables if table.name.lower() == wanted]
    if len(exact) == 1:
        return exact[0]
    if exact:
        both = " or ".join(f"{table.db_schema}.{table.name}" for table in exact)
        raise InputError(f"{name!r} stands in several schemas.", f"Write {both}.")
    near = get_close_matches(wanted, list(full), n=3, cutoff=0.5)
    near = near or [each for each, table in full.items() if get_close_matches(wanted, [table.name.lower()], cutoff=0.6)]
    hint = f"Did you mean {' or '.join(near)}?" if near else "`%tobit tables --source …` lists what is there."
    raise NotFound(f"There is no table {name!r}.", hint)


def matches(table: TableInfo, pattern: str) -> bool:
    """Whether ``pattern``, a part of ``schema.name`` or with ``*``, finds the table."""
    full, wanted = f"{table.db_schema}.{table.name}".lower(), pattern.lower()
    if "*" in wanted or "?" in wanted:
        return fnmatchcase(full if "." in wanted else table.name.lower(), wanted)
    return wanted in full
