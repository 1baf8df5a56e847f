"""What the database knows about a table before it is loaded or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from tobit_kernel.errors import Conflict, Refused
from tobit_kernel.server.files.types import pg_type
from tobit_kernel.server.identity.principal import Principal, Role
from tobit_kernel.server.tables.naming import TableName
from tobit_kernel.server.tables.statements import script


@dataclass(frozen=True)
class Existing:
    """A table; ``columns`` are its types by name, in their order."""

    tenant: str | None
    owner: str | None
    columns: dict[str, str]

    def require_own(self, principal: Principal, name: TableName) -> None:
        """``Refused`` unless ``principal`` loaded it, or is an administrator of the same tenant."""
        if self.tenant is None:
            raise Refused(f"{name.shown!r} was not loaded by anybody and is left alone.", "Choose another name.")
        if self.tenant != principal.tenant:
            raise Conflict(f"The name {name.shown!r} is taken.", "Choose another name or schema.")
        if self.owner != principal.user and principal.role is not Role.ADMIN:
            raise Refused(f"{name.shown!r} belongs to {self.owner}.", "Its owner or an administrator may change it.")


def existing(connection: psycopg.Connection[Any], name: TableName) -> Existing | None:
    """The table called ``name``, if there is one."""
    row = connection.execute(script("existing.sql"), {"schema": name.schema, "name": name.table}).fetchone()
    if row is None:
        return None
    tenant, owner, names, types = row
    return Existing(tenant, owner, dict(zip(names, map(_spelled, types), strict=True)))


def _spelled(kind: str) -> str:
    """``timestamp without time zone[]`` → ``timestamp[]``; what we never make stays as it is."""
    from tobit_kernel.errors import InputError

    base = kind.removesuffix("[]")
    try:
        return pg_type(base).name + kind[len(base) :]
    except InputError:
        return kind
