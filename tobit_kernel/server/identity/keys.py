"""API keys: what a program works with in its owner's name, with less than its owner may, for a while."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import Conflict, NotFound, Refused
from tobit_kernel.server.identity.identity import digest_of
from tobit_kernel.server.identity.principal import Permission, Principal, Via
from tobit_kernel.wire.signing import KeyDraft, KeyInfo, KeyMade

#: What keys begin with, so that a leaked one is recognised.
PREFIX = "tbk_"
#: Letters of a key by which its owner finds it again.
HINT_LETTERS = 8
#: Keys of one account that work at the same time.
MOST = 50

_COLUMNS = "id, account, name, hint, permissions, created_at, ends_at, last_used_at, ended_at, ended_by, replaced_by"
_ADD = text(
    "insert into gate.api_key (digest, id, tenant_id, account, name, hint, permissions, ends_at)"  # noqa: S608
    " values (:digest, :id, :tenant, :account, :name, :hint, cast(:permissions as text[]), :ends_at)"
    f" returning {_COLUMNS}"
)
_LIST = text(
    f"select {_COLUMNS} from gate.api_key where tenant_id = :tenant"  # noqa: S608 - our own words
    " and (cast(:account as text) is null or account = :account)"
    " and (:ended or (ended_at is null and (ends_at is null or ends_at > now())))"
    " order by created_at desc, id limit 1000"
)
_OWN = text(
    f"select {_COLUMNS} from gate.api_key where tenant_id = :tenant and account = :account and id = :id"  # noqa: S608
    " and ended_at is null and (ends_at is null or ends_at > now()) for update"
)
_HOLD = text("select 1 from gate.account where id = :account for update")
_COUNT = text(
    "select count(*) from gate.api_key where account = :account and ended_at is null"
    " and (ends_at is null or ends_at > now())"
)
_RETIRE = text(
    "update gate.api_key set ends_at = least(ends_at, :ends_at), replaced_by = :by where id = :id"
)
_END = text(
    "update gate.api_key set ended_at = now(), ended_by = :by where tenant_id = :tenant and id = :id"
    " and (cast(:account as text) is null or account = :account) and ended_at is null returning account"
)


class Keys:
    """The API keys of all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def known(self, tenant: str, account: str | None, ended: bool = False) -> list[KeyInfo]:
        """Keys of the tenant (or of one account), the newest first; ``ended`` shows those too."""
        values = {"tenant": tenant, "account": account, "ended": ended}
        async with self._engine.connect() as connection:
            return [_info(row) for row in (await connection.execute(_LIST, values)).mappings()]

    async def add(self, owner: Principal, draft: KeyDraft) -> KeyMade:
        """A new key for at most what ``owner`` may now; its token is told this once."""
        require_person(owner)
        missing = [name for name in draft.permissions if not owner.may(Permission(name))]
        if missing:
            raise Refused(
                f"You can't give a key {missing[0]!r}: you do not have it.", "`%tobit whoami` shows what you may."
            )
        ends_at = datetime.now(UTC) + timedelta(days=draft.days)
        async with self._engine.begin() as connection:
            await connection.execute(_HOLD, {"account": owner.user})
            if await connection.scalar(_COUNT, {"account": owner.user}) >= MOST:
                raise Conflict(f"You have {MOST} keys already.", "`%tobit keys --revoke ID` ends one.")
            token, values = _new(owner, draft.name, sorted(draft.permissions), ends_at)
            row = (await connection.execute(_ADD, values)).mappings().one()
        return KeyMade(token=token, **_info(row).model_dump())

    async def rotate(self, owner: Principal, number: str, grace: timedelta) -> KeyMade:
        """A new token with the same name, rights and lifetime; the old one works for ``grace``."""
        require_person(owner)
        async with self._engine.begin() as connection:
            values = {"tenant": owner.tenant, "account": owner.user, "id": number}
            old = (await connection.execute(_OWN, values)).mappings().first()
            if old is None:
                raise _unknown(number)
            if old["replaced_by"] is not None:
                raise Conflict(f"The key {number} was rotated already.", f"Its successor is {old['replaced_by']}.")
            now = datetime.now(UTC)
            ends_at = None if old["ends_at"] is None else now + (old["ends_at"] - old["created_at"])
            token, fresh = _new(owner, old["name"], old["permissions"], ends_at)
            row = (await connection.execute(_ADD, fresh)).mappings().one()
            await connection.execute(_RETIRE, {"id": number, "ends_at": now + grace, "by": row["id"]})
        return KeyMade(token=token, **_info(row).model_dump())

    async def end(self, tenant: str, number: str, by: str, account: str | None) -> str:
        """Ends a key at once; whose it was. ``account`` limits it to their own."""
        values = {"tenant": tenant, "id": number, "by": by, "account": account}
        async with self._engine.begin() as connection:
            whose: str | None = await connection.scalar(_END, values)
        if whose is None:
            raise _unknown(number)
        return whose


def require_person(principal: Principal) -> None:
    """``Refused`` for a program: a key that leaked must not make others, or change how its owner comes in."""
    if principal.via not in (Via.SESSION, Via.LOCAL):
        raise Refused("An API key can't do this.", "Its owner signs in and does it: `tobit login`.")


def _new(
    owner: Principal, name: str, permissions: list[str] | None, ends_at: datetime | None
) -> tuple[str, dict[str, Any]]:
    token = PREFIX + secrets.token_urlsafe(32)
    return token, {
        "digest": digest_of(token),
        "id": secrets.token_hex(6),
        "tenant": owner.tenant,
        "account": owner.user,
        "name": name,
        "hint": token[:HINT_LETTERS],
        "permissions": permissions,
        "ends_at": ends_at,
    }


def _info(row: Any) -> KeyInfo:
    return KeyInfo.model_validate(dict(row))


def _unknown(number: str) -> NotFound:
    return NotFound(f"There is no key {number!r} that works.", "`%tobit keys` lists yours.")
