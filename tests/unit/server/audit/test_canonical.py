"""What the chain covers is the same however the database writes it down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tobit_kernel.server.audit.anchor import Anchor
from tobit_kernel.server.audit.canonical import ERASABLE, digest_of, plain_json, row_bytes
from tobit_kernel.server.audit.chain import Keys
from tobit_kernel.server.audit.keys import keys_of
from tobit_kernel.server.audit.months import following, month_of

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(VALUES)
def test_json_that_was_read_back_is_written_the_same(value: object) -> None:
    once = plain_json(value)
    assert once is None or plain_json(json.loads(once)) == once


def test_numbers_that_are_equal_are_written_the_same() -> None:
    assert plain_json([1.0, 1e3, -0.0]) == plain_json([1, 1000, 0]) == "[1,1000,0]"
    assert plain_json(float("nan")) == '"nan"'


def test_a_digest_tells_fields_and_nothing_from_empty() -> None:
    blank = dict.fromkeys(ERASABLE)
    kinds = [
        blank,
        blank | {"error": ""},
        blank | {"reason": ""},
        blank | {"tables": []},
        blank | {"tables": ["a", "b"]},
    ]
    assert len({digest_of(b"s", values) for values in kinds}) == len(kinds)
    assert digest_of(b"s", blank) != digest_of(b"t", blank)


def test_rows_of_different_columns_have_different_bytes() -> None:
    assert row_bytes(("a,b", "c")) != row_bytes(("a", "b,c")) and row_bytes((1, None)) != row_bytes((1, "null"))


def test_keys_stay_at_home_when_secrets_rotate(tmp_path: Path) -> None:
    first = keys_of(tmp_path, [b"1" * 32])
    second = keys_of(tmp_path, [b"2" * 32])
    assert first.newest in second and second.newest not in first and second.newest != first.newest
    assert keys_of(tmp_path, [b"2" * 32]).newest == second.newest
    assert len((tmp_path / "audit.keys").read_text().split()) == 2
    assert (tmp_path / "audit.keys").stat().st_mode & 0o777 == 0o600


def test_a_proof_is_of_one_row_and_one_key() -> None:
    keys, row = Keys([b"1" * 32]), (1, "digest", "erased-1", None)
    assert keys.proves(keys.proof(row), row)
    assert not keys.proves(keys.proof(row), (2, *row[1:])) and not keys.proves(b"", row)
    assert not Keys([b"2" * 32]).proves(keys.proof(row), row)


def test_an_anchor_that_is_not_there_has_no_heads(tmp_path: Path) -> None:
    assert Anchor(tmp_path).last == 0 and list(Anchor(tmp_path).heads()) == []


@pytest.mark.parametrize(
    ("month", "after"), [("2026-12-31T23:59:59Z", "2027-01-01"), ("2026-11-01T08:00:00+09:00", "2026-11-01")]
)
def test_a_month_begins_in_utc(month: str, after: str) -> None:
    from datetime import datetime

    assert str(following(month_of(datetime.fromisoformat(month)))) == after
