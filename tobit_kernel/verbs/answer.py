"""What a verb returns when it is not rows of a query: data, and how people like to see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    """``data`` is the envelope's, unchanged; ``rows`` or ``text`` is what people see of it.

    ``whole`` are the rows as files hold them, where people see fewer columns. ``empty`` is said when there are no
    rows, ``note`` below them.
    """

    data: Any
    rows: list[dict[str, Any]] | None = None
    text: str = ""
    empty: str = ""
    note: str = ""
    columns: list[str] = field(default_factory=list)
    whole: list[dict[str, Any]] | None = None

    @property
    def headers(self) -> list[str]:
        """Column names, also of an empty listing."""
        return self.columns or (list(self.rows[0]) if self.rows else [])
