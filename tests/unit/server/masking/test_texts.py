"""Texts are searched in time that grows with their length, not with its square: the gate answers others meanwhile."""

from __future__ import annotations

import pytest

from tobit_kernel.server.masking.policy import PATTERNS
from tobit_kernel.server.masking.texts import masked

EVIL = [
    "x" * 190_000, "x" * 90_000 + "@" + "x" * 90_000, "-----BEGIN PRIVATE KEY-----" * 7000 + "!", "1-" * 95_000,
    "010-" * 48_000, "+1 " * 60_000, "://" + ":" * 190_000, "://a:" * 38_000, "1.1.1." * 30_000, "ab::" * 45_000,
    "eyJaaaaaaaa." * 15_000, "DE12 " * 38_000, "a@" * 95_000, "1234 " * 38_000,
]  # fmt: skip


@pytest.mark.timeout(40)  # the square of these lengths takes minutes
@pytest.mark.parametrize("evil", EVIL, ids=lambda text: text[:12])
def test_no_text_keeps_the_gate_busy(evil: str) -> None:
    examples = {pattern.name: pattern.example for pattern in PATTERNS if pattern.name != "private_key"}
    shown = masked(" ; ".join([*(example for example, _ in examples.values()), evil]))
    assert [name for name, (_, hidden) in examples.items() if hidden not in shown] == []


def test_an_address_within_a_long_word_is_found() -> None:
    assert masked("x" * 5000 + ",kim@plant.kr") == "x" * 5000 + ",k**@plant.kr"
    assert masked("a@b.com,c@d.com;e@f.com") == "a**@b.com,c**@d.com;e**@f.com"
    assert masked("a@b.com와c@d.com") == "a**@b.com와**@d.com"


def test_a_measured_number_is_no_card() -> None:
    assert masked("9226954761209524.0") == "9226954761209524.0"
    assert masked("4539148803436467. Next") != "4539148803436467. Next"
