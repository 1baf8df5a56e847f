"""Everything that is kept about a person: told to them, or taken away (GDPR, articles 15, 17 and 20)."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import NotFound, Refused
from tobit_kernel.server.store.tenancy import personal_schema
from tobit_kernel.wire.people import Personal

_ACCOUNT = text(
    "select id, tenant_id, name, email, role, lang, time_zone, origin, provider, subject, created_at,"
    " password_changed_at, last_sign_in_at, disabled_at, disabled_reason, password_hash is not null as has_password,"
    " totp_secret is not null as has_totp from gate.account where tenant_id = :tenant and id = :person"
)
#: What goes with a person, by its name in the export; without digests and secrets.
_PARTS = {
    "groups": "select group_name, origin from gate.membership where account = :person order by 1",
    "sessions": (
        "select id, kind, method, created_at, last_used_at, ends_at, ip, agent, ended_at, ended_by"
        " from gate.session where account = :person order by created_at"
    ),
    "keys": (
        "select id, name, hint, permissions, created_at, ends_at, last_used_at, ended_at, ended_by"
        " from gate.api_key where account = :person order by created_at"
    ),
    "sign_ins": "select at, method, outcome, ip, agent from gate.sign_in where account = :person order by at",
    "permissions": (
        "select permission, resource, is_allowed, reason, given_by, given_at, ends_at from gate.permission"
        " where tenant_id = :tenant and subject_type = 'account' and subject = :person order by id"
    ),
    "scopes": (
        "select dimension, value, reason, given_by, given_at from gate.scope"
        " where tenant_id = :tenant and subject_type = 'account' and subject = :person order by dimension, value"
    ),
    "tables": (
        "select schema_name, table_name, created_at from gate.loaded_table"
        " where tenant_id = :tenant and owner = :person order by 1, 2"
    ),
    "shares": (
        "select id, title, request, created_at, ends_at, uses_left, revoked_at, revoked_by from gate.share"
        " where tenant_id = :tenant and owner = :person order by created_at"
    ),
    "quotas": (
        "select measure, per, amount, reason, set_by, set_at from gate.quota"
        " where tenant_id = :tenant and subject_type = 'user' and subject = :person order by measure"
    ),
    "usage": (
        "select day, source, table_name, queries, rows, ms, bytes, errors, cached from gate.usage_day"
        " where tenant_id = :tenant and actor = :person order by day, source, table_name"
    ),
    "slow_queries": (
        "select at, source, statement, ms, rows, outcome from gate.slow_query"
        " where tenant_id = :tenant and actor = :person order by id"
    ),
    "attempts": "select failures, last_at, locked_until from gate.attempt where subject = 'name/' || :person",
}
_HOLD = text("select role from gate.account where tenant_id = :tenant and id = :person for update")
_ADMINS = text(
    "select count(*) from gate.account where role = 'admin' and disabled_at is null and id not in (:person, 'local')"
)
_PLACEHOLDER = text(
    "insert into gate.account (id, tenant_id, name, role, disabled_at, disabled_reason, created_at)"
    " values (:pseudonym, :tenant, '', 'viewer', now(), 'erased', now())"
)
#: Sessions, keys, links, codes and groups go with the row.
_DROP = text("delete from gate.account where tenant_id = :tenant and id = :person")
_TRACES = [
    text(statement)
    for statement in (
        "select gate.erase_sign_ins(:person, :pseudonym)",
        "delete from gate.attempt where subject = 'name/' || :person",
        "delete from gate.permission where tenant_id = :tenant and subject_type = 'account' and subject = :person",
        "delete from gate.scope where tenant_id = :tenant and subject_type = 'account' and subject = :person",
        "update gate.permission set given_by = :pseudonym where given_by = :person",
        "update gate.scope set given_by = :pseudonym where given_by = :person",
        "update gate.source set created_by = :pseudonym where created_by = :person",
        "update gate.setting set updated_by = :pseudonym where updated_by = :person",
        "update gate.session set ended_by = :pseudonym where ended_by = :person",
        "update gate.api_key set ended_by = :pseudonym where ended_by = :person",
        "update gate.one_time set made_by = :pseudonym where made_by = :person",
        "update gate.provider set created_by = :pseudonym where created_by = :person",
        "update gate.source set updated_by = :pseudonym where updated_by = :person",
        "update gate.masked_column set declared_by = :pseudonym where declared_by = :person",
        "update gate.masking_policy set decided_by = :pseudonym where decided_by = :person",
        "update gate.share set revoked_by = :pseudonym where revoked_by = :person",
        "delete from gate.quota where tenant_id = :tenant and subject_type = 'user' and subject = :person",
        "update gate.quota set set_by = :pseudonym where set_by = :person",
        "update gate.usage_day set actor = :pseudonym where tenant_id = :tenant and actor = :person",
        "delete from gate.slow_query where tenant_id = :tenant and actor = :person",
        "update gate.loaded_table set owner = :pseudonym where owner = :person",
    )
]
_FORGET_TABLES = text("delete from gate.loaded_table where schema_name = :name")


async def told(engine: AsyncEngine, tenant: str, person: str) -> Personal:
    """What is kept about ``person`` beside the audit; no digest, no secret. ``NotFound``."""
    values = {"tenant": tenant, "person": person}
    async with engine.connect() as connection:
        account = (await connection.execute(_ACCOUNT, values)).mappings().first()
        if account is None:
            raise NotFound(f"There is no user {person!r}.", "`%tobit users` lists them.")
        parts = {name: await _rows(connection, statement, values) for name, statement in _PARTS.items()}
    return Personal(account=dict(account), tables=parts)


def new_pseudonym() -> str:
    """A name that tells nothing."""
    return f"erased-{secrets.token_hex(4)}"


async def erase(engine: AsyncEngine, tenant: str, person: str, pseudonym: str, keep_tables: bool) -> None:
    """Puts ``pseudonym`` in the place of ``person``, in one transaction; not in the audit, which the caller does."""
    values = {"tenant": tenant, "person": person, "pseudonym": pseudonym}
    async with engine.begin() as connection:
        role = await connection.scalar(_HOLD, values)
        if role is None:
            raise NotFound(f"There is no user {person!r}.", "`%tobit users` lists them.")
        if role == "admin" and not await connection.scalar(_ADMINS, values):
            raise Refused("This is the last administrator.", "Make another one first.")
        await connection.execute(_PLACEHOLDER, values)
        for statement in _TRACES:
            await connection.execute(statement, values)
        await connection.execute(_DROP, values)
        if not keep_tables:
            schema = personal_schema(person)  # letters, digits and _ alone
            await connection.execute(text(f"drop schema if exists {schema} cascade"))
            await connection.execute(_FORGET_TABLES, {"name": schema})


async def _rows(connection: AsyncConnection, statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(text(statement), values)).mappings()]
