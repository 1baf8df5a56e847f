"""Permissions and scopes as rows with reasons: who was given or refused what, by whom."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import InputError, NotFound, Refused
from tobit_kernel.server.identity.accounts import refuse_above
from tobit_kernel.server.identity.principal import Permission, Principal, Role
from tobit_kernel.server.identity.roles import LINES, MATRIX
from tobit_kernel.server.identity.scopes import EVERY, Dimension
from tobit_kernel.wire.people import (
    Access,
    MatrixLine,
    OnlyDraft,
    PermissionDraft,
    PermissionInfo,
    ScopeDraft,
    ScopeInfo,
)

_PERMISSIONS = text(
    "select id, subject_type, subject, permission, resource, is_allowed, reason, given_by, given_at, ends_at"
    " from gate.permission where tenant_id = :tenant order by subject_type, subject, permission, resource"
)
_GIVE = text(
    "insert into gate.permission (tenant_id, subject_type, subject, permission, resource, is_allowed, reason, given_by,"
    " ends_at) values (:tenant, :subject_type, :subject, :permission, :resource, :is_allowed, :reason, :by, :ends_at)"
    " on conflict (tenant_id, subject_type, subject, permission, resource) do update"
    " set is_allowed = excluded.is_allowed, reason = excluded.reason,"
    " given_by = excluded.given_by, given_at = now(), ends_at = excluded.ends_at"
    " returning id, subject_type, subject, permission, resource, is_allowed, reason, given_by, given_at, ends_at"
)
_TAKE = text(
    "delete from gate.permission where tenant_id = :tenant and id = :id"
    " returning id, subject_type, subject, permission, resource, is_allowed, reason, given_by, given_at, ends_at"
)
_SCOPES = text(
    "select subject_type, subject, dimension, value, reason, given_by, given_at"
    " from gate.scope where tenant_id = :tenant order by subject_type, subject, dimension, value"
)
_SHOW = text(
    "insert into gate.scope (tenant_id, subject_type, subject, dimension, value, reason, given_by)"
    " select :tenant, :subject_type, :subject, :dimension, unnest(cast(:values as text[])), :reason, :by"
    " on conflict (tenant_id, subject_type, subject, dimension, value) do update set reason = excluded.reason,"
    " given_by = excluded.given_by, given_at = now()"
)
_HIDE = text(
    "delete from gate.scope where tenant_id = :tenant and subject_type = :subject_type and subject = :subject"
    " and dimension = :dimension and (value = any(cast(:values as text[])) or '*' = any(cast(:values as text[])))"
)
_HIDE_ALL = text(
    "delete from gate.scope where tenant_id = :tenant and subject_type = :subject_type and subject = :subject"
)
_ROLES_OF = {
    "account": text("select role from gate.account where tenant_id = :tenant and id = :subject"),
    "group": text(
        "select distinct a.role from gate.account a join gate.membership m on m.account = a.id"
        " where m.tenant_id = :tenant and m.group_name = :subject"
    ),
}
_SUBJECT = {
    "account": text("select 1 from gate.account where tenant_id = :tenant and id = :subject"),
    "group": text("select 1 from gate.account_group where tenant_id = :tenant and name = :subject"),
}


class Grants:
    """The rows of all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def access(self, tenant: str) -> Access:
        """The role matrix and the tenant's own rows."""
        async with self._engine.connect() as connection:
            permissions = (await connection.execute(_PERMISSIONS, {"tenant": tenant})).mappings().all()
            scopes = (await connection.execute(_SCOPES, {"tenant": tenant})).mappings().all()
        return Access(
            matrix=matrix(),
            permissions=[PermissionInfo.model_validate(dict(row)) for row in permissions],
            scopes=[ScopeInfo.model_validate(dict(row)) for row in scopes],
        )

    async def give(self, by: Principal, tenant: str, draft: PermissionDraft) -> PermissionInfo:
        """Writes one row; in place of an earlier one for the same subject, permission and resource.

        Nobody gives what is beyond their own role: ``Refused``.
        """
        if draft.is_allowed:
            _refuse_beyond(by, Permission(draft.permission), draft)
        async with self._engine.begin() as connection:
            await _known(connection, tenant, draft.subject_type, draft.subject)
            if not draft.is_allowed:
                await _refuse_subject_above(connection, by, tenant, draft.subject_type, draft.subject)
            values = draft.model_dump() | {"tenant": tenant, "by": by.user}
            return PermissionInfo.model_validate(dict((await connection.execute(_GIVE, values)).mappings().one()))

    async def take(self, by: Principal, tenant: str, number: int) -> PermissionInfo:
        """Removes one row, and tells which it was; ``NotFound``. What was taken from oneself stays taken."""
        async with self._engine.begin() as connection:
            row = (await connection.execute(_TAKE, {"tenant": tenant, "id": number})).mappings().first()
            if row is None:
                raise NotFound(
                    f"There is no permission with the number {number}.", "`%tobit users --access` lists them."
                )
            await _refuse_subject_above(connection, by, tenant, row["subject_type"], row["subject"])
            own = {"account": {by.user}, "role": {by.role.value}, "group": by.groups}[row["subject_type"]]
            if not row["is_allowed"] and tenant == by.tenant and by.role is not Role.ADMIN and row["subject"] in own:
                raise Refused("This was taken from you.", "Somebody else gives it back.")
        return PermissionInfo.model_validate(dict(row))

    async def show(self, by: Principal, tenant: str, draft: ScopeDraft) -> int:
        """Lets a subject see further values of a dimension; how many."""
        if Dimension(draft.dimension) is Dimension.ALL and draft.values != [EVERY]:
            raise InputError("The dimension 'all' has the one value *.", "Name a dimension to limit.", field="values")
        _refuse_unseen(by)
        async with self._engine.begin() as connection:
            await _known(connection, tenant, draft.subject_type, draft.subject)
            values = draft.model_dump() | {"tenant": tenant, "by": by.user}
            return (await connection.execute(_SHOW, values)).rowcount

    async def only(self, by: Principal, tenant: str, draft: OnlyDraft) -> int:
        """Shows a subject these values and all of the other dimensions, in place of what it saw; how many."""
        if Dimension.ALL in draft.values:
            raise InputError("'all' leaves nothing to limit.", "Show all=*, or name a dimension.", field="values")
        _refuse_unseen(by)
        subject = {"tenant": tenant, "subject_type": draft.subject_type, "subject": draft.subject}
        count = 0
        async with self._engine.begin() as connection:
            await _known(connection, tenant, draft.subject_type, draft.subject)
            await _refuse_subject_above(connection, by, tenant, draft.subject_type, draft.subject)
            await connection.execute(_HIDE_ALL, subject)
            for dimension in (each.value for each in Dimension if each is not Dimension.ALL):
                values = draft.values.get(dimension, [EVERY])  # type: ignore[call-overload]
                told = {"dimension": dimension, "values": values, "reason": draft.reason, "by": by.user}
                count += (await connection.execute(_SHOW, subject | told)).rowcount
        return count

    async def hide(self, by: Principal, tenant: str, draft: ScopeDraft) -> int:
        """Takes values of a dimension away (``*``: all of it); how many."""
        async with self._engine.begin() as connection:
            await _refuse_subject_above(connection, by, tenant, draft.subject_type, draft.subject)
            return (await connection.execute(_HIDE, draft.model_dump() | {"tenant": tenant})).rowcount


def _refuse_beyond(by: Principal, permission: Permission, draft: PermissionDraft) -> None:
    if permission is Permission.SEE_PII:
        if draft.subject_type != "account" or draft.subject == by.user:
            raise Refused("'see_pii' is given person by person, by somebody else.", "Name one account, not your own.")
        if by.limited_to is not None and permission not in by.limited_to:
            raise Refused("This API key can't give 'see_pii'.", "A person gives it: `tobit login`.")
        if by.role is not Role.ADMIN:
            # who makes accounts could otherwise give it to one of their own making
            raise Refused("'see_pii' is given by administrators.", "Ask one: `%tobit users admin`.")
    elif by.role not in LINES[permission].roles:
        raise Refused(f"You can't give {draft.permission!r}: your role does not have it.", "Ask an administrator.")
    elif not by.may(permission, draft.resource):
        raise Refused(f"You can't give {draft.permission!r}: you do not have it.", "`%tobit whoami` shows it.")


def matrix() -> list[MatrixLine]:
    """The role matrix, for documents and widgets."""
    return [
        MatrixLine(
            permission=line.permission.value,
            reason=line.reason,
            roles={role.value: None if (reach := line.reach(role)) is None else reach.value for role in Role},
        )
        for line in MATRIX
    ]


def _refuse_unseen(by: Principal) -> None:
    if not by.scopes.is_all:
        raise Refused("You do not see all rows yourself.", "Ask somebody who does: a manager or administrator.")


async def _refuse_subject_above(
    connection: AsyncConnection, by: Principal, tenant: str, kind: str, subject: str
) -> None:
    """Nobody takes anything from people above them: whom it leaves without ``users`` could not undo it."""
    found = [subject] if kind == "role" else (
        await connection.scalars(_ROLES_OF[kind], {"tenant": tenant, "subject": subject})
    )  # fmt: skip
    for role in found:
        if role in set(Role):
            refuse_above(by, Role(role))


async def _known(connection: AsyncConnection, tenant: str, kind: str, subject: str) -> None:
    if kind == "role":
        if subject not in set(Role):
            raise NotFound(f"There is no role {subject!r}.", f"Roles: {', '.join(Role)}.")
    elif await connection.scalar(_SUBJECT[kind], {"tenant": tenant, "subject": subject}) is None:
        noun = "user" if kind == "account" else "group"
        raise NotFound(f"There is no {noun} {subject!r}.", "`%tobit users` lists people and their groups.")
