"""What limits and use look like on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from tobit_kernel.wire.models import Strict

SubjectType = Literal["user", "role", "tenant"]
Measure = Literal["queries", "rows", "bytes", "seconds", "concurrent", "requests"]


class QuotaDraft(Strict):
    """How much somebody may use; without an amount the quota is taken away."""

    subject_type: SubjectType
    subject: str = Field("", max_length=200, description="a user or role; empty for the tenant")
    measure: Measure
    amount: int | None = Field(None, ge=0, le=2**63 - 1, description="per day; requests: per minute")
    reason: str = Field("", max_length=2000)

    @model_validator(mode="after")
    def _named(self) -> QuotaDraft:
        if (self.subject_type == "tenant") != (self.subject == ""):
            raise ValueError("a user or role has a name, the tenant none")
        return self


class Quota(BaseModel):
    """A quota as it stands."""

    subject_type: SubjectType
    subject: str
    measure: Measure
    per: str
    amount: int
    reason: str
    set_by: str
    set_at: datetime


class UsageRow(BaseModel):
    """What one user, source or table used on a day (UTC)."""

    day: date
    name: str
    queries: int
    rows: int
    seconds: float
    bytes: int
    errors: int
    cached: int


class SlowQuery(BaseModel):
    """A statement that took long, with its plan as made right afterwards."""

    at: datetime
    actor: str
    source: str
    statement: str
    ms: float
    rows: int
    outcome: str
    plan: str | None
    hints: list[str]
    trace_id: str | None


class SlowQueries(BaseModel):
    """A page of slow statements, newest first, with the true total."""

    items: list[SlowQuery]
    total: int
