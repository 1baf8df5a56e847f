"""What patterns find, and what they leave alone."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tobit_kernel.server.masking import columns, texts
from tobit_kernel.server.masking.checks import card, iban, luhn
from tobit_kernel.server.masking.policy import DEFAULT, NAMES, PATTERNS, Mode, Policy

#: Before, and after.
FOUND = """
801201-1234567 | 801201-*******
주민번호 801201-1234567입니다 | 주민번호 801201-*******입니다
주민801201-2234567 | 주민801201-*******
801201 5234567 | 801201 *******
991231-8234567, 000101-3234567 | 991231-*******, 000101-*******
8012011234561 | 801201*******
010-1234-5678 | 010-****-5678
010 1234 5678 | 010 **** 5678
010.1234.5678 | 010.****.5678
01012345678 | 010****5678
011-123-4567 | 011-****-4567
전화01012345678번 | 전화010****5678번
연락처010-1234-5678로 | 연락처010-****-5678로
담당자:010-1234-5678 | 담당자:010-****-5678
(010-1234-5678) | (010-****-5678)
tel:010-1234-5678 | tel:010-****-5678
Tel.010-1234-5678 | Tel.010-****-5678
"010-1234-5678" | "010-****-5678"
010-1234-5678,010-2345-6789 | 010-****-5678,010-****-6789
010-1234-5678 010-2345-6789 | 010-****-5678 010-****-6789
010-1234-5678/010-2345-6789 | 010-****-5678/010-****-6789
+82 10-1234-5678 | +82 10-****-5678
+82-10-1234-5678 | +82-10-****-5678
+821012345678 | +8210****5678
82-10-1234-5678 | 82-10-****-5678
02-123-4567 | 02-****-4567
031-1234-5678 | 031-****-5678
070-1234-5678 | 070-****-5678
phone=01012345678&x=1 | phone=010****5678&x=1
11-23-123456-78 | 11-**-******-78
면허 28-01-654321-10 | 면허 28-**-******-10
M12345678 | M****5678
여권M12345678 | 여권M****5678
M123A4567 | M****4567
110-123-456789 | 110-***-******
계좌 1002-123-456789 | 계좌 1002-***-******
123456-12-123456 | 123456-***-******
3333-01-1234567 | 3333-***-******
alice@email.com | a**@email.com
Alice.B+tag@mail.example.co.kr | A**@mail.example.co.kr
메일은 kim@corp.com입니다 | 메일은 k**@corp.com입니다
<bob@x.io>,"carol@y.io" | <b**@x.io>,"c**@y.io"
mailto:dave@z.org?x=1 | mailto:d**@z.org?x=1
홍길동@회사.com | 홍길동@회사.com
a@b.co | a**@b.co
4539-1488-0343-6467 | 4539-****-****-6467
4539 1488 0343 6467 | 4539 **** **** 6467
4539148803436467 | 4539********6467
카드4539148803436467 | 카드4539********6467
3782-822463-10005 | 3782-****-****-0005
192.168.10.24 | 192.168.***.***
host 10.0.0.1, 10.0.0.2 | host 10.0.***.***, 10.0.***.***
10.0.0.1,10.0.0.2,10.0.0.3 | 10.0.***.***,10.0.***.***,10.0.***.***
http://10.20.30.40:8080/x | http://10.20.***.***:8080/x
172.16.0.0/12 | 172.16.***.***/12
from 203.0.113.7. | from 203.0.***.***.
2001:db8:85a3::8a2e:370:7334 | 2001:db8:****
fe80::1ff:fe23:4567:890a | fe80::****
2001:0db8:0000:0000:0000:ff00:0042:8329 | 2001:0db8:****
DE89370400440532013000 | DE89****
GB82 WEST 1234 5698 7654 32 | GB82****
AKIAIOSFODNN7EXAMPLE | ****
key=AKIAIOSFODNN7EXAMPLE; | key=****;
ghp_16C7e42F292c6912E7710c838347Ae178B4a | ****
sk-proj-abcdefghij0123456789ABCD | ****
xoxb-123456789012-abcdef | ****
AIzaSyA1234567890abcdefghijklmnopqrstuv | ****
eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln | eyJ****
Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln | Bearer eyJ****
redis://user:pa55word@host/0 | redis://user:****@host/0
postgresql://u:p%40ss@db.plant.local:5432/x | postgresql://u:****@db.plant.local:5432/x
+1 415-555-2671 | +1 *** *** **71
+44 20 7946 0958 | +44 *** *** **58
"""

#: Left as they are.
LEFT = """
2026-11-20
2026-11-20 22:05:02
2026-11-20T22:05:02.123456Z
2026-11-20 22:05:02+09:00
20261120220502
1731234567890
1700000000000
1731234567
1731234567890123456
12:34:56
12:34:56.789
00:1a:2b:3c:4d:5e
550e8400-e29b-41d4-a716-446655440000
01012345-6789-4abc-8def-010123456789
d41d8cd98f00b204e9800998ecf8427e
9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
1.2.3.4
8.8.8.8
v1.20.3.4
2.10.3
120.0.6099.109
10.0.19041.1
1.3.6.1.4.1.2021.10
999.1.2.3
0.01012345678
3.14159265358979
1,234,567.89
-12345.678
1e-10
1234567890123456
1234-5678-9012-3456
1111-1111-1111-1111
0000000000000000
LOT-01012345678
A01012345678
PO-2026-0001234
ORDER20261120001234
EQ-0101-2345
WO-801201-1234567
801341-1234567
801232-1234567
801201-9234567
000000-0000000
10-34-567890-12
SM12345678
M1234567
M123456789
MODEL-M12345678
user@host
@mention
cpu@node
a@1.2
git@
::1
std::vector
public::text
x::int
a[1::2]
select count(*)::int
AKIA
sk-learn
task-sk-1
risk-management-system-overview
eyJ
://
C:\\data\\x
/data/2026/11/20/file.csv
LINE-07-EQ-0123
95.5%
-40.25
+09:00
+10.5
2+2=4
1/2/2026
(4.5)
ISO 9001:2015
RFC 2822
1588-1234
100-200-300
2024-01-15-001
DE00370400440532013000
AB12CDEF3456GHIJ
"""


def pairs() -> list[tuple[str, str]]:
    """Before and after, one a line."""
    lines = [line.split(" | ") for line in FOUND.strip().split("\n")]
    return [(before, after) for before, after in lines]


def column(value: str, policy: Policy = DEFAULT) -> str:
    """``value`` masked in a column among others."""
    batch = pa.record_batch({"x": ["plain", value, None, "정상"]})
    return str(columns.masked(batch, policy)[0][1].as_py())


@pytest.mark.parametrize(("before", "after"), pairs())
def test_personal_data_is_masked_in_texts_and_columns_alike(before: str, after: str) -> None:
    assert texts.masked(before) == after
    assert column(before) == after


@pytest.mark.parametrize("value", LEFT.strip().split("\n"))
def test_what_is_no_personal_data_stays(value: str) -> None:
    assert texts.masked(value) == value
    assert column(value) == value


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda each: each.title)
def test_the_example_of_a_pattern_holds(pattern: object) -> None:
    before, after = pattern.example  # type: ignore[attr-defined]
    assert texts.masked(before) == after == column(before)


@given(st.text(alphabet="0123456789-. @:+/aMx가\n", max_size=60))
@settings(max_examples=500, deadline=None)
def test_texts_and_columns_agree_and_masking_again_changes_nothing(value: str) -> None:
    once = texts.masked(value)
    assert column(value) == once
    assert texts.masked(once) == once


@given(st.from_regex(r"01[016789]-[0-9]{3,4}-[0-9]{4}", fullmatch=True), st.sampled_from(["", " ", "가", "(", "\n"]))
@settings(max_examples=100, deadline=None)
def test_every_mobile_number_is_masked_between_anything(number: str, around: str) -> None:
    middle = number.split("-")[1]
    assert f"-{middle}-" not in texts.masked(f"{around}{number}{around}")


@given(st.integers(0, 10**15 - 1))
@settings(max_examples=200, deadline=None)
def test_of_sixteen_digits_one_check_digit_makes_a_card(number: int) -> None:
    body = f"4{number:015d}"[:15]
    assert sum(luhn(f"{body}{digit}") for digit in range(10)) == 1


def test_checks_need_their_digits() -> None:
    assert card("4539148803436467") and not card("4539148803436468")
    assert iban("DE89370400440532013000") and not iban("DE88370400440532013000")


@given(st.one_of(st.floats(allow_nan=False), st.integers(-(10**9), 10**9), st.datetimes(), st.uuids()))
@settings(max_examples=300, deadline=None)
def test_values_of_measurements_written_as_text_stay(value: object) -> None:
    assert texts.masked(str(value)) == str(value)


def test_modes_hash_drop_and_leave() -> None:
    mail = "alice@email.com"
    hashing = Policy({"email": Mode.HASH}, b"k" * 32)
    assert column(mail, hashing) == hashing.hashed(mail) == texts.masked(mail, hashing)
    assert hashing.hashed(mail) != Policy({}, b"o" * 32).hashed(mail)
    dropping = Policy({"email": Mode.DROP})
    assert columns.masked(pa.record_batch({"x": [f"to {mail}", "y"]}), dropping)[0].to_pylist() == [None, "y"]
    assert texts.masked(f"to {mail}", dropping) == "to [email]"
    leaving = Policy(dict.fromkeys(NAMES, Mode.NONE))
    assert column(mail, leaving) == mail == texts.masked(mail, leaving)


SHAPES = [
    (pa.string(), ["a@b.co", None], ["a**@b.co", None]),
    (pa.large_string(), ["a@b.co", None], ["a**@b.co", None]),
    (pa.string_view(), ["a@b.co", None], ["a**@b.co", None]),
    (pa.dictionary(pa.int8(), pa.string()), ["a@b.co", None, "a@b.co"], ["a**@b.co", None, "a**@b.co"]),
    (pa.list_(pa.string()), [["a@b.co", None], None, []], [["a**@b.co", None], None, []]),
    (pa.large_list(pa.string()), [["a@b.co"], None], [["a**@b.co"], None]),
    (pa.list_(pa.string(), 2), [["a@b.co", "x"], None], [["a**@b.co", "x"], None]),
    (pa.struct({"m": pa.string(), "n": pa.int32()}), [{"m": "a@b.co", "n": 1}], [{"m": "a**@b.co", "n": 1}]),
    (pa.list_(pa.struct({"m": pa.string()})), [[{"m": "a@b.co"}], None], [[{"m": "a**@b.co"}], None]),
    (pa.map_(pa.string(), pa.string()), [[("k", "a@b.co")], None], [[("k", "a**@b.co")], None]),
    (pa.json_(), [json.dumps({"m": "a@b.co"}), None], [json.dumps({"m": "a**@b.co"}), None]),
    (pa.int64(), [1012345678, None], [1012345678, None]),
    (pa.float64(), [192.16, None], [192.16, None]),
    (pa.null(), [None], [None]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "before", "after"), SHAPES, ids=[str(shape[0]) for shape in SHAPES])
def test_texts_are_found_in_every_shape_of_column(kind: pa.DataType, before: list[object], after: list[object]) -> None:
    if isinstance(kind, pa.BaseExtensionType):
        array = pa.ExtensionArray.from_storage(kind, pa.array(before, kind.storage_type))
    else:
        array = pa.array(before, kind)
    for part, wanted in ((array, after), (array.slice(1), after[1:])):
        found = columns.masked(pa.record_batch({"x": part}), DEFAULT)
        found.validate(full=True)
        assert found[0].to_pylist() == wanted and found.schema.field("x").type == kind


def test_many_rows_with_few_finds_keep_the_others() -> None:
    values = [f"order {n}" if n % 100 else f"by u{n}@email.com" for n in range(5000)]
    found = columns.masked(pa.record_batch({"x": values}), DEFAULT)[0].to_pylist()
    assert found == [value if "@" not in value else "by u**@email.com" for value in values]


def test_a_column_without_finds_is_the_same_memory() -> None:
    batch = pa.record_batch({"x": ["LINE-01", "정상 가동", None]})
    assert columns.masked(batch, DEFAULT)[0].buffers()[2].address == batch[0].buffers()[2].address


def test_texts_within_data_are_masked_and_its_shape_stays() -> None:
    assert texts.masked_data({"a": ["x@y.com", 1], "b": ("010-1234-5678", None)}) == {
        "a": ["x**@y.com", 1], "b": ("010-****-5678", None),
    }  # fmt: skip
