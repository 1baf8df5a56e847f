"""What ``--chart KIND:x,y[,by]`` asks for, parsed strictly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tobit_kernel.errors import InputError
from tobit_kernel.notebook.display.words import say

#: A name, bare or in double quotes (a quote within is doubled), and the comma behind it.
_NAME = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(?:(,)|$)')


class Kind(StrEnum):
    """A kind of chart."""

    #: y over x, one line per ``by``
    LINE = "line"
    #: sum of y (or the number of rows) per x, split by ``by``
    BAR = "bar"
    #: each x's part of the sum of y (or of the rows)
    PIE = "pie"
    #: a point per row
    SCATTER = "scatter"
    #: colour per (x, y): mean of a third column, or the number of rows
    HEATMAP = "heatmap"
    #: how often values of x occur, one outline per ``by``
    HIST = "hist"
    #: as line, filled down to zero; stacked where the series share their x
    AREA = "area"


@dataclass(frozen=True)
class Shape:
    """The columns that a kind takes, in order; the first ``needed`` must be given."""

    columns: tuple[str, ...]
    needed: int

    def __str__(self) -> str:
        """``x,y[,by]``."""
        must = ",".join(self.columns[: self.needed])
        return must + "".join(f"[,{name}]" for name in self.columns[self.needed :])


SHAPES = {
    Kind.LINE: Shape(("x", "y", "by"), 2),
    Kind.BAR: Shape(("x", "y", "by"), 1),
    Kind.PIE: Shape(("x", "y"), 1),
    Kind.SCATTER: Shape(("x", "y", "by"), 2),
    Kind.HEATMAP: Shape(("x", "y", "value"), 2),
    Kind.HIST: Shape(("x", "by"), 1),
    Kind.AREA: Shape(("x", "y", "by"), 2),
}


@dataclass(frozen=True)
class Specification:
    """A kind and positions (from 0) of columns by role: ``x``, ``y``, ``by``, ``value``."""

    kind: Kind
    places: dict[str, int]


def parse(text: str, columns: Sequence[str]) -> Specification:
    """``line:at,"a, b",machine`` for a result with ``columns``.

    A name with a comma stands in double quotes; one that matches no column exactly may
    differ in case. InputError names the kinds, the shape, or the nearest columns.
    """
    name, colon, rest = text.partition(":")
    try:
        kind = Kind(name.strip())
    except ValueError:
        hint = say("There are: {kinds}.").format(kinds=", ".join(Kind))
        raise InputError(say("There is no chart {name!r}.").format(name=name.strip()), hint) from None
    shape, given = SHAPES[kind], _names(rest, text)
    if not colon or not shape.needed <= len(given) <= len(shape.columns) or not all(given):
        message = say("The chart {text!r} does not name the right number of columns.").format(text=text)
        raise InputError(message, say("Write {kind}:{shape}.").format(kind=kind.value, shape=shape))
    return Specification(kind, {role: _place(one, columns) for role, one in zip(shape.columns, given, strict=False)})


def _names(rest: str, text: str) -> list[str]:
    if not rest.strip():
        return []
    names, position = [], 0
    while True:
        match = _NAME.match(rest, position)
        if not match:
            hint = say('Put a column name with a comma in double quotes: "a, b".')
            raise InputError(say("The chart {text!r} cannot be read.").format(text=text), hint)
        quoted, bare, comma = match.groups()
        names.append(bare.strip() if quoted is None else quoted.replace('""', '"'))
        position = match.end()
        if not comma:
            return names


def _place(name: str, columns: Sequence[str]) -> int:
    exact = [place for place, column in enumerate(columns) if column == name]
    found = exact or [place for place, column in enumerate(columns) if column.casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        hint = say("Give each its own name in the statement: … as {name}_2.").format(name=name)
        raise InputError(say("The result has {n} columns {name!r}.").format(n=len(found), name=name), hint)
    raise InputError(say("The result has no column {name!r}.").format(name=name), _nearest(name, columns))


def _nearest(name: str, columns: Sequence[str]) -> str:
    from difflib import get_close_matches

    by_case = {column.casefold(): column for column in columns}
    near = [by_case[match] for match in get_close_matches(name.casefold(), by_case, n=3, cutoff=0.5)]
    if near:
        return say("Did you mean {names}?").format(names=say(" or ").join(near))
    return say("It has: {names}.").format(names=", ".join(list(columns)[:20]) or say("no columns at all"))
