"""The caller of a request, as the gate knows them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from tobit_kernel.server.identity.roles import LINES, MAY, Permission, Reach, Role
from tobit_kernel.server.identity.rules import ANY, Decision, Rule, SubjectType, decide
from tobit_kernel.server.identity.scopes import ALL_ACCESS, Scopes

__all__ = ["LOCAL", "MAY", "Permission", "Principal", "Role", "Via"]


class Via(StrEnum):
    """How the caller showed who they are."""

    #: the token of local mode
    LOCAL = "local"
    #: a session
    SESSION = "session"
    #: an API key
    KEY = "key"
    #: a share link, in the name of its owner
    SHARE = "share"
    #: the gate's own work
    SYSTEM = "system"


@dataclass(frozen=True)
class Principal:
    """A person or program of a tenant, acting in a role."""

    tenant: str
    user: str
    role: Role
    groups: frozenset[str] = frozenset()
    #: Rows of permission for this role, these groups, this account.
    rules: tuple[Rule, ...] = ()
    #: Which rows; the default sees none.
    scopes: Scopes = Scopes()
    via: Via = Via.LOCAL
    #: Id of the session or key.
    credential: str = ""
    #: What the key may at most; None: no such limit.
    limited_to: frozenset[Permission] | None = None
    #: A password that must be changed before anything else.
    must_change_password: bool = False
    lang: str = ""
    time_zone: str = ""
    _decided: dict[tuple[Permission, str], Decision] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def may(self, permission: Permission, resource: str = ANY) -> bool:
        """Whether the caller has ``permission`` (on ``resource``, such as ``source/plant``)."""
        return bool(self.decision(permission, resource))

    def decision(self, permission: Permission, resource: str = ANY) -> Decision:
        """The same with its reason."""
        if self.limited_to is not None and permission not in self.limited_to:
            return Decision(False)
        known = self._decided.get((permission, resource))
        if known is None:
            known = decide(self.role, self.rules, permission, resource)
            if len(self._decided) < 1000:
                self._decided[permission, resource] = known
        return known

    def reach(self, permission: Permission) -> Reach:
        """How far the caller's ``permission`` goes: a rule gives it for the own tenant."""
        return LINES[permission].reach(self.role) or Reach.OWN

    @cached_property
    def bound_scopes(self) -> str:
        """The scopes as JSON, for the database."""
        return self.scopes.as_json()

    @cached_property
    def sees(self) -> str:
        """What decides which rows they see; equal for two callers who may share a cached result."""
        return json.dumps([self.tenant, self.user, self.role, self.bound_scopes, self.may(Permission.SEE_PII)])


#: The one user of local mode: the machine, and so all data, is theirs.
LOCAL = Principal(
    "default",
    "local",
    Role.ADMIN,
    scopes=ALL_ACCESS,
    rules=(Rule(SubjectType.ACCOUNT, "local", Permission.SEE_PII, ANY, True, "The machine is theirs."),),
)
