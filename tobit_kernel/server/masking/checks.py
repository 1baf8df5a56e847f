"""Checks of numbers whose form alone says too little."""

from __future__ import annotations

import re
from socket import AF_INET6, inet_pton

#: First digits of cards in use, with Korea's own (9).
_CARD = re.compile(r"4|5[1-5]|2[2-7]|3[47]|35|36|30|6[0245]|9[0-9]")
_DOUBLED = dict(zip("0123456789", (0, 2, 4, 6, 8, 1, 3, 5, 7, 9), strict=True))
_SEPARATORS = str.maketrans("", "", " -")
#: Letters of an IBAN as numbers: A is 10.
_NUMBERS = str.maketrans({letter: str(int(letter, 36)) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
_RRN_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def luhn(text: str) -> bool:
    """Whether the digits of ``text`` have Luhn's check digit; nine of ten other numbers have not."""
    plain = digits(text)
    return (sum(map(int, plain[::-2])) + sum(map(_DOUBLED.__getitem__, plain[-2::-2]))) % 10 == 0


def card(text: str) -> bool:
    """Whether ``text`` is a payment card's number: issuer, one kind of separator, Luhn."""
    plain = digits(text)
    one_kind = not (" " in text and "-" in text)
    return one_kind and bool(_CARD.match(plain)) and len(set(plain)) > 2 and luhn(plain)


def resident(text: str) -> bool:
    """Whether ``text`` is a registration number. With its hyphen the form says enough; since 2020 they have no
    check digit. Thirteen digits in a row may count milliseconds, so they need it."""
    plain = digits(text)
    if len(plain) != len(text):
        return True
    total = sum(int(digit) * weight for digit, weight in zip(plain, _RRN_WEIGHTS, strict=False))
    foreign = plain[6] in "5678"
    return (13 if foreign else 11) - total % 11 in (int(plain[12]), int(plain[12]) + 10)


def iban(text: str) -> bool:
    """Whether the check digits of an IBAN are right."""
    plain = digits(text)
    return 15 <= len(plain) <= 34 and int((plain[4:] + plain[:4]).translate(_NUMBERS)) % 97 == 1


def ipv6(text: str) -> bool:
    """Whether ``text`` is an address that tells something: not ``::1``, not a slice ``1::2``."""
    try:
        inet_pton(AF_INET6, text)
    except OSError:
        return False
    groups = [group for group in text.split(":") if group]
    return len(groups) > 2 or (bool(groups) and len(groups[0]) == 4)


def digits(text: str) -> str:
    """``text`` without the separators that numbers are written with."""
    return text.translate(_SEPARATORS)
