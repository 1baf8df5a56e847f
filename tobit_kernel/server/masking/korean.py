"""Patterns of Korean personal data."""

from __future__ import annotations

from tobit_kernel.server.masking.checks import resident
from tobit_kernel.server.masking.pattern import APART, NO_DECIMALS, Pattern

_DATE = r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"

_TOGETHER = APART + rf"({_DATE})[1-8][0-9]{{6}}\b"

KOREAN = (
    Pattern(
        "rrn",
        "resident and foreigner registration number",
        "korean",
        APART + rf"({_DATE})([- ])[1-8][0-9]{{6}}\b",
        r"\1\2\3*******",
        ("801201-1234567", "801201-*******"),
        needs=("%registration",),
    ),
    Pattern(
        "rrn",
        "the same without hyphen, by its check digit",
        "korean",
        _TOGETHER,
        r"\1\2*******",
        ("8012011234561", "801201*******"),
        holds=resident,
        plain=_TOGETHER + NO_DECIMALS,
        needs=("%thirteen",),
    ),
    Pattern(
        "phone",
        "phone number, mobile or fixed",
        "korean",
        APART
        + r"((?:\+?82[-. ]|\+82)\(?0?\)?1[016789]|01[016789]|0(?:2|[3-6][1-5]|70|50[0-9]?)[-.)])"
        + r"([-. ]?)[0-9]{3,4}([-. ]?)([0-9]{4})\b",
        r"\1\2\3****\4\5",
        ("010-1234-5678", "010-****-5678"),
        needs=("%phone",),
    ),
    Pattern(
        "driver_licence",
        "driver licence number",
        "korean",
        APART + r"(1[1-9]|2[0-8])-[0-9]{2}-[0-9]{6}-([0-9]{2})\b",
        r"\1\2-**-******-\3",
        ("11-23-123456-78", "11-**-******-78"),
        needs=("%licence",),
    ),
    Pattern(
        "passport",
        "passport number",
        "korean",
        APART + r"(M)(?:[0-9]{4}|[0-9]{3}[A-Z])([0-9]{4})\b",
        r"\1\2****\3",
        ("M12345678", "M****5678"),
        needs=("%passport",),
    ),
    Pattern(
        "account",
        "bank account number in its usual form",
        "korean",
        APART
        + r"([0-9]{3}|[0-9]{6}|100[256]|3333|3355|7777)-"
        + r"(?:[0-9]{2,3}-[0-9]{6,7}|[0-9]{6}-[0-9]{5}|[0-9]{4}-[0-9]{4}-[0-9]{2})\b",
        r"\1\2-***-******",
        ("110-123-456789", "110-***-******"),
        needs=("%account",),
    ),
)
