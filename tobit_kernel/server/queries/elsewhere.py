"""Layer 5 for databases that are neither PostgreSQL nor DuckDB: allowed functions and closed schemas.

Such a server can't be asked what a statement would do, so a function is allowed by name or not at all.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from tobit_kernel.errors import Refused
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.queries.parse import Reading
from tobit_kernel.server.sources import sqlalchemy

#: Schemas of the server's own by dialect: accounts and their hashes, other people's statements, raw pages.
_CLOSED = {"mysql": frozenset({"mysql", "performance_schema", "sys"})}
_CLOSED_ELSEWHERE = frozenset({"sys", "mysql", "performance_schema", "pg_catalog", "master", "msdb", "system"})
_ADMINISTRATORS = frozenset({"information_schema"})
#: SQLite's tables of its own that may be read; others show pages and settings.
_SQLITE_OPEN = frozenset("sqlite_master sqlite_schema sqlite_sequence sqlite_stat1 sqlite_temp_master".split())
_SQLITE_CLOSED = ("sqlite_", "pragma_", "dbstat", "bytecode", "tables_used", "completion", "fsdir", "zipfile")


def check(reading: Reading, principal: Principal, dialect: str) -> None:
    """Raises ``Refused`` for a closed schema or a function that is not known to compute only."""
    for table in reading.tables:
        _check_table(table.schema.lower(), table.name.lower(), principal, dialect)
    allowed = allowed_functions(dialect)
    for name in reading.functions:
        if name not in allowed:
            hint = "Allowed are the database's functions that only compute."
            raise Refused(f"Function {name!r} is not allowed.", hint)


def _check_table(schema: str, name: str, principal: Principal, dialect: str) -> None:
    if dialect == "sqlite":
        if name.startswith(_SQLITE_CLOSED) and name not in _SQLITE_OPEN:
            raise Refused(f"{name!r} is not for statements.", "`%tobit tables` and `describe` answer the same.")
        return
    if schema in _CLOSED.get(dialect, _CLOSED_ELSEWHERE):
        raise Refused(f"Schema {schema!r} is the server's own.", "`%tobit tables` lists what can be read.")
    if schema in _ADMINISTRATORS and not principal.may(Permission.ADMINISTER):
        raise Refused(
            f"Schema {schema!r} is open to administrators only.", "`%tobit tables` and `describe` answer the same."
        )


@cache
def allowed_functions(dialect: str) -> frozenset[str]:
    """The functions of a dialect that only compute; for one that has no list, those that are the same everywhere."""
    here = files(sqlalchemy)
    file = here.joinpath(f"functions-{dialect}.txt")
    return frozenset((file if file.is_file() else here.joinpath("functions-plain.txt")).read_text("utf-8").split())
