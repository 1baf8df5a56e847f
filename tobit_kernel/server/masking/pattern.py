"""What a pattern of personal data is.

``find`` is RE2 and Python's ``re`` with ``re.ASCII`` at once: no look-around. What must stand before a match is
its first group and is put back; what ends it is ``\\b``, so that Hangul may follow at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

#: Before a match: no letter or digit, and no sign of a longer name or number.
APART = r"(^|[^0-9A-Za-z_.\-]|(?:^|[^0-9A-Za-z_.])-|(?:^|[^0-9])\.)"


#: Behind a match, for Python: a number with decimals is a measured one.
NO_DECIMALS = r"(?!\.[0-9])"

#: Shorter texts are searched at once.
_SHORT = 2_000


@dataclass(frozen=True)
class Pattern:
    """One kind of personal data in free text."""

    name: str
    #: What it is, in a few words.
    title: str
    #: The set that it belongs to: korean or international.
    group: str
    find: str
    #: What is shown instead, with ``\\1`` as RE2 has it.
    shown: str
    #: An example and what becomes of it; docs and tests read them.
    example: tuple[str, str]
    #: Must hold for the text of a match, where its form alone says too little.
    holds: Callable[[str], bool] | None = None
    #: One of these is in every match: texts, or traits of bytes (``%name``, see ``traits``). They spare the search in
    #: most columns, and show which values are to be searched.
    needs: tuple[str, ...] = ()
    #: Where a match takes the sign behind it, its neighbour is found in a second round only.
    rounds: int = 1
    #: For Python alone, which would search a long word from each of its letters, and can look ahead.
    plain: str = ""

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """``plain`` or ``find``, for Python."""
        return re.compile(self.plain or self.find, re.ASCII)

    def may_be_in(self, text: str) -> bool:
        """Whether a search makes sense; takes time by the length of ``text``, where Python's may take its square."""
        literals = [need for need in self.needs if not need.startswith("%")]
        if literals and len(literals) == len(self.needs) and not any(need in text for need in literals):
            return False
        return len(text) < _SHORT or bool(pc.match_substring_regex(pa.scalar(text), self.find).as_py())

    def replaced(self, text: str, put: Callable[[str], str] | None = None) -> str:
        """``text`` with every match masked, or as ``put`` makes of it."""
        if not self.may_be_in(text):
            return text
        holds, keeps_before = self.holds, self.keeps_before

        def each(match: re.Match[str]) -> str:
            found = match.group()
            before = match[1] if keeps_before else ""
            inner = found[len(before) :]
            if holds is not None and not holds(inner):
                return found
            return before + put(inner) if put is not None else match.expand(self.shown)

        for _ in range(self.rounds):
            text = self.compiled.sub(each, text)
        return text

    @cached_property
    def keeps_before(self) -> bool:
        """Whether the first group is what stands before."""
        return self.find.startswith("(^|")
