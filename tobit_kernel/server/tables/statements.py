"""The SQL of this folder with names and constants in it, each quoted by psycopg."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from psycopg import sql

from tobit_kernel.server.files.opening import Column
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.tables.naming import TableName


def script(name: str) -> str:
    """The text of a file of this folder."""
    return (files(__package__) / name).read_text("utf-8").strip()


def create_table(name: TableName, columns: Sequence[Column]) -> str:
    """Makes an empty table; the columns' types come from our own list."""
    fields = [sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type)) for column in columns]
    return sql.SQL("create table {} ({})").format(_identifier(name), sql.SQL(", ").join(fields)).as_string()


def create_schema(schema: str) -> list[str]:
    """Makes a schema that the reader may look into; one waits for another who makes the same."""
    name = sql.Identifier(schema)
    return [
        _advisory_lock(f"tobit schema {schema}"),
        sql.SQL("create schema if not exists {}").format(name).as_string(),
        sql.SQL("grant usage on schema {} to tobit_reader").format(name).as_string(),
    ]


def protect(name: TableName, principal: Principal) -> list[str]:
    """Row security of a new table: its owner's alone in a personal schema, the tenant's in a shared one."""
    condition = sql.SQL(script("personal.sql" if name.is_personal else "shared.sql")).format(
        tenant=sql.Literal(principal.tenant), actor=sql.Literal(principal.user)
    )
    return [
        sql.SQL(statement).format(table=_identifier(name), condition=condition).as_string()
        for statement in script("protect.sql").split(";")
    ]


def record(name: TableName, principal: Principal) -> str:
    """Writes down whose table it is."""
    values = {"schema": name.schema, "name": name.table, "tenant": principal.tenant, "actor": principal.user}
    quoted = {key: sql.Literal(value) for key, value in values.items()}
    return sql.SQL(script("record.sql")).format(**quoted).as_string()


def forget(name: TableName) -> str:
    """Strikes out what ``record`` wrote."""
    values = {"schema": sql.Literal(name.schema), "name": sql.Literal(name.table)}
    return sql.SQL(script("forget.sql")).format(**values).as_string()


def lock(name: TableName) -> str:
    """Waits for other loads and drops of the same table, until the transaction ends."""
    return _advisory_lock(f"tobit table {name.schema}.{name.table}")


def drop_table(name: TableName) -> str:
    """Removes a table."""
    return sql.SQL("drop table {}").format(_identifier(name)).as_string()


def rename_table(name: TableName, to: TableName) -> str:
    """Gives a table another name in its schema."""
    return sql.SQL("alter table {} rename to {}").format(_identifier(name), sql.Identifier(to.table)).as_string()


def analyze(name: TableName) -> str:
    """Counts rows and values for the planner and the catalog's estimates."""
    return sql.SQL("analyze {}").format(_identifier(name)).as_string()


def count_rows(name: TableName) -> str:
    """The number of rows of a table."""
    return sql.SQL("select count(*) from {}").format(_identifier(name)).as_string()


def _identifier(name: TableName) -> sql.Identifier:
    return sql.Identifier(name.schema, name.table)


def _advisory_lock(key: str) -> str:
    return sql.SQL("select pg_advisory_xact_lock(hashtextextended({}, 0))").format(sql.Literal(key)).as_string()
