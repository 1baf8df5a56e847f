"""The six roles, what can be permitted, and the matrix between them.

The matrix is the first half of permission; the second are rows that a tenant adds (``rules``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The six roles; the union of the roles of both old platforms."""

    #: Everything, all tenants.
    ADMIN = "admin"
    #: Users, sources, quotas and audit of the own tenant.
    MANAGER = "manager"
    #: Approves, publishes and rolls back.
    APPROVER = "approver"
    #: Asks, drafts, loads, schedules.
    ANALYST = "analyst"
    #: Runs what is published, acknowledges.
    OPERATOR = "operator"
    #: Reads.
    VIEWER = "viewer"


class Permission(StrEnum):
    """What a route needs."""

    #: Tenants, trust levels, modules, settings, demo data, the end of the gate.
    ADMINISTER = "administer"
    #: People, their roles, groups, permissions and scopes.
    USERS = "users"
    #: Sources and their credentials.
    SOURCES = "sources"
    #: How much people may use.
    QUOTAS = "quotas"
    #: Logs, audit, other people's traces and token use.
    AUDIT = "audit"
    #: Approve; publish and roll back any asset; deploy.
    PUBLISH = "publish"
    #: Publish and roll back own assets of open kinds.
    PUBLISH_OWN = "publish_own"
    #: Draft, test, simulate, schedule own reports.
    DRAFT = "draft"
    #: Load, save and drop tables.
    LOAD = "load"
    #: Share own results.
    SHARE = "share"
    #: Have API keys.
    KEYS = "keys"
    #: Run workflows, acknowledge events.
    OPERATE = "operate"
    #: Ask, run published assets, see dashboards, read the catalog and the own history.
    READ = "read"
    #: See personal data unmasked.
    SEE_PII = "see_pii"


class Reach(StrEnum):
    """How far a permission goes."""

    #: every tenant
    ALL = "all tenants"
    #: the own tenant
    OWN = "own tenant"


@dataclass(frozen=True)
class Line:
    """A line of the matrix: a permission, who has it, and why it is so."""

    permission: Permission
    roles: frozenset[Role]
    reason: str

    def reach(self, role: Role) -> Reach | None:
        """How far the role's permission goes; None without it."""
        if role not in self.roles:
            return None
        return Reach.ALL if role is Role.ADMIN else Reach.OWN


def _down_to(lowest: Role) -> frozenset[Role]:
    """The roles from admin down to ``lowest``."""
    order = list(Role)
    return frozenset(order[: order.index(lowest) + 1])


#: The whole matrix, in the order of the documents.
MATRIX: tuple[Line, ...] = (
    Line(Permission.ADMINISTER, _down_to(Role.ADMIN), "It changes the gate for all tenants."),
    Line(Permission.USERS, _down_to(Role.MANAGER), "A manager answers for the people of a tenant."),
    Line(Permission.SOURCES, _down_to(Role.MANAGER), "Credentials of other systems are kept there."),
    Line(Permission.QUOTAS, _down_to(Role.MANAGER), "A manager answers for what a tenant uses."),
    Line(Permission.AUDIT, _down_to(Role.MANAGER), "It shows what other people did."),
    Line(Permission.PUBLISH, _down_to(Role.APPROVER), "Others rely on what is published."),
    Line(Permission.PUBLISH_OWN, _down_to(Role.ANALYST), "Where the policy of a kind leaves it open."),
    Line(Permission.DRAFT, _down_to(Role.ANALYST), "Drafts bind nobody."),
    Line(Permission.LOAD, _down_to(Role.ANALYST), "It writes tables."),
    Line(Permission.SHARE, _down_to(Role.OPERATOR), "A link shows its owner's results to others."),
    Line(Permission.KEYS, _down_to(Role.OPERATOR), "A key works without its owner being there."),
    Line(Permission.OPERATE, _down_to(Role.OPERATOR), "It acts on running systems."),
    Line(Permission.READ, _down_to(Role.VIEWER), "Everybody who is known may read what they may see."),
    Line(Permission.SEE_PII, frozenset(), "It is granted person by person; no role implies it."),
)

#: Permission → its line.
LINES: dict[Permission, Line] = {line.permission: line for line in MATRIX}
MAY: dict[Permission, frozenset[Role]] = {line.permission: line.roles for line in MATRIX}
