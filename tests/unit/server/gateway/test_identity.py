"""The token of local mode, and what a role may."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tobit_kernel.errors import Unauthenticated
from tobit_kernel.server.gateway.activity import Activity
from tobit_kernel.server.identity.principal import LOCAL, Permission, Principal, Role
from tobit_kernel.server.identity.token import LocalToken, issue


def test_each_gate_has_a_token_of_its_own(tmp_path: Path) -> None:
    first, second = issue(tmp_path), issue(tmp_path)
    assert first != second and len(first) > 40
    assert (tmp_path / "token").read_text() == second
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["token"]


def test_only_the_token_is_known() -> None:
    known = LocalToken("right")
    assert known.identify("Bearer right") == LOCAL == known.identify("bearer right ")
    for header in (None, "", "right", "Basic right", "Bearer", "Bearer wrong", "Bearer right right", "Bearer \xe9"):
        with pytest.raises(Unauthenticated):
            known.identify(header)


def test_roles_may_less_and_less() -> None:
    may = {
        role: {permission for permission in Permission if Principal("t", "u", role).may(permission)} for role in Role
    }
    assert may[Role.ADMIN] == set(Permission)
    assert may[Role.VIEWER] == may[Role.OPERATOR] == {Permission.READ}
    order = [Role.ADMIN, Role.MANAGER, Role.APPROVER, Role.ANALYST, Role.OPERATOR, Role.VIEWER]
    assert all(may[below] <= may[above] for above, below in zip(order, order[1:], strict=False))


def test_a_running_request_is_activity() -> None:
    activity = Activity()
    with activity, activity:
        assert activity.idle_s == 0
    assert 0 <= activity.idle_s < 60
