"""Sessions: opaque tokens of which only the sha256 is kept; they slide, end, are listed and revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import NotFound, Refused
from tobit_kernel.server.identity.identity import digest_of
from tobit_kernel.wire.people import SessionInfo

#: What tokens of sessions begin with, so that a leaked one is recognised.
PREFIX = "tbs_"

_OPEN = text(
    "with a as (select * from gate.account where id = :account and disabled_at is null for share), made as ("
    "insert into gate.session"
    " (digest, id, tenant_id, account, kind, method, ends_at, idle_s, ip, agent, provider_session)"
    " select :digest, :id, a.tenant_id, a.id, :kind, :method, :ends_at, :idle_s, :ip, :agent, :provider_session"
    " from a) select tenant_id, role, must_change_password from a"
)
_LIST = text(
    "select id, account, kind, method, created_at, last_used_at, ends_at, ip, agent, ended_at, ended_by"
    " from gate.session where tenant_id = :tenant and (cast(:account as text) is null or account = :account)"
    " and (:ended or (ended_at is null and ends_at > now() and last_used_at > now() - make_interval(secs => idle_s)))"
    " order by last_used_at desc limit 1000"
)
_END = text(
    "update gate.session set ended_at = now(), ended_by = :by where tenant_id = :tenant and id = :id"
    " and (cast(:account as text) is null or account = :account) and ended_at is null returning account"
)
_END_ALL = text(
    "update gate.session set ended_at = now(), ended_by = :by"
    " where account = :account and id <> :but and ended_at is null"
)
_END_PROVIDER = text(
    "update gate.session set ended_at = now(), ended_by = 'provider'"
    " where provider_session = :provider_session and ended_at is null"
)


_KIND = text("select kind from gate.session where tenant_id = :tenant and id = :id")
_WHOSE = text("select account from gate.session where tenant_id = :tenant and id = :id")
_RENEWED = text(
    "select account, kind, method, provider_session, created_at from gate.session"
    " where tenant_id = :tenant and id = :id and ended_at is null and ends_at > now()"
)
#: A renewed session counts as begun when its person signed in.
_SAME_BEGINNING = text("update gate.session set created_at = :began where id = :id")
#: How long renewals go on after a sign-in.
MOST_RENEWED = timedelta(days=7)


class Kind(StrEnum):
    """What holds a session, and so how long it lasts."""

    #: a person's browser: a cookie
    BROWSER = "browser"
    #: `tobit login`
    PROGRAM = "program"
    #: a kernel under JupyterHub
    KERNEL = "kernel"
    #: a dashboard's kernel
    DASHBOARD = "dashboard"
    #: a notebook that runs as a report
    REPORT = "report"


#: (ends without use after, ends in any case after)
LIFE: dict[Kind, tuple[timedelta, timedelta]] = {
    Kind.BROWSER: (timedelta(hours=8), timedelta(days=7)),
    Kind.PROGRAM: (timedelta(days=7), timedelta(days=30)),
    Kind.KERNEL: (timedelta(minutes=10), timedelta(minutes=10)),
    Kind.DASHBOARD: (timedelta(minutes=10), timedelta(minutes=10)),
    Kind.REPORT: (timedelta(minutes=10), timedelta(minutes=10)),
}


@dataclass(frozen=True)
class Opened:
    """A new session; ``token`` exists here alone."""

    token: str
    id: str
    ends_at: datetime
    account: str = ""
    tenant: str = ""
    role: str = ""
    must_change_password: bool = False


@dataclass(frozen=True)
class Origin:
    """From where a request comes."""

    ip: str | None = None
    agent: str | None = None
    trace_id: str | None = None


class Sessions:
    """The sessions of all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open(
        self,
        connection: AsyncConnection,
        account: str,
        kind: Kind,
        method: str,
        origin: Origin,
        provider_session: str | None = None,
    ) -> Opened:
        """A session of ``account``, within the transaction of ``connection``; ``NotFound`` for a disabled one."""
        token, number = PREFIX + secrets.token_urlsafe(32), secrets.token_hex(6)
        idle, most = LIFE[kind]
        ends_at = datetime.now(UTC) + most
        values: dict[str, Any] = {
            "digest": digest_of(token),
            "id": number,
            "account": account,
            "kind": kind,
            "method": method,
            "ends_at": ends_at,
            "idle_s": int(idle.total_seconds()),
            "ip": origin.ip,
            "agent": origin.agent,
            "provider_session": provider_session,
        }
        row = (await connection.execute(_OPEN, values)).first()
        if row is None:
            raise NotFound(f"There is no account {account!r} that may sign in.")
        return Opened(token, number, ends_at, account, *row)

    async def known(self, tenant: str, account: str | None = None, ended: bool = False) -> list[SessionInfo]:
        """Sessions of the tenant (or of one account), the last used first; ``ended`` shows those too."""
        values = {"tenant": tenant, "account": account, "ended": ended}
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_LIST, values)).mappings()
            return [SessionInfo.model_validate(dict(row)) for row in rows]

    async def kind_of(self, tenant: str, number: str) -> Kind:
        """What holds that session; ``NotFound``."""
        async with self._engine.connect() as connection:
            found = await connection.scalar(_KIND, {"tenant": tenant, "id": number})
        if found is None:
            raise NotFound(f"There is no session {number!r}.", "`%tobit users --sessions` lists them.")
        return Kind(found)

    async def whose(self, tenant: str, number: str) -> str | None:
        """Whose session that is; None when there is none."""
        async with self._engine.connect() as connection:
            found: str | None = await connection.scalar(_WHOSE, {"tenant": tenant, "id": number})
        return found

    async def end(self, tenant: str, number: str, by: str, account: str | None = None) -> str:
        """Ends one session at once; whose it was. ``account`` limits it to their own."""
        values = {"tenant": tenant, "id": number, "by": by, "account": account}
        async with self._engine.begin() as connection:
            whose: str | None = (await connection.execute(_END, values)).scalar()
        if whose is None:
            raise NotFound(f"There is no open session {number!r}.", "`%tobit users --sessions` lists them.")
        return whose

    async def renew(self, tenant: str, number: str, origin: Origin) -> Opened:
        """A session of the same kind after that one, which goes on until it ends by itself.

        ``Refused`` when the person must sign in anew: nobody lives on renewals longer than ``MOST_RENEWED``.
        """
        async with self._engine.begin() as connection:
            row = (await connection.execute(_RENEWED, {"tenant": tenant, "id": number})).first()
            if row is None:
                raise NotFound(f"There is no open session {number!r}.", "Sign in again.")
            account, kind, method, provider_session, began = row
            if datetime.now(UTC) - began > MOST_RENEWED:
                raise Refused("This session was renewed for long enough.", "Sign in again.")
            opened = await self.open(connection, account, Kind(kind), method, origin, provider_session)
            await connection.execute(_SAME_BEGINNING, {"id": opened.id, "began": began})
        return opened

    async def end_all(self, connection: AsyncConnection, account: str, by: str, but: str = "") -> int:
        """Ends all sessions of ``account`` except the one with the id ``but``, within a transaction; how many."""
        return (await connection.execute(_END_ALL, {"account": account, "by": by, "but": but})).rowcount

    async def end_of_provider(self, provider_session: str) -> int:
        """Ends what a provider signs out; how many."""
        async with self._engine.begin() as connection:
            return (await connection.execute(_END_PROVIDER, {"provider_session": provider_session})).rowcount
