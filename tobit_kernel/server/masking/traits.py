"""What bytes of a column have in them, found at the speed of memory: fifty times faster than a pattern is.

A trait is less than a pattern asks for, so that it may be found where the pattern is not, and never the other way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tobit_kernel.server.masking.truths import ROOM, again, either, then

#: Bytes behind the last value, so that a look ahead ends within them.
_BEHIND = 32
#: Places, times this, of which there are more than values, are not told apart.
_MANY = 3
#: The letter of a literal that is looked for first: the one that texts have least.
_RARE = "@VJ+/x"


class Traits:
    """Of the texts of ``array``, looked at one behind the other with a line feed between; null is like empty.

    In a thread the next ends the last: they share their memory.
    """

    def __init__(self, array: pa.Array) -> None:
        ROOM.clear()
        texts = array.cast(pa.string())
        self._texts = pc.fill_null(texts, "") if texts.null_count else texts
        lines = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), self._texts)
        whole = pc.binary_join(lines, "\n")[0].as_buffer()
        self._bytes = ROOM.take(whole.size + _BEHIND).view(np.uint8)
        self._bytes[: whole.size] = np.frombuffer(whole, np.uint8)
        self._bytes[whole.size :] = 10

    def rows(self, needs: tuple[str, ...]) -> Any:
        """Places of the values with one of ``needs``, ascending: names of traits below with ``%``, or literals.

        Where they are many, of all values: to tell them apart takes longer than to search them.
        """
        found = [self._found(need) for need in needs]
        places = np.concatenate(found) if len(found) > 1 else found[0]
        if not len(places):
            return places
        if len(places) * _MANY > len(self._texts):
            return np.arange(len(self._texts))
        return np.unique(np.searchsorted(self._starts, places, "right") - 1)

    def _found(self, need: str) -> Any:
        """Places of bytes."""
        if need.startswith("%"):
            found = TRAITS[need[1:]](self)
            many = np.count_nonzero(found) * _MANY > len(self._texts)
            return np.arange(len(self._texts)) if many else np.flatnonzero(found)
        first = next((letter for letter in _RARE if letter in need), need[0])
        begin = need.index(first)
        places = np.flatnonzero(self.is_(first)[begin:])
        for behind, letter in enumerate(need):
            if not len(places):
                break
            places = places[self._bytes.take(places + behind, mode="clip") == ord(letter)]
        return places

    @cached_property
    def _starts(self) -> Any:
        """Where each value begins."""
        texts = self._texts
        ends = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts)]
        return ends - ends[0] + np.arange(len(texts))

    def is_(self, letter: str) -> Any:
        """Where ``letter`` is."""
        return np.equal(self._bytes, ord(letter), out=ROOM.take(len(self._bytes)))

    def _within(self, first: int, count: int) -> Any:
        """Where one of ``count`` letters from ``first`` on is."""
        off = np.subtract(self._bytes, first, out=ROOM.take(len(self._bytes)).view(np.uint8))
        return np.less(off, count, out=off.view(bool))

    @cached_property
    def hyphen(self) -> Any:
        return self.is_("-")

    @cached_property
    def gap(self) -> Any:
        """A hyphen or a space."""
        return either(self.hyphen, self.is_(" "))

    @cached_property
    def mark(self) -> Any:
        """A hyphen, a space or a dot."""
        return either(self.gap, self.is_("."))

    @cached_property
    def colon(self) -> Any:
        return self.is_(":")

    @cached_property
    def digit(self) -> Any:
        return self._within(48, 10)

    @cached_property
    def digits3(self) -> Any:
        return then(then(self.digit, self.digit, 1), self.digit, 2)

    @cached_property
    def digits4(self) -> Any:
        return then(self.digits3, self.digits3, 1)

    @cached_property
    def digits6(self) -> Any:
        return then(self.digits3, self.digits3, 3)

    @cached_property
    def digits7(self) -> Any:
        return then(self.digits4, self.digits4, 3)

    @cached_property
    def digits8(self) -> Any:
        return then(self.digits4, self.digits4, 4)

    @cached_property
    def any_digits8(self) -> bool:
        return bool(self.any_digits6 and self.digits8.any())

    @cached_property
    def any_digits4(self) -> bool:
        return bool(self.digits4.any())

    @cached_property
    def any_digits6(self) -> bool:
        return bool(self.digits6.any())

    @cached_property
    def upper(self) -> Any:
        return self._within(65, 26)

    @cached_property
    def lower(self) -> Any:
        return self._within(97, 26)

    def pairs(self, places: Any, table: Any, distance: int) -> Any:
        """Those of ``places`` of which the two letters ``distance`` bytes off are in ``table``."""
        first = self._bytes.take(places + distance, mode="clip").astype(np.uint16)
        return places[table[first << 8 | self._bytes.take(places + distance + 1, mode="clip")]]


_NOWHERE = np.zeros(0, bool)


def _registration(bytes_: Traits) -> Any:
    """dddddd-ddddddd, with a hyphen, a space or nothing between."""
    if not bytes_.any_digits6:
        return _NOWHERE
    return either(_thirteen(bytes_), then(bytes_.digits6, then(bytes_.gap, bytes_.digits7, 1), 6))


def _thirteen(bytes_: Traits) -> Any:
    return then(bytes_.digits6, bytes_.digits7, 6) if bytes_.any_digits6 else _NOWHERE


def _card(bytes_: Traits) -> Any:
    """Fourteen digits, or a first group of four, or one of eight or more and a further one."""
    four, found = bytes_.digits4, _NOWHERE
    if not bytes_.any_digits4:
        return found
    groups = then(four, four, 5)
    if groups.any():
        further = either(bytes_.digit, then(bytes_.gap, bytes_.digit, 1))
        found = then(then(groups, bytes_.gap, 4), further, 9)
    if not bytes_.any_digits8:
        return found
    eight = then(then(bytes_.digits8, bytes_.gap, 8), four, 9)
    return either(either(found, eight) if len(found) else eight, then(bytes_.digits7, bytes_.digits7, 7))


def _phone(bytes_: Traits) -> Any:
    """ddd-dddd with a hyphen, a dot, a space or nothing between."""
    if not bytes_.any_digits4:
        return _NOWHERE
    apart = then(then(bytes_.digits3, bytes_.mark, 3), bytes_.digits4, 4)
    return either(apart, then(bytes_.digits3, bytes_.digits4, 3))


def _licence(bytes_: Traits) -> Any:
    """-dddddd-"""
    hyphen = bytes_.hyphen
    return then(then(hyphen, bytes_.digits6, 1), hyphen, 7) if bytes_.any_digits6 else _NOWHERE


def _account(bytes_: Traits) -> Any:
    """-dd-dddddd, -ddd-dddddd, -dddddd-, -dddd-dddd-"""
    hyphen = bytes_.hyphen
    if not bytes_.any_digits4:
        return _NOWHERE
    found = then(then(then(then(hyphen, bytes_.digits4, 1), hyphen, 5), bytes_.digits4, 6), hyphen, 10)
    if not bytes_.any_digits6:
        return found
    six = then(hyphen, bytes_.digits6, 1)
    return either(found, either(either(then(hyphen, six, 3), then(hyphen, six, 4)), then(six, hyphen, 7)))


def _passport(bytes_: Traits) -> Any:
    """Mddd.dddd"""
    if not bytes_.any_digits4:
        return _NOWHERE
    return then(then(bytes_.is_("M"), bytes_.digits3, 1), bytes_.digits4, 5)


def _prefix(bytes_: Traits) -> Any:
    """+d, with a hyphen, a space or a dot one to three digits later."""
    plus = bytes_.is_("+")
    if not plus.any():
        return _NOWHERE
    gap = bytes_.mark
    return then(then(plus, bytes_.digit, 1), either(either(gap[2:], gap[3:]), gap[4:]), 0)


def _dotted(bytes_: Traits) -> Any:
    """Three dots, each between digits, with up to three bytes between them."""
    dot = bytes_.is_(".")
    dot = then(bytes_.digit, then(dot, bytes_.digit, 1), 1)
    return again(again(dot, (2, 3, 4)), (2, 3, 4)) if dot.any() else _NOWHERE


def _colons(bytes_: Traits) -> Any:
    """Two colons in a row, or seven with up to four bytes between them."""
    colon = bytes_.colon
    if not colon.any():
        return _NOWHERE
    found = colon
    for _ in range(6):
        found = again(found, (2, 3, 4, 5))
        if not found.any():
            return then(colon, colon, 1)
    return either(found, then(colon, colon, 1))


def _iban(bytes_: Traits) -> Any:
    """Two capitals, two digits, and four of either, with a space between or none."""
    digit, upper = bytes_.digit, bytes_.upper
    found = then(then(upper, upper, 1), then(digit, digit, 1), 2)
    if not found.any():
        return _NOWHERE
    both = either(digit, upper)
    two = then(both, both, 1)
    four = then(two, two, 2)
    return then(found, either(four, then(bytes_.is_(" "), four, 1)), 4)


def _key(bytes_: Traits) -> Any:
    """The letters that the keys of services begin with."""
    found = _NOWHERE
    for marks, table, distance in (
        (bytes_.is_("_"), _BEFORE_LINE, -2), (bytes_.hyphen, _BEFORE_HYPHEN, -2), (bytes_.is_("A"), _BEHIND_A, 1)
    ):  # fmt: skip
        if not marks.any():
            continue
        near = then(bytes_.lower, marks, 1) if distance < 0 else then(marks, bytes_.upper, 1)
        if near.any():
            places = bytes_.pairs(np.flatnonzero(near) + (distance < 0), table, distance)
            found = found if len(found) else np.zeros(len(bytes_.digit), bool)
            found[places] = True
    return found


def _table(*pairs: str) -> Any:
    """Truth for two letters: the first, and any of those behind it."""
    table = np.zeros(1 << 16, bool)
    for pair in pairs:
        for letter in pair[1:]:
            table[ord(pair[0]) << 8 | ord(letter)] = True
    return table


#: gh?_, github_pat_, k_live_, hf_, npm_
_BEFORE_LINE = _table("hpousrf", "at", "ve", "pm")
#: sk-, sk-proj- and the like, glpat-, pypi-, xox?-
_BEFORE_HYPHEN = _table("sk", "at", "pi", "xabeoprs")
#: AKIA, ASIA, AIza
_BEHIND_A = _table("KI", "SI", "Iz")

#: What a pattern may need, by name.
TRAITS: dict[str, Callable[[Traits], Any]] = {
    "registration": _registration, "thirteen": _thirteen, "card": _card, "phone": _phone, "licence": _licence,
    "account": _account, "passport": _passport, "prefix": _prefix, "dotted": _dotted, "colons": _colons,
    "iban": _iban, "key": _key,
}  # fmt: skip
