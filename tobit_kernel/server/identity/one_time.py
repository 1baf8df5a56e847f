"""Links that work once, for who has no password yet or lost it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.server.identity.identity import digest_of

#: What their secrets begin with, so that a leaked one is recognised.
PREFIX = "tbl_"
LIFE = timedelta(hours=24)

_WITHDRAW = text("delete from gate.one_time where account = :account and used_at is null")
_MAKE = text(
    "insert into gate.one_time (digest, tenant_id, account, purpose, made_by, ends_at)"
    " values (:digest, :tenant, :account, 'password', :by, :ends_at)"
)
_FIND = text(
    "select a.id, a.tenant_id, a.name, a.email, a.role, a.totp_secret is not null as has_totp"
    " from gate.one_time o join gate.account a on a.id = o.account"
    " where o.digest = :digest and o.used_at is null and o.ends_at > now() and a.disabled_at is null"
)
_USE = text(
    "update gate.one_time set used_at = now() where digest = :digest and used_at is null and ends_at > now()"
)


@dataclass(frozen=True)
class Link:
    """A new link; ``token`` exists here alone. It goes behind the ``#``, which no server and no log sees."""

    token: str
    ends_at: datetime

    def at(self, url: str) -> str:
        """The address to open, at the gate's ``url``."""
        return f"{url.rstrip('/')}/sign-in#set={self.token}"


@dataclass(frozen=True)
class Invited:
    """For whom a link is."""

    id: str
    tenant: str
    name: str
    email: str
    role: str
    has_totp: bool


class Links:
    """The one-time links of all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def make(self, connection: AsyncConnection, tenant: str, account: str, by: str) -> Link:
        """A link in place of earlier ones, within the transaction of ``connection``."""
        token, ends_at = PREFIX + secrets.token_urlsafe(32), datetime.now(UTC) + LIFE
        await connection.execute(_WITHDRAW, {"account": account})
        values = {"digest": digest_of(token), "tenant": tenant, "account": account, "by": by, "ends_at": ends_at}
        await connection.execute(_MAKE, values)
        return Link(token, ends_at)

    async def whose(self, token: str) -> Invited | None:
        """For whom the link is; None when it was used, is over, or never was."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(_FIND, {"digest": digest_of(token)})).first()
        return None if row is None else Invited(*row)

    async def use(self, connection: AsyncConnection, token: str) -> bool:
        """Whether this use was the first; of two at once one is."""
        return (await connection.execute(_USE, {"digest": digest_of(token)})).rowcount == 1
