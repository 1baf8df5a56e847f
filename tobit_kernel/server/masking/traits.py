"""What bytes of a column have in them, found many times faster than a pattern is."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np


class Traits:
    """Of a column's values, one behind the other with a line feed between."""

    def __init__(self, whole: bytes) -> None:
        self._whole = whole
        self._bytes = np.frombuffer(whole, np.uint8)

    def has(self, trait: str) -> bool:
        """Whether the trait, a name of a property below or bytes themselves, is there."""
        return bool(getattr(self, trait[1:])) if trait.startswith("%") else trait.encode() in self._whole

    @cached_property
    def _digits(self) -> Any:
        return (self._bytes - 48) < 10

    @cached_property
    def digits(self) -> bool:
        """Four digits in a row."""
        return _run(self._digits, 4)

    @cached_property
    def dotted(self) -> bool:
        """A dot between digits."""
        found = self._digits
        return bool((found[:-2] & (self._bytes[1:-1] == 46) & found[2:]).any())

    @cached_property
    def word(self) -> bool:
        """Sixteen ASCII letters and digits in a row."""
        letters = ((self._bytes | 32) - 97) < 26
        return _run(letters | self._digits, 16)

    @cached_property
    def colons(self) -> bool:
        """Two colons in a row, or seven anywhere."""
        return b"::" in self._whole or self._whole.count(b":") > 6


def _run(found: Any, length: int) -> bool:
    """Whether ``found`` is true ``length`` times in a row; a power of two."""
    step = 1
    while step < length:
        if len(found) <= step:
            return False
        found = found[:-step] & found[step:]
        step *= 2
    return bool(found.any())
