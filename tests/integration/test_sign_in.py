"""Signing in at a gate of many people: what comes in, what stays out."""

from __future__ import annotations

import pytest

from tests.integration.conftest import PASSWORD, PEOPLE, Team
from tobit_kernel.errors import Refused, TobitError, Unauthenticated


def test_everybody_is_who_they_are(team: Team) -> None:
    for name, (tenant, role) in PEOPLE.items():
        me = team.client(name).get("/me")
        assert (me["user"], me["tenant"], me["role"], me["via"]) == (name, tenant, role, "session")
