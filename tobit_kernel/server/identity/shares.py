"""Links to results: a secret of which only the sha256 is kept, for a time, a number of uses, with a password."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import NotFound, Unauthenticated
from tobit_kernel.server.identity.identity import digest_of
from tobit_kernel.server.identity.passwords import Hashing
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.identity.sessions import Origin
from tobit_kernel.wire.models import QueryRequest
from tobit_kernel.wire.sharing import ShareAccess, Shared, ShareDraft, ShareInfo

PREFIX = "tbl_"
#: After so many wrong passwords a link is closed for good: its owner makes another.
WRONG_LIMIT = 20

_LIST = text(files(__package__).joinpath("shares.sql").read_text("utf-8"))
_MAKE = text(
    "insert into gate.share (digest, id, tenant_id, owner, title, request, password_hash, ends_at, uses_left)"
    " values (:digest, :id, :tenant, :owner, :title, cast(:request as jsonb), :password_hash,"
    " now() + make_interval(secs => :seconds), :uses)"
)
_REVOKE = text(
    "update gate.share set revoked_at = now(), revoked_by = :by where tenant_id = :tenant and id = :id"
    " and (cast(:owner as text) is null or owner = :owner) and revoked_at is null"
)
_FIND = text(
    "select id, tenant_id, owner, title, request, password_hash, wrong_passwords, ends_at,"
    " revoked_at is null and ends_at > now() and coalesce(uses_left, 1) > 0 and wrong_passwords < :limit as is_open"
    " from gate.share where digest = :digest"
)
_WRONG = text("update gate.share set wrong_passwords = wrong_passwords + 1 where digest = :digest")
_USE = text(
    "update gate.share set uses_left = uses_left - 1, wrong_passwords = 0 where digest = :digest and revoked_at is null"
    " and ends_at > now() and coalesce(uses_left, 1) > 0 returning uses_left"
)
_GIVE_BACK = text("update gate.share set uses_left = uses_left + 1 where id = :id")
_CAME = text(
    "insert into gate.share_access (tenant_id, share, outcome, rows, ip, agent)"
    " values (:tenant, :share, :outcome, :rows, :ip, :agent)"
)
_ACCESSES = text(
    "select a.at, a.outcome, a.rows, a.ip, a.agent from gate.share_access a join gate.share s on s.id = a.share"
    " where s.tenant_id = :tenant and s.id = :id and (cast(:owner as text) is null or s.owner = :owner)"
    " order by a.at desc, a.id desc limit 1000"
)


@dataclass(frozen=True)
class Opened:
    """A use of a link that was let in; the rows are still to be fetched in the name of ``owner``."""

    id: str
    tenant: str
    owner: str
    title: str
    request: QueryRequest
    ends_at: Any
    uses_left: int | None


class Shares:
    """The links of all tenants."""

    def __init__(self, engine: AsyncEngine, hashing: Hashing) -> None:
        self._engine, self._hashing = engine, hashing

    async def make(self, principal: Principal, draft: ShareDraft) -> Shared:
        """A new link of the caller's."""
        token, number = PREFIX + secrets.token_urlsafe(32), secrets.token_hex(6)
        password = draft.password.get_secret_value() if draft.password else None
        values = {
            "digest": digest_of(token),
            "id": number,
            "tenant": principal.tenant,
            "owner": principal.user,
            "title": draft.title,
            "request": draft.request.model_dump_json(),
            "password_hash": await self._hashing.hashed(password) if password else None,
            "seconds": draft.days * 86_400,
            "uses": draft.uses,
        }
        async with self._engine.begin() as connection:
            await connection.execute(_MAKE, values)
        (made,) = await self.known(principal.tenant, principal.user, number)
        return Shared(**made.model_dump(), path=f"/share#{token}")

    async def known(self, tenant: str, owner: str | None = None, number: str | None = None) -> list[ShareInfo]:
        """Links of the tenant, or of one owner, newest first."""
        values = {"tenant": tenant, "owner": owner, "id": number, "limit": WRONG_LIMIT}
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_LIST, values)).mappings()
            return [ShareInfo.model_validate(dict(row)) for row in rows]

    async def revoke(self, tenant: str, number: str, by: str, owner: str | None = None) -> None:
        """Closes a link at once and for good."""
        values = {"tenant": tenant, "id": number, "by": by, "owner": owner}
        async with self._engine.begin() as connection:
            if not (await connection.execute(_REVOKE, values)).rowcount:
                raise NotFound(f"There is no open link {number!r}.", "`%tobit share` lists them.")

    async def accesses(self, tenant: str, number: str, owner: str | None = None) -> list[ShareAccess]:
        """Who came by a link, the last first."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(_ACCESSES, {"tenant": tenant, "id": number, "owner": owner})
            return [ShareAccess.model_validate(dict(row)) for row in rows.mappings()]

    async def use(self, token: str, password: str, origin: Origin) -> Opened:
        """One use of a link. A wrong secret and a link that is over get the same answer.

        ``Unauthenticated`` has ``needs="password"`` where one is missing or wrong.
        """
        digest = digest_of(token)
        async with self._engine.connect() as connection:
            found = (await connection.execute(_FIND, {"digest": digest, "limit": WRONG_LIMIT})).mappings().first()
        if found is None:
            raise _over()
        if not found["is_open"]:
            await self._came(found["tenant_id"], found["id"], "over", origin)
            raise _over()
        if found["password_hash"] is not None:
            await self._check(digest, found, password, origin)
        async with self._engine.begin() as connection:
            used = (await connection.execute(_USE, {"digest": digest})).first()
        if used is None:
            raise _over()
        request = found["request"]
        asked = QueryRequest.model_validate(json.loads(request) if isinstance(request, str) else request)
        return Opened(found["id"], found["tenant_id"], found["owner"], found["title"], asked, found["ends_at"], used[0])

    async def _check(self, digest: bytes, found: Any, password: str, origin: Origin) -> None:
        if not password:
            raise Unauthenticated("This link has a password.", "Whoever sent the link knows it.", needs="password")
        async with self._engine.begin() as connection:
            await connection.execute(_WRONG, {"digest": digest})  # before it is known: guesses side by side count, too
        if not await self._hashing.fits(found["password_hash"], password):
            await self._came(found["tenant_id"], found["id"], "wrong password", origin)
            raise Unauthenticated("The password is wrong.", "Whoever sent the link knows it.", needs="password")

    async def came(self, opened: Opened, outcome: str, rows: int | None, origin: Origin) -> None:
        """Writes down how a use ended; one that showed nothing is given back."""
        await self._came(opened.tenant, opened.id, outcome, origin, rows)
        if outcome != "ok" and opened.uses_left is not None:
            async with self._engine.begin() as connection:
                await connection.execute(_GIVE_BACK, {"id": opened.id})

    async def _came(self, tenant: str, number: str, outcome: str, origin: Origin, rows: int | None = None) -> None:
        values = {"tenant": tenant, "share": number, "outcome": outcome, "rows": rows}
        async with self._engine.begin() as connection:
            await connection.execute(_CAME, {**values, "ip": origin.ip, "agent": (origin.agent or "")[:500]})


def _over() -> Unauthenticated:
    return Unauthenticated("This link is not open (any more).", "Ask whoever sent it for a new one.")
