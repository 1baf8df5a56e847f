"""Layer 5 of the guard: one SELECT, schemas that are open to the caller, allowed functions.

Layers 1 to 3 (a restricted reader, READ ONLY, ``DECLARE … CURSOR``) are the database's own
and stand in ``sources/postgresql.py``; this one explains itself, so it comes first.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from tobit_kernel.errors import Refused
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.queries import elsewhere
from tobit_kernel.server.queries.parse import Reading

#: Nobody reads the gate's own tables by SQL; the verbs show what may be seen of them.
_CLOSED = frozenset({"gate", "pg_toast"})
_ADMINISTRATORS = frozenset({"pg_catalog", "information_schema"})
#: What holds passwords, their hashes, the server's own files, other people's statements, or values of rows that the
#: caller may not see (statistics); a powerful login to a customer's database sees it.
_SECRET = frozenset(
    "pg_authid pg_shadow pg_user_mapping pg_user_mappings user_mapping_options _pg_user_mappings pg_subscription"
    " pg_file_settings pg_hba_file_rules pg_ident_file_mappings pg_largeobject pg_db_role_setting"
    " pg_stat_activity pg_stat_replication pg_stat_wal_receiver pg_stat_subscription pg_cursors pg_prepared_xacts"
    " pg_prepared_statements pg_stat_statements pg_statistic pg_statistic_ext_data pg_stats pg_stats_ext"
    " pg_stats_ext_exprs".split()
)


def guard(reading: Reading, principal: Principal, dialect: str, personal: str = "") -> None:
    """Raises ``Refused`` for what the caller may not run; says what and who may.

    ``personal`` is the caller's own schema, where the source has such: the workbench.
    """
    if reading.statements != 1:
        raise Refused("One statement at a time.", "Put the second one into a cell of its own.")
    if not reading.is_select:
        raise Refused(
            "Only SELECT is run here.",
            "`%tobit tables` lists tables, `%%tobit explain` shows a plan; `load`, `save` and `drop` change tables.",
        )
    if dialect not in ("postgres", "duckdb"):
        elsewhere.check(reading, principal, dialect)
        return
    for table in reading.tables:
        _check_schema(table.schema, table.name, principal, personal)
    if dialect == "postgres":
        _check_functions(reading)


def _check_schema(schema: str, name: str, principal: Principal, personal: str) -> None:
    where = schema or ("pg_catalog" if name.startswith("pg_") else "")
    if name in _SECRET and (where in _ADMINISTRATORS or name == "pg_stat_statements"):
        raise Refused(f"{name!r} holds secrets of the server.", "`pg_roles` and `pg_settings` show what may be seen.")
    if where in _CLOSED and (personal or where != "gate"):
        raise Refused(
            f"Schema {where!r} belongs to the gate.", "`%tobit audit`, `queries`, `sources` show what is yours."
        )
    if where in _ADMINISTRATORS and not principal.may(Permission.ADMINISTER):
        raise Refused(
            f"Schema {where!r} is open to administrators only.", "`%tobit tables` and `describe` answer the same."
        )
    if personal and where.startswith("my_") and where != personal:
        raise Refused(f"Schema {where!r} is another user's.", "Ask them to share it; your own is `my`.")


def _check_functions(reading: Reading) -> None:
    allowed = allowed_functions()
    for name in reading.functions:
        if name not in allowed:
            raise Refused(f"Function {name!r} is not allowed.", "Allowed are PostgreSQL's functions that only compute.")


@cache
def allowed_functions() -> frozenset[str]:
    """Names of PostgreSQL functions (and keywords written like one) that only compute."""
    return frozenset(files(__package__).joinpath("functions.txt").read_text("utf-8").split())
