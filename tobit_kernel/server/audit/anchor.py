"""The head of the chain, outside the database: ``TOBIT_HOME/audit.anchor``, one line per seal.

Whoever removes the newest rows together with their seals leaves a chain that is whole, only shorter; the anchor
knows that there was more. A line is ``seq hmac time``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tobit_kernel.server.audit.chain import Seal

ANCHOR_FILE = "audit.anchor"
#: Several lines are in it.
_TAIL_BYTES = 500


class Anchor:
    """The file; lines are added, never changed."""

    def __init__(self, home: Path) -> None:
        self.file = home / ANCHOR_FILE

    def add(self, seals: list[Seal]) -> None:
        """Writes the heads of ``seals``; they are on the disk when this returns."""
        lines = "".join(f"{seal.seq} {seal.hmac.hex()} {seal.at.isoformat()}\n" for seal in seals).encode()
        handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if _is_cut(handle):
                lines = b"\n" + lines  # a crash in the middle of a line
            os.write(handle, lines)
            os.fsync(handle)
        finally:
            os.close(handle)

    @property
    def last(self) -> int:
        """The number of the last seal that is anchored; 0 when none is."""
        try:
            with self.file.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
                found = [head for head in map(_head, file.read().decode("ascii", "replace").splitlines()) if head]
        except FileNotFoundError:
            return 0
        return found[-1][0] if found else 0

    def heads(self) -> Iterator[tuple[int, str, str]]:
        """``(seq, hmac, time)`` of every whole line, as they were written."""
        if not self.file.exists():
            return
        with self.file.open(encoding="ascii", errors="replace") as file:
            yield from filter(None, map(_head, file))


def _head(line: str) -> tuple[int, str, str] | None:
    words = line.split()
    whole = len(words) == 3 and words[0].isdigit() and len(words[1]) == 64
    return (int(words[0]), words[1], words[2]) if whole else None


def _is_cut(handle: int) -> bool:
    size = os.lseek(handle, 0, os.SEEK_END)
    return size > 0 and os.pread(handle, 1, size - 1) != b"\n"
