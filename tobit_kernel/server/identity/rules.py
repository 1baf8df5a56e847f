"""Rows that a tenant adds to the matrix, and what decides between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tobit_kernel.server.identity.roles import LINES, Permission, Role

#: Every resource.
ANY = "*"


class SubjectType(StrEnum):
    """For whom a row is, the most general first."""

    #: everybody of a role
    ROLE = "role"
    #: everybody of a group
    GROUP = "group"
    #: one person
    ACCOUNT = "account"


_RANK = {kind: rank for rank, kind in enumerate(SubjectType)}


@dataclass(frozen=True)
class Rule:
    """A permission given or taken, with its reason. ``resource`` is ``*`` or such as ``source/plant``."""

    subject_type: SubjectType
    subject: str
    permission: Permission
    resource: str
    is_allowed: bool
    reason: str


@dataclass(frozen=True)
class Decision:
    """Whether, and the rule that decided; without one it was the matrix."""

    is_allowed: bool
    rule: Rule | None = None

    def __bool__(self) -> bool:
        return self.is_allowed


def decide(role: Role, rules: Iterable[Rule], permission: Permission, resource: str = ANY) -> Decision:
    """The most particular rule wins: a named resource before all, then person, group, role; then no before yes.

    ``rules`` are those of the caller's own role, groups and account.
    """
    fitting = [rule for rule in rules if rule.permission == permission and rule.resource in (ANY, resource)]
    if not fitting:
        return Decision(role in LINES[permission].roles)
    best = max(fitting, key=lambda rule: (rule.resource != ANY, _RANK[rule.subject_type], not rule.is_allowed))
    return Decision(best.is_allowed, best)
