"""For whom a reader's connection works, and the schema of each user's own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Protocol

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import InputError, NotFound
from tobit_kernel.server.store.direct import executed

#: PostgreSQL cuts longer names off.
NAME_LIMIT_BYTES = 63


class Bindable(Protocol):
    """Who asks; ``server.identity``'s principal is one."""

    @property
    def tenant(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def bound_scopes(self) -> str: ...


def _script(name: str) -> str:
    return (files("tobit_kernel.server.store") / name).read_text(encoding="utf-8")


BIND = _script("bind.sql")
UNBIND = _script("unbind.sql")
NEIGHBOURS = text(_script("neighbours.sql"))
CLEAR = text(_script("clear_bindings.sql"))
BACKEND_START = text("select gate.backend_start(:pid)")


async def bind(app: AsyncConnection | AsyncEngine, pid: int, backend_start: datetime, principal: Bindable) -> None:
    """From now on that backend's statements see the rows of ``principal``'s tenant.

    One statement, committed when this returns; the reader's statement must begin after it.
    """
    values = {"tenant": principal.tenant, "actor": principal.user, "role": principal.role}
    values["scopes"] = principal.bound_scopes
    await _committed(app, BIND, {"pid": pid, "backend_start": backend_start, **values})


async def unbind(app: AsyncConnection | AsyncEngine, pid: int, backend_start: datetime) -> None:
    """From now on that backend's statements see no rows."""
    await _committed(app, UNBIND, {"pid": pid, "backend_start": backend_start})


async def backend_start(app: AsyncEngine, pid: int) -> datetime:
    """When the live backend ``pid`` began; ask once per connection. ``NotFound`` when there is none."""
    async with app.connect() as connection:
        began: datetime | None = await connection.scalar(BACKEND_START, {"pid": pid})
    if began is None:
        raise NotFound(f"There is no database connection with process number {pid}.")
    return began


@dataclass(frozen=True)
class Neighbours:
    """Schema and name of what other tenants loaded, schemas that are theirs alone, and whether there are others."""

    tables: frozenset[tuple[str, str]] = frozenset()
    schemas: frozenset[str] = frozenset()
    are_there: bool = False


async def neighbours(app: AsyncEngine, tenant: str) -> Neighbours:
    """What of other tenants must not be told to somebody of ``tenant``."""
    async with app.connect() as connection:
        rows = (await connection.execute(NEIGHBOURS, {"tenant": tenant})).all()
    theirs = frozenset((row[0], row[1]) for row in rows if not row[2] and row[0] is not None)
    own = {row[0] for row in rows if row[2]}
    schemas = frozenset(schema for schema, _ in theirs if schema not in own)
    return Neighbours(theirs, schemas, not all(row[2] for row in rows))


async def clear_bindings(app: AsyncEngine) -> int:
    """Removes bindings of backends that are gone; how many."""
    async with app.begin() as connection:
        return (await connection.execute(CLEAR)).rowcount


def personal_schema(user: str) -> str:
    """The name of ``user``'s own schema: ``my_`` and small letters, digits, ``_``; at most 63 bytes.

    A user id that is not written so already gets a piece of its hash, so that two users never
    share a schema and nothing in a name needs quoting.
    """
    if not user:
        raise InputError("A user without a name has no schema.")
    safe = re.sub(r"[^a-z0-9_]", "_", user.lower())
    # A name that ends like a hash could be made to meet somebody else's.
    if safe == user and len(safe) <= NAME_LIMIT_BYTES - 3 and not re.search(r"_[0-9a-f]{10}$", safe):
        return f"my_{safe}"
    digest = hashlib.sha256(user.encode()).hexdigest()[:10]
    return f"my_{safe[: NAME_LIMIT_BYTES - 14]}_{digest}"


async def _committed(app: AsyncConnection | AsyncEngine, statement: str, values: dict[str, object]) -> None:
    if isinstance(app, AsyncConnection):
        await app.exec_driver_sql(statement, values)
        await app.commit()
        return
    try:
        await executed(app, statement, values)
    except psycopg.OperationalError:
        # The server had closed the connection. Doing it again changes nothing more.
        await executed(app, statement, values)
