"""A refusal that explains itself: what is missing, why, and who can give it."""

from __future__ import annotations

from tobit_kernel.errors import Refused
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.identity.roles import LINES, MAY, Permission, Role
from tobit_kernel.server.identity.rules import ANY


def require(principal: Principal, permission: Permission, resource: str = ANY) -> None:
    """Raises ``Refused`` when the caller lacks ``permission`` on ``resource``."""
    if principal.may(permission, resource):
        return
    where = "" if resource == ANY else f" on {resource}"
    rule = principal.decision(permission, resource).rule
    if rule is not None:
        why = f" It was taken from {rule.subject_type} {rule.subject!r}: {rule.reason}"
    elif principal.limited_to is not None and permission not in principal.limited_to:
        raise Refused(
            f"This API key lacks the permission {permission.value!r}{where}.",
            "Its owner makes one with it: `%tobit keys --add NAME --may …`.",
            permission=permission.value,
        )
    else:
        why = f" Your role is {principal.role.value}."
    roles = [role.value for role in sorted(LINES[permission].roles, key=list(type(principal.role)).index)]
    have = f"Roles that have it: {', '.join(roles)}. " if roles else "It is given person by person. "
    raise Refused(
        f"This needs the permission {permission.value!r}{where}.{why}",
        f"{have}{_givers(permission, principal.tenant)} can give it.",
        permission=permission.value,
    )


def _givers(permission: Permission, tenant: str) -> str:
    """Who answers for people and has it; personal data is shown to others by administrators."""
    roles = {Role.ADMIN} if permission is Permission.SEE_PII else MAY[Permission.USERS] & MAY[permission]
    return f"A manager or administrator of tenant {tenant!r}" if Role.MANAGER in roles else "An administrator"
