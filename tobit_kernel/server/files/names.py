"""Column names that PostgreSQL takes: not empty, unique, at most 63 bytes."""

from __future__ import annotations

from collections.abc import Sequence

from tobit_kernel.errors import InputError

NAME_BYTES = 63
#: PostgreSQL's limit. More take minutes and gigabytes before anybody could refuse them there.
MOST_COLUMNS = 1600
#: Every table of PostgreSQL has these already.
_SYSTEM = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}


def column_names(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names to use and a note for each that had to change.

    Unique without regard to case: ``Value`` and ``value`` in one table are a trap in SQL.
    ``InputError`` when there are more than a table can have.
    """
    if len(given) > MOST_COLUMNS:
        raise InputError(f"The file has {len(given):,} columns; a table has at most {MOST_COLUMNS:,}.")
    taken: set[str] = set()
    names: list[str] = []
    notes: list[str] = []
    for number, raw in enumerate(given, 1):
        wanted = " ".join(raw.replace("\0", "").split()) or f"column{number}"
        name = _free(wanted, taken)
        taken.add(name.lower())
        names.append(name)
        if not raw.strip():
            notes.append(f"Column {number} has no name and is called {name!r}.")
        elif name != wanted:
            notes.append(f"Column {number} {shortened(wanted)!r} is called {name!r}.")
    return names, notes


def _free(wanted: str, taken: set[str]) -> str:
    name, number = _cut(wanted, NAME_BYTES), 1
    while name.lower() in taken or name.lower() in _SYSTEM:
        number += 1
        ending = f"_{number}"
        name = _cut(wanted, NAME_BYTES - len(ending)) + ending
    return name


def _cut(name: str, size: int) -> str:
    return name.encode()[:size].decode(errors="ignore")


def shortened(text: str, size: int = 60) -> str:
    """``text`` for a message: at most ``size`` characters."""
    return text if len(text) <= size else text[: size - 1] + "…"
