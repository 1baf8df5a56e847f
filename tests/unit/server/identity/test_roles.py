"""The token of local mode, the role matrix, and the rows beside it."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from tobit_kernel.errors import Refused, Unauthenticated
from tobit_kernel.server.gateway.activity import Activity
from tobit_kernel.server.identity.identity import Identity
from tobit_kernel.server.identity.principal import LOCAL, Permission, Principal, Role
from tobit_kernel.server.identity.refusal import require
from tobit_kernel.server.identity.roles import MATRIX, Reach
from tobit_kernel.server.identity.rules import Rule, SubjectType, decide
from tobit_kernel.server.identity.scopes import ALL_ACCESS, Dimension, Scopes
from tobit_kernel.server.identity.token import LocalToken, issue

#: identity.md's table, written a second time: roles from the right to the left that lack a permission.
LACKING = {
    Permission.ADMINISTER: 5, Permission.USERS: 4, Permission.SOURCES: 4, Permission.QUOTAS: 4, Permission.AUDIT: 4,
    Permission.PUBLISH: 3, Permission.PUBLISH_OWN: 2, Permission.DRAFT: 2, Permission.LOAD: 2, Permission.SHARE: 1,
    Permission.KEYS: 1, Permission.OPERATE: 1, Permission.READ: 0, Permission.SEE_PII: 6,
}  # fmt: skip


def test_each_gate_has_a_token_of_its_own(tmp_path: Path) -> None:
    first, second = issue(tmp_path), issue(tmp_path)
    assert first != second and len(first) > 40
    assert (tmp_path / "token").read_text() == second
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["token"]


async def test_only_the_token_is_known() -> None:
    known = Identity(LocalToken("right"))
    assert await known.identify("right") == LOCAL == await known.identify("right ")
    for token in (None, "", "wrong", "right right", "\xe9"):
        with pytest.raises(Unauthenticated):
            await known.identify(token)
    assert LocalToken("right").known(hashlib.sha256(b"wrong").digest()) is None


@pytest.mark.parametrize("permission", Permission)
def test_the_matrix_is_that_of_the_design(permission: Permission) -> None:
    roles = list(Role)
    having = roles[: len(roles) - LACKING[permission]]
    assert [role for role in roles if Principal("t", "u", role).may(permission)] == having


def test_every_permission_has_one_line_and_only_administrators_reach_all_tenants() -> None:
    assert sorted(line.permission for line in MATRIX) == sorted(Permission)
    reaches = {role: {line.reach(role) for line in MATRIX} - {None} for role in Role}
    assert reaches.pop(Role.ADMIN) == {Reach.ALL}
    assert all(reach == {Reach.OWN} for reach in reaches.values())


def rule(kind: str, is_allowed: bool, resource: str = "*", subject: str = "x") -> Rule:
    return Rule(SubjectType(kind), subject, Permission.READ, resource, is_allowed, "because")


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ([], True),
        ([rule("role", False)], False),
        ([rule("role", False), rule("group", True)], True),
        ([rule("group", True), rule("group", False, subject="y")], False),
        ([rule("group", False), rule("account", True)], True),
        ([rule("account", True), rule("role", False, "source/hr")], False),
        ([rule("role", False, "source/hr"), rule("group", True, "source/hr")], True),
        ([rule("role", False, "source/other")], True),
    ],
)
def test_the_most_particular_row_decides(rules: list[Rule], allowed: bool) -> None:
    assert bool(decide(Role.VIEWER, rules, Permission.READ, "source/hr")) is allowed


def test_a_refusal_says_what_is_missing_why_and_who_can_give_it() -> None:
    with pytest.raises(Refused) as plain:
        require(Principal("plant", "kim", Role.VIEWER), Permission.LOAD)
    assert "'load'" in plain.value.message and "viewer" in plain.value.message
    assert "admin, manager, approver, analyst" in plain.value.hint and "'plant'" in plain.value.hint
    denied = Principal("plant", "kim", Role.ADMIN, rules=(rule("account", False, subject="kim"),))
    with pytest.raises(Refused, match=r"taken from account 'kim': because"):
        require(denied, Permission.READ)


def test_a_key_never_may_more_than_it_was_given() -> None:
    key = Principal("t", "u", Role.ADMIN, limited_to=frozenset({Permission.READ}))
    assert [permission for permission in Permission if key.may(permission)] == [Permission.READ]
    with pytest.raises(Refused, match="API key"):
        require(key, Permission.LOAD)


def test_scopes_without_values_show_nothing() -> None:
    assert Scopes().sees(Dimension.LINE) == frozenset() and ALL_ACCESS.sees(Dimension.LINE) is None
    some = Scopes.of([("line", "L1"), ("factory", "*")])
    assert (some.sees(Dimension.LINE), some.sees(Dimension.FACTORY)) == ({"L1"}, None)
    assert Principal("t", "u", Role.ANALYST).scopes == Scopes()


def test_who_shares_a_cached_result_sees_the_same() -> None:
    one = Principal("t", "u", Role.ANALYST, scopes=Scopes.of([("line", "L1"), ("line", "L2")]))
    same = Principal("t", "u", Role.ANALYST, scopes=Scopes.of([("line", "L2"), ("line", "L1")]))
    pii = Rule(SubjectType.ACCOUNT, "u", Permission.SEE_PII, "*", True, "support")
    others = [Principal("t", "u", Role.ANALYST), Principal("t", "u", Role.ANALYST, scopes=one.scopes, rules=(pii,))]
    assert one.sees == same.sees and not [other for other in others if other.sees == one.sees]


def test_a_running_request_is_activity() -> None:
    activity = Activity()
    with activity, activity:
        assert activity.idle_s == 0
    assert 0 <= activity.idle_s < 60
