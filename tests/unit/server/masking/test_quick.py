"""The quick ways through a column end where the plain one does, which goes value by value."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tobit_kernel.server.masking import columns
from tobit_kernel.server.masking.policy import DEFAULT, PATTERNS, Mode, Policy
from tobit_kernel.server.masking.traits import Traits

EXAMPLES = [pattern.example[0] for pattern in PATTERNS]
LIKELY = [
    "010-1234-5678", "01012345678", "011.123.4567", "010-1234 5678", "+82 10-1234-5678", "4539-1488-0343-6467",
    "4539-1488-0343-6468", "4539148803436467", "4539 1488-0343 6467", "5111111111111118", "4444444444444448",
    "user1@example.com", "ab@x.io", "a@b.co", "kim.lee@mail.plant.co.kr", "a@b..com", "abc@-x.com", "abc@x.c1",
    "abc@x.com-", "x@y@z.com", "홍길동@회사.com", "길동kim@x.com", "abc@x.com이고", "<abc@x.com>", "abc@.com",
    "1700000000000", "2026-11-20 22:05:02.123456", "1.37", "12:34:56", "LINE-07-EQ-0123", "2026", "설비 12번", "",
    "AKIAIOSFODNN7EXAMPLE", "xoxb-123456789012-abcdef", "sk-abcdefghij0123456789", "NO9386011117947",
]  # fmt: skip
PIECES = [*EXAMPLES, *LIKELY, *"0123456789-. @:+/aMx가\n*(", "://u:p@", "123", "4567", "eyJ", "::", "-----BEGIN "]


def plain(values: list[str | None], policy: Policy = DEFAULT) -> list[str | None]:
    """Masked by each pattern in turn, value by value, whatever may be in them."""
    array = pa.array(values, pa.string())
    for pattern in PATTERNS:
        array = columns._matched(array, policy, pattern)
    return list(array.to_pylist())


def mixture(seed: int, size: int) -> list[str | None]:
    """Columns mostly of one kind of value, with others among them."""
    chance = random.Random(seed)
    usual = chance.sample(LIKELY + EXAMPLES, 2)
    some = chance.choice([0.0, 0.02, 0.3, 1.0])

    def value() -> str | None:
        if chance.random() < 0.03:
            return None
        if chance.random() >= some:
            return chance.choice(usual)
        return "".join(chance.choice(PIECES) for _ in range(chance.randrange(5)))

    return [value() for _ in range(size)]


def column(array: pa.Array) -> list[object]:
    found = columns.masked(pa.record_batch({"x": array}), DEFAULT)[0]
    found.validate(full=True)
    return list(found.to_pylist())


@given(st.integers(0, 10**9), st.sampled_from([1, 3, 63, 64, 200]), st.sampled_from([pa.string(), pa.large_string()]))
@settings(max_examples=150, deadline=None)
def test_a_column_is_what_its_values_are(seed: int, size: int, kind: pa.DataType) -> None:
    values = mixture(seed, size)
    array, wanted = pa.array(values, kind), plain(values)
    assert column(array) == wanted
    assert column(array.slice(1)) == wanted[1:]
    assert column(array.slice(size // 3, size // 2)) == wanted[size // 3 : size // 3 + size // 2]


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_so_are_columns_of_other_shapes(seed: int) -> None:
    values = mixture(seed, 160)
    wanted = plain(values)
    assert column(pa.array(values).dictionary_encode()) == wanted
    assert column(pa.array(values, pa.string_view())) == wanted
    lists = pa.ListArray.from_arrays([0, 70, 70, 160], pa.array(values))
    assert column(lists) == [wanted[:70], [], wanted[70:]]
    assert column(lists.slice(1)) == [[], wanted[70:]]
    struct = pa.StructArray.from_arrays([pa.array(values)], ["m"])
    assert column(struct.slice(3)) == [{"m": value} for value in wanted[3:]]


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_pieces_of_a_column_are_masked_as_it_is(seed: int) -> None:
    values = mixture(seed, 300)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_PIECE_BYTES", 512)
        assert column(pa.array(values)) == plain(values)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda each: each.title)
def test_a_value_with_a_find_has_its_trait(pattern: object) -> None:
    chance = random.Random(7)
    for example in [*EXAMPLES, *LIKELY]:
        value = "".join(["가 ", chance.choice(["", "x ", "1 "]), example, chance.choice(["", "이고", " z"])])
        if pattern.replaced(value) != value:  # type: ignore[attr-defined]
            rows = Traits(pa.array(["", None, value, "x"])).rows(pattern.needs)  # type: ignore[attr-defined]
            assert 2 in rows, value


@pytest.mark.parametrize("mode", [Mode.HASH, Mode.DROP])
def test_other_modes_find_the_same(mode: Mode) -> None:
    policy = Policy({"email": mode, "phone": mode, "card": mode}, b"k" * 32)
    for seed in range(40):
        values = mixture(seed, 100)
        found = columns.masked(pa.record_batch({"x": values}), policy)[0].to_pylist()
        assert found == plain(values, policy)


def test_more_texts_than_the_room_holds_are_searched_too() -> None:
    values = ["가" * 5_000_000, "x" * 3_000_000 + " alice@email.com"]
    assert column(pa.array(values)) == [values[0], "x" * 3_000_000 + " a**@email.com"]
