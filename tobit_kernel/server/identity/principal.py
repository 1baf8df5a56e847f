"""The caller of a request, as the gate knows them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum, StrEnum


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


class Permission(Enum):
    """What a route needs; the roles that hold it stand in ``MAY``."""

    #: Ask, read the catalog, see own history.
    READ = "read"
    #: Load, save and drop tables.
    LOAD = "load"
    #: Read the audit and other people's traces.
    AUDIT = "audit"
    #: Register and remove sources.
    SOURCES = "sources"
    #: Change settings, demo data, stop the gate.
    ADMINISTER = "administer"


_ALL = frozenset(Role)
MAY: dict[Permission, frozenset[Role]] = {
    Permission.READ: _ALL,
    Permission.LOAD: _ALL - {Role.OPERATOR, Role.VIEWER},
    Permission.AUDIT: frozenset({Role.ADMIN, Role.MANAGER}),
    Permission.SOURCES: frozenset({Role.ADMIN, Role.MANAGER}),
    Permission.ADMINISTER: frozenset({Role.ADMIN}),
}


@dataclass(frozen=True)
class Principal:
    """A person or program of a tenant, acting in a role."""

    tenant: str
    user: str
    role: Role

    def may(self, permission: Permission) -> bool:
        """Whether the role holds ``permission``."""
        return self.role in MAY[permission]

    @property
    def sees(self) -> str:
        """What decides which rows they see; equal for two callers who may share a cached result."""
        return json.dumps([self.tenant, self.user, self.role])


#: The one user of local mode.
LOCAL = Principal("default", "local", Role.ADMIN)
