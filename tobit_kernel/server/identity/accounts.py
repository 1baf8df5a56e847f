"""People: who there is, in which role and groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import Conflict, NotFound, Refused
from tobit_kernel.server.identity.principal import MAY, Permission, Principal, Role
from tobit_kernel.server.identity.roles import LINES
from tobit_kernel.wire.people import AccountChange, AccountDraft, AccountInfo, AccountPage

_PAGE = text(files(__package__).joinpath("accounts.sql").read_text("utf-8"))
_ADD = text(
    "insert into gate.account (id, tenant_id, name, email, role, lang, time_zone, origin, provider, subject)"
    " values (:id, :tenant, :name, :email, :role, :lang, :time_zone, :origin, :provider, :subject)"
    " on conflict do nothing"
)
_CHANGE = text(
    "update gate.account set name = coalesce(:name, name), email = coalesce(:email, email),"
    " role = coalesce(:role, role), lang = coalesce(:lang, lang), time_zone = coalesce(:time_zone, time_zone),"
    " disabled_at = case when cast(:disabled as boolean) is null then disabled_at when :disabled then now() end,"
    " disabled_reason = case when cast(:disabled as boolean) is null then disabled_reason"
    " when :disabled then :reason end"
    " where tenant_id = :tenant and id = :id"
)
_END_SESSIONS = text(
    "update gate.session set ended_at = now(), ended_by = :by where account = :id and ended_at is null"
)
_END_KEYS = text("update gate.api_key set ended_at = now(), ended_by = :by where account = :id and ended_at is null")
_ADMINS = text(
    "select count(*) from gate.account where role = 'admin' and disabled_at is null and id not in (:id, 'local')"
)
_GROUPS = text(
    "insert into gate.account_group (tenant_id, name) select :tenant, unnest(cast(:groups as text[]))"
    " on conflict do nothing"
)
_JOIN = text(
    "insert into gate.membership (tenant_id, group_name, account, origin)"
    " select :tenant, unnest(cast(:groups as text[])), :id, :origin on conflict do nothing"
)
_LEAVE = text(
    "delete from gate.membership where account = :id and origin = :origin"
    " and group_name <> all(cast(:groups as text[]))"
)
_SHOWN = text(
    "select subject from gate.scope where tenant_id = :tenant and subject_type = 'group'"
    " and subject = any(cast(:groups as text[])) limit 1"
)
_ASK = "Ask a manager or administrator of the tenant."
_BY_SUBJECT = text(
    "select id, tenant_id, role, disabled_at is not null as disabled from gate.account"
    " where origin = :origin and provider = :provider and subject = :subject"
)


_GIVEN = text(
    "select subject, permission from gate.permission where tenant_id = :tenant and subject_type = 'group'"
    " and subject = any(cast(:groups as text[])) and is_allowed"
)


@dataclass(frozen=True)
class External:
    """A person as a provider tells of them. ``role`` None leaves what an administrator gave."""

    origin: str
    provider: str
    subject: str
    id: str
    name: str = ""
    email: str = ""
    role: Role | None = None
    groups: list[str] = field(default_factory=list)
    tenant: str = "default"


class Accounts:
    """The people of all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, tenant: str, words: str = "", limit: int = 100, offset: int = 0) -> AccountPage:
        """People whose id, name, e-mail or role contains ``words``, by id, with the true total."""
        escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values = {"tenant": tenant, "id": None, "words": f"%{escaped}%", "limit": limit, "offset": offset}
        async with self._engine.connect() as connection:
            rows = [dict(row) for row in (await connection.execute(_PAGE, values)).mappings()]
        items = [AccountInfo.model_validate(row) for row in rows if row["id"] is not None]
        return AccountPage(items=items, total=rows[0]["total"])

    async def get(self, tenant: str, account: str) -> AccountInfo:
        """One person of the tenant; ``NotFound``."""
        values = {"tenant": tenant, "id": account, "words": "%%", "limit": 1, "offset": 0}
        async with self._engine.connect() as connection:
            rows = [dict(row) for row in (await connection.execute(_PAGE, values)).mappings()]
        if rows[0]["id"] is None:
            raise NotFound(f"There is no user {account!r}.", "`%tobit users` lists them.")
        return AccountInfo.model_validate(rows[0])

    async def add(self, connection: AsyncConnection, by: Principal, tenant: str, draft: AccountDraft) -> None:
        """A new person, within the transaction of ``connection``; ``Conflict`` when the name is taken."""
        refuse_above(by, Role(draft.role))
        own = {"tenant": tenant, "origin": "own", "provider": "", "subject": None}
        values = draft.model_dump(exclude={"groups"}) | own
        if not (await connection.execute(_ADD, values)).rowcount:
            raise Conflict(f"The user name {draft.id!r} is taken.", "Names are unique over all tenants.")
        await _refuse_strong(connection, by, tenant, draft.groups)
        await self._join(connection, tenant, draft.id, draft.groups, "own")

    async def change(self, by: Principal, tenant: str, account: str, change: AccountChange) -> AccountInfo:
        """Changes role, groups and the like; a disabled person's sessions and keys end at once."""
        before = await self.get(tenant, account)
        role = change.role or before.role
        refuse_above(by, Role(role))
        refuse_above(by, Role(before.role))
        values = change.model_dump(exclude={"groups"}) | {"tenant": tenant, "id": account}
        async with self._engine.begin() as connection:
            if before.role == Role.ADMIN and (role != Role.ADMIN or change.disabled):
                await self._refuse_last_admin(connection, account)
            await connection.execute(_CHANGE, values)
            if change.groups is not None:
                await _refuse_strong(connection, by, tenant, [g for g in change.groups if g not in before.groups])
                await self._join(connection, tenant, account, change.groups, "own")
            if change.disabled:
                await connection.execute(_END_SESSIONS, {"id": account, "by": by.user})
                await connection.execute(_END_KEYS, {"id": account, "by": by.user})
        return await self.get(tenant, account)

    async def external(self, connection: AsyncConnection, person: External) -> str:
        """The account of a person whom a provider vouches for, made at the first time; its id.

        ``Refused`` when it is disabled, ``Conflict`` when another person has the name already.
        """
        key = {"origin": person.origin, "provider": person.provider, "subject": person.subject}
        found = (await connection.execute(_BY_SUBJECT, key)).mappings().first()
        role = person.role.value if person.role else None
        if found is None:
            values: dict[str, Any] = {**key, "id": person.id, "tenant": person.tenant, "name": person.name}
            values |= {"email": person.email, "role": role or Role.VIEWER.value, "lang": "", "time_zone": ""}
            if not (await connection.execute(_ADD, values)).rowcount:
                raise Conflict(
                    f"The user name {person.id!r} belongs to somebody else here.",
                    "An administrator renames one of the two.",
                )
            account, tenant = person.id, person.tenant
        else:
            account, tenant = found["id"], found["tenant_id"]
            if found["disabled"]:
                raise Refused("This account is disabled.", "An administrator can enable it: `%tobit users`.")
            told = {"name": person.name or None, "email": person.email or None, "role": role}
            rest = {"lang": None, "time_zone": None, "disabled": None, "reason": None}
            await connection.execute(_CHANGE, {**told, **rest, "tenant": tenant, "id": account})
        await self._join(connection, tenant, account, person.groups, person.origin)
        return account

    async def _join(
        self, connection: AsyncConnection, tenant: str, account: str, groups: list[str], origin: str
    ) -> None:
        values = {"tenant": tenant, "id": account, "groups": groups, "origin": origin}
        await connection.execute(_GROUPS, values)
        await connection.execute(_LEAVE, values)
        await connection.execute(_JOIN, values)

    async def _refuse_last_admin(self, connection: AsyncConnection, account: str) -> None:
        if not await connection.scalar(_ADMINS, {"id": account}):
            raise Refused("This is the last administrator.", "Make another one first.")


def refuse_above(by: Principal, role: Role) -> None:
    """Nobody makes or changes people of a role above their own."""
    order = list(Role)
    if order.index(role) < order.index(by.role):
        raise Refused(
            f"You are {by.role.value}: people in the role {role.value!r} are above you.",
            f"Ask a person in that role, or above: `%tobit users {role.value}`.",
        )
    lacking = [] if by.limited_to is None else [each for each in MAY if role in MAY[each] and each not in by.limited_to]
    if lacking:
        raise Refused(
            f"This API key lacks {lacking[0].value!r}, which people in the role {role.value!r} have.",
            "A person does this: `tobit login`.",
        )


def refuse_stronger(by: Principal, person: Principal) -> None:
    """Nobody takes the place of a person who may or sees more than they: rows give beside the role."""
    refuse_above(by, person.role)
    for permission in Permission:
        # an administrator helps also who sees personal data
        answers = permission is Permission.SEE_PII and by.role is Role.ADMIN and by.limited_to is None
        if person.may(permission) and not (by.may(permission) or answers):
            raise Refused(f"{person.user!r} has the permission {permission.value!r}, which you lack.", _ASK)
    if not by.scopes.is_all and by.scopes != person.scopes:
        raise Refused(f"{person.user!r} sees other rows than you.", _ASK)


async def _refuse_strong(connection: AsyncConnection, by: Principal, tenant: str, groups: list[str]) -> None:
    """Nobody puts people into a group that may what their own role may not."""
    for group, permission in (await connection.execute(_GIVEN, {"tenant": tenant, "groups": groups})).all():
        if by.role not in LINES[Permission(permission)].roles:
            raise Refused(
                f"Group {group!r} has the permission {permission!r}, which your role lacks.", "Ask an administrator."
            )
    if groups and not by.scopes.is_all:
        shown = await connection.scalar(_SHOWN, {"tenant": tenant, "groups": groups})
        if shown is not None:
            raise Refused(f"Group {shown!r} sees rows that you may not see.", "Ask a manager or administrator.")
