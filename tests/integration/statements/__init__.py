"""Statements as data: those that must do no harm, and those that must run."""

from __future__ import annotations

import re
from pathlib import Path

_HEAD = re.compile(r"^--- (.*)\n", re.MULTILINE)


def statements(name: str, version: int = 99, libxml: bool = True) -> list[str]:
    """The statements of ``name.sql`` for PostgreSQL ``version``.

    Each stands below a line ``--- what it is about``, which may end in ``(since 17)`` or
    ``(with libxml)``, which the embedded server is built without.
    """
    with (Path(__file__).parent / f"{name}.sql").open(encoding="utf-8", newline="") as file:  # \r is part of some
        pieces = _HEAD.split(file.read())
    return [
        statement.removesuffix("\n")
        for title, statement in zip(pieces[1::2], pieces[2::2], strict=True)
        if version >= int((re.search(r"since (\d+)", title) or [0, 0])[1]) and (libxml or "libxml" not in title)
    ]
