"""Bodies and answers of the routes of masking."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from tobit_kernel.wire.models import NAME, Strict
from tobit_kernel.wire.sources import Text

Kind = Literal["name", "email", "phone", "rrn", "card", "account", "address", "passport", "ip", "free"]
Mode = Literal["mask", "hash", "drop", "none"]
Reason = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Name = Annotated[Text, StringConstraints(min_length=1, max_length=300)]


class SensitiveDraft(Strict):
    """A column that holds personal data, and why it is declared."""

    source: str = Field("workbench", pattern=NAME)
    table: Name
    column: Name
    kind: Kind
    mode: Mode = "mask"
    reason: Reason


class SensitiveColumn(BaseModel):
    """A declared column."""

    source: str
    table: str
    column: str
    kind: Kind
    mode: Mode
    reason: str
    declared_by: str
    at: datetime


class PatternMode(Strict):
    """What is done with finds of a pattern from now on."""

    pattern: Annotated[str, Field(max_length=40)]
    mode: Mode
    reason: Reason


class PatternInfo(BaseModel):
    """A pattern and what is done with what it finds; ``reason`` is empty where nobody decided."""

    pattern: str
    title: str
    group: str
    example: str
    shown: str
    mode: Mode
    reason: str = ""
    decided_by: str = ""
    at: datetime | None = None
