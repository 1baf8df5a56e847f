"""What a verification found, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tobit_kernel.server.audit.chain import Seal
from tobit_kernel.wire.audit import Finding

#: More are counted but not told.
MOST = 100


@dataclass
class Findings:
    """The findings so far."""

    items: list[Finding] = field(default_factory=list)
    total: int = 0

    def add(self, finding: Finding) -> None:
        """Keeps ``finding``, if there is room."""
        self.total += 1
        if len(self.items) < MOST:
            self.items.append(finding)

    def row(self, kind: Any, what: str, number: int, time: datetime) -> None:
        """About one row."""
        message = f"Row {number} of {time:%Y-%m-%d %H:%M:%S} {what}."
        self.add(Finding(kind=kind, message=message, first_id=number, last_id=number, since=time, until=time))

    def sealed(self, seal: Seal, rows: int) -> None:
        """About rows under a seal that do not add up to its head; there are ``rows`` of them."""
        if rows < seal.rows:
            kind, message = "missing", f"{_rows(seal.rows - rows)} missing among {seal.named}"
        elif rows > seal.rows:
            kind, message = "inserted", f"{_rows(rows - seal.rows)} too many among {seal.named}"
        else:
            kind, message = "edited", f"A row was edited or its place changed among {seal.named}"
        self.about(kind, f"{message} under seal {seal.seq}.", seal)

    def about(self, kind: Any, message: str, seal: Seal | None = None) -> None:
        """About a seal and its rows, or the chain as such."""
        found = Finding(kind=kind, message=message)
        if seal is not None:
            found.first_id, found.last_id, found.since, found.until = (
                seal.first_id,
                seal.last_id,
                seal.first_at,
                seal.last_at,
            )
        self.add(found)


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count:,} rows are"
