"""Names of personal schemas."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tobit_kernel.errors import InputError
from tobit_kernel.server.store.tenancy import personal_schema

USERS = ["local", "kim@example.com", "Kim", "kim", "김철수", 'a"; drop schema ops; --', "k" * 80, "k" * 79, "my_", "."]


@pytest.mark.parametrize("user", USERS)
def test_a_schema_name_is_safe_and_fits(user: str) -> None:
    name = personal_schema(user)
    assert re.fullmatch(r"my_[a-z0-9_]{1,60}", name)


def test_a_plain_name_stays_readable() -> None:
    assert personal_schema("local") == "my_local"
    assert personal_schema("kim@example.com").startswith("my_kim_example_com_")


def test_users_do_not_share_a_schema() -> None:
    assert len({personal_schema(user) for user in USERS}) == len(USERS)


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_users_have_two_schemas(one: str, other: str) -> None:
    assert (personal_schema(one) == personal_schema(other)) == (one == other)


@given(st.text(min_size=1))
def test_nobody_can_be_called_like_anothers_schema(user: str) -> None:
    name = personal_schema(user).removeprefix("my_")
    assert name == user or personal_schema(name) != personal_schema(user)


def test_nobody_has_no_schema() -> None:
    with pytest.raises(InputError):
        personal_schema("")
