"""Values that need no regular expression: an e-mail address in ASCII, a phone or card number that is all of the value.

What is made of them is what the pattern makes. Whatever looks otherwise is left to the pattern.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

#: Last parts of a domain have fewer letters.
_LABEL = 9
_STAR = ord("*")
#: Classes of bytes: ends what stands before an @, ends a domain, makes it hard.
_STOP, _END, _HARD = 1, 2, 4


@dataclass
class Texts:
    """Values as bytes: ``data``, and where each begins and the last ends."""

    data: Any
    places: Any

    def rows(self, places: Any) -> Any:
        """The values that bytes at ``places`` belong to."""
        begins, ends = self.places[:-1], self.places[1:]
        if len(places) == len(begins) and (places >= begins).all() and (places < ends).all():
            return np.arange(len(begins))
        return np.searchsorted(self.places, places, "right") - 1


#: Bytes of a number, and the places of its separators.
_PHONES: tuple[tuple[int, tuple[int, ...]], ...] = ((13, (3, 8)), (11, ()))
_CARDS: tuple[tuple[int, tuple[int, ...]], ...] = ((19, (4, 9, 14)), (16, ()))
#: Changes texts in place or gives new ones; with them which values are left to the pattern.
Shape = Callable[[Texts], tuple[Texts, Any]]


def quick(array: pa.Array, shape: Shape) -> tuple[pa.Array, Any]:
    """``array`` with the values of ``shape`` masked, and the truth for each of the others."""
    wide = pa.types.is_large_string(array.type)
    _, places, data = array.buffers()
    size = np.dtype(np.int64 if wide else np.int32)
    ends = np.frombuffer(places, size, len(array) + 1, array.offset * size.itemsize).astype(np.int64)
    used = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] if data is not None else np.zeros(0, np.uint8)
    texts, rest = shape(Texts(used.copy(), ends - ends[0]))
    valid = None
    if array.null_count:
        rest = rest & ~np.asarray(array.is_null().to_numpy(zero_copy_only=False))
        valid = pa.array(array.is_valid().to_numpy(zero_copy_only=False)).buffers()[1]
    if rest.all():
        return array, rest
    buffers = [valid, pa.py_buffer(texts.places.astype(size)), pa.py_buffer(texts.data)]
    return pa.Array.from_buffers(array.type, len(array), buffers), rest


def _classes() -> Any:
    found = np.zeros(256, np.uint8)
    found[list(b" \t\n\f\r@<>()[]{}\"',;:=/\\|*")] |= _STOP
    inside = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-"
    found[[each for each in range(256) if each not in inside]] |= _END
    # RE2 has no vertical tab among its spaces, and takes a letter of several bytes for one
    found[[11, *range(128, 256)]] |= _HARD
    return found


_CLASS = _classes()


def _before(marks: Any, places: Any) -> Any:
    """The last of ``marks`` before each place, else -1."""
    if not len(marks):
        return np.full(len(places), -1)
    found = np.searchsorted(marks, places) - 1
    return np.where(found < 0, -1, marks[found])


def email(texts: Texts) -> tuple[Texts, Any]:
    """``alice@email.com`` becomes ``a**@email.com`` where a value has one @ and a domain as usual."""
    data, begins, ends = texts.data, texts.places[:-1], texts.places[1:]
    kinds = _CLASS.take(data)
    at = np.flatnonzero(data == ord("@"))
    signs = len(at)
    rows = texts.rows(at)
    easy = np.bincount(rows, minlength=len(begins)) == 1
    hard = (kinds & _HARD).astype(bool)
    after = (data[:-1] == ord("@")) | (data[:-1] == ord("."))
    hard[1:] |= after & ((data[1:] == ord(".")) | (data[1:] == ord("-")))
    easy[texts.rows(np.flatnonzero(hard))] = False
    at, rows = at[easy[rows]], rows[easy[rows]]
    begin = np.maximum(_before(np.flatnonzero(kinds & _STOP), at) + 1, begins[rows])
    end, over = ends[rows], np.flatnonzero(kinds & _END)
    if len(over) > signs:
        over = np.append(over, len(data))
        end = np.minimum(over[np.searchsorted(over, at + 1)], end)
    dot = _before(np.flatnonzero(data == ord(".")), end)
    good = (at - begin >= 3) & (dot > at + 1) & (end - dot > 2) & (end - dot <= _LABEL)
    for behind in range(1, min(_LABEL, int((end - dot).max(initial=0)))):
        letter = (data.take(dot + behind, mode="clip") | 32) - 97 < 26
        good &= letter | (dot + behind >= end)
    return _shortened(texts, rows[good], begin[good], at[good])


def _shortened(texts: Texts, rows: Any, begin: Any, at: Any) -> tuple[Texts, Any]:
    """All but a first letter becomes two stars; ``rows`` are those of the places."""
    data, rest = texts.data, np.ones(len(texts.places) - 1, bool)
    rest[rows] = False
    data[begin + 1] = data[begin + 2] = _STAR
    steps = np.zeros(len(data) + 1, np.int8)
    steps[begin + 3] += 1
    steps[at] -= 1
    kept = np.cumsum(steps[:-1], dtype=np.int8) == 0
    gone = np.zeros(len(texts.places), np.int64)
    gone[rows + 1] = at - begin - 3
    return Texts(data[kept], texts.places - np.cumsum(gone)), rest


def phone(texts: Texts) -> tuple[Texts, Any]:
    """``010-1234-5678`` and ``01012345678`` become ``010-****-5678`` and ``010****5678``."""
    rest = np.ones(len(texts.places) - 1, bool)
    for length, gaps in _PHONES:
        rows, letters = _of_length(texts, length)
        good = _digits(letters, [place for place in range(length) if place not in gaps])
        good &= (letters[0] == ord("0")) & (letters[1] == ord("1")) & _MOBILE[letters[2]]
        for gap in gaps:
            good &= _GAP[letters[gap]]
        first = 4 if gaps else 3
        texts.data[texts.places[:-1][rows[good]][:, None] + np.arange(first, first + 4)] = _STAR
        rest[rows[good]] = False
    return texts, rest


def card(texts: Texts) -> tuple[Texts, Any]:
    """``4539-1488-0343-6467`` becomes ``4539-****-****-6467`` if its check digit is right; also without hyphens."""
    rest = np.ones(len(texts.places) - 1, bool)
    for length, gaps in _CARDS:
        rows, letters = _of_length(texts, length)
        digits = [place for place in range(length) if place not in gaps]
        good = _digits(letters, digits)
        for gap in gaps:
            good &= ((letters[gap] == ord("-")) | (letters[gap] == ord(" "))) & (letters[gap] == letters[gaps[0]])
        rest[rows[good]] = False
        rows = rows[good][_issued(letters[digits][:, good])]
        texts.data[texts.places[:-1][rows][:, None] + np.array(digits[4:12])] = _STAR
    return texts, rest


def _issued(letters: Any) -> Any:
    """Whether sixteen digits are a card's, as ``checks.card`` has it."""
    digits = letters - 48
    doubled = digits[::2] * 2
    luhn = (doubled - 9 * (doubled > 9)).sum(0, dtype=np.int32) + digits[1::2].sum(0, dtype=np.int32)
    kinds = np.bitwise_or.reduce(np.left_shift(1, digits.astype(np.int32)), 0)
    rare = kinds & (kinds - 1)
    return _ISSUER[digits[0] * 10 + digits[1]] & (luhn % 10 == 0) & ((rare & (rare - 1)) != 0)


def _of_length(texts: Texts, length: int) -> tuple[Any, Any]:
    """The values of ``length`` bytes, and these: one row for each place."""
    rows = np.flatnonzero(np.diff(texts.places) == length)
    if len(rows) == len(texts.places) - 1:
        return rows, np.ascontiguousarray(texts.data.reshape(-1, length).T)
    return rows, texts.data[texts.places[:-1][rows] + np.arange(length)[:, None]]


def _digits(letters: Any, places: list[int]) -> Any:
    return ((letters[places] - 48) < 10).all(0)


def _any_of(letters: bytes, size: int = 256) -> Any:
    found = np.zeros(size, bool)
    found[list(letters)] = True
    return found


_MOBILE, _GAP = _any_of(b"016789"), _any_of(b"-. ")
#: Two first digits of cards, as ``checks`` has them.
_ISSUER = _any_of(
    bytes([*range(40, 50), *range(51, 56), *range(22, 28), 34, 37, 35, 36, 30, 60, 62, 64, 65, *range(90, 100)]), 100
)

#: By the title of a pattern.
QUICK: dict[str, Shape] = {
    "e-mail address": email,
    "phone number, mobile or fixed": phone,
    "payment card number (Luhn)": card,
}
