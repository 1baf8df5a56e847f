"""A file as DuckDB sees it: raw columns, before their types are decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tobit_kernel.server.files.format import Format
from tobit_kernel.server.files.types import PgType


@dataclass(frozen=True)
class Raw:
    """A column of a relation. ``type`` None: its text, or its JSON, decides over the whole file."""

    name: str
    sql: str
    type: PgType | None = None
    is_json: bool = False

    @property
    def text(self) -> str:
        """The DuckDB expression of the value as text."""
        if self.is_json:
            return f"({self.sql}->>'$')"
        if self.type is None:
            return self.sql
        if self.type.base == "bytea":
            return f"('\\x' || hex({self.sql}))"
        return f"{self.sql}::varchar"


#: Row numbers, from 1 → where each stands: a line, or a cell such as ``Sheet1!B17``.
Locate = Callable[[Sequence[int], str], list[int | str]]


@dataclass(frozen=True)
class Relation:
    """What DuckDB can read, and how its rows are found in the file again."""

    name: str
    format: Format
    sql: str
    columns: list[Raw]
    locate: Locate
    encoding: str | None = None
    #: Number of rows, where reading the lines has told it already.
    rows: int | None = None
    decimal_comma: bool = False
    #: What stands behind ``sql`` when that is the name of a registered Arrow table.
    data: Callable[[], Any] | None = None
    notes: list[str] = field(default_factory=list)
