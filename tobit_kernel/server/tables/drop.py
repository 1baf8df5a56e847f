"""Drops a loaded table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

import psycopg

from tobit_kernel.errors import NotFound, Refused
from tobit_kernel.server.identity.principal import Permission, Principal, Role
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.tenancy import personal_schema
from tobit_kernel.server.tables import statements
from tobit_kernel.server.tables.existing import existing
from tobit_kernel.server.tables.failure import explained
from tobit_kernel.server.tables.naming import TableName, resolve


@dataclass(frozen=True)
class Dropped:
    """A table that is gone, and how many rows it had."""

    table: str
    rows: int

    def as_data(self) -> dict[str, Any]:
        """The envelope's ``data``."""
        return asdict(self)


def drop(app: Address, principal: Principal, table: str) -> Dropped:
    """Removes a table that ``principal`` loaded; an administrator may remove any of the tenant.

    Blocks. ``NotFound`` names near ones; ``Refused`` for tables of others and those not loaded.
    """
    if not principal.may(Permission.LOAD):
        raise Refused(f"The role {principal.role.value!r} may not drop tables.", "Ask an administrator.")
    target = resolve(principal, table, of_others=principal.role is Role.ADMIN)
    with explained(target.shown), app.connect() as connection:
        connection.execute(statements.lock(target))
        found = existing(connection, target)
        if found is None or found.tenant not in (None, principal.tenant):
            raise _unknown(connection, principal, target)
        found.require_own(principal, target)
        rows = connection.execute(statements.count_rows(target)).fetchall()[0][0]
        connection.execute(statements.drop_table(target))
        connection.execute(statements.forget(target))
    return Dropped(target.shown, rows)


def _unknown(connection: psycopg.Connection[Any], principal: Principal, target: TableName) -> NotFound:
    own = personal_schema(principal.user)
    values = {"tenant": principal.tenant, "actor": principal.user, "all": principal.role is Role.ADMIN}
    rows = connection.execute(statements.script("near.sql"), values).fetchall()
    names = [TableName(schema, table, schema == own).shown for schema, table in rows]
    near = get_close_matches(target.shown, names, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Loaded are: {', '.join(sorted(names)) or 'none'}."
    return NotFound(f"There is no loaded table {target.shown!r}.", hint)
