"""A text put together from pieces that remember where they came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Origin:
    """A place in a cell: its name (None for the cell that runs) and the offset from 0."""

    cell: str | None
    offset: int


@dataclass
class Mapped:
    """Text whose every character can be traced back to an ``Origin``."""

    _pieces: list[tuple[str, Origin | None, bool]] = field(default_factory=list)

    def copy(self, text: str, origin: Origin) -> None:
        """Adds text that stands at ``origin`` letter by letter."""
        self._pieces.append((text, origin, True))

    def put(self, text: str, origin: Origin | None = None) -> None:
        """Adds text of our own; ``origin`` is the place that it stands for, if any."""
        self._pieces.append((text, origin, False))

    def add(self, other: Mapped) -> None:
        """Adds all of ``other``."""
        self._pieces.extend(other._pieces)

    @property
    def text(self) -> str:
        return "".join(piece for piece, _, _ in self._pieces)

    def origin(self, position: int) -> Origin | None:
        """Where the character at ``position`` came from; for our own text the nearest place before."""
        last, start = None, 0
        for piece, origin, verbatim in self._pieces:
            if origin is not None and start <= position:
                inside = min(position - start, len(piece))
                last = Origin(origin.cell, origin.offset + inside) if verbatim else origin
            start += len(piece)
            if position < start:
                break
        return last

    def changed(self, changes: list[tuple[int, int, str]]) -> Mapped:
        """This text with each ``(start, end, new)`` replaced, in order and not overlapping."""
        answer, at = Mapped(), 0
        for start, end, new in changes:
            answer.add(self._part(at, start))
            answer.put(new, self.origin(start))
            at = end
        answer.add(self._part(at, len(self.text)))
        return answer

    def _part(self, begin: int, end: int) -> Mapped:
        """What stands from ``begin`` up to ``end``."""
        answer, at = Mapped(), 0
        for piece, origin, verbatim in self._pieces:
            first, last = max(begin - at, 0), min(end - at, len(piece))
            if first < last:
                moved = Origin(origin.cell, origin.offset + first) if origin and verbatim else origin
                answer._pieces.append((piece[first:last], moved, verbatim))
            at += len(piece)
        return answer


def rewritten(text: str, changes: list[tuple[int, int, str]], origin: Callable[[int], Origin]) -> Mapped:
    """``text`` with each ``(start, end, new)`` replaced, in order and not overlapping."""
    answer, at = Mapped(), 0
    for start, end, new in changes:
        answer.copy(text[at:start], origin(at))
        answer.put(new, origin(start))
        at = end
    answer.copy(text[at:], origin(at))
    return answer
