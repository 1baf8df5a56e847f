"""The audit, its verification, and what of it leaves the gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel


class AuditRow(BaseModel):
    """Who did what, from where, with which outcome. ``erased``: a person's data was removed from it."""

    id: int
    at: datetime
    tenant: str
    actor: str
    actor_type: str
    action: str
    resource: str | None
    source: str | None
    statement: str | None
    tables: list[str]
    rows: int | None
    ms: float | None
    cached: bool
    outcome: str
    error: str | None
    reason: str | None
    before: Any = None
    after: Any = None
    ip: str | None
    agent: str | None
    trace_id: str | None
    parent_trace_id: str | None
    erased: bool = False


class AuditPage(BaseModel):
    """A page of the audit, newest first, with the true total."""

    items: list[AuditRow]
    total: int


class Finding(BaseModel):
    """Something in the audit that is not as it was sealed, with the rows and times that it is about."""

    kind: Literal["edited", "missing", "inserted", "cut off", "seal", "anchor", "key", "dropped"]
    message: str
    first_id: int | None = None
    last_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


class Verification(BaseModel):
    """Whether the audit is as it was sealed, and what was looked at.

    ``unsealed`` rows are too new for a seal, ``unsealed_since`` is the oldest of them; ``dropped`` are months that
    retention let go; ``erased`` rows had a person's data.
    """

    intact: bool
    findings: list[Finding]
    rows: int
    seals: int
    anchored: int
    unsealed: int
    unsealed_since: datetime | None
    erased: int
    dropped: list[str]
    first_at: datetime | None
    last_at: datetime | None
    elapsed_ms: float
