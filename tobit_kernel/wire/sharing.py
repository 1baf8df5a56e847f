"""Links to results."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field, SecretStr

from tobit_kernel.wire.models import QueryAnswer, QueryRequest, Strict

#: A shared result is read by people, as JSON.
MOST_ROWS = 10_000
LONGEST_DAYS = 365


class ShareDraft(Strict):
    """A statement whose result others may see: it runs anew each time, with its owner's permissions of that time."""

    request: QueryRequest
    title: str = Field("", max_length=200)
    days: float = Field(7, gt=0, le=LONGEST_DAYS)
    uses: int | None = Field(None, ge=1, le=1_000_000, description="how often it opens; none: until it ends")
    password: SecretStr | None = Field(None, min_length=4, max_length=256)


class ShareInfo(BaseModel):
    """A link without its secret. ``state`` is open, ended, used up or revoked."""

    id: str
    owner: str
    title: str
    statement: str
    source: str
    state: str
    has_password: bool
    created_at: datetime
    ends_at: datetime
    uses_left: int | None = None
    opened: int = 0
    last_opened_at: datetime | None = None


class Shared(ShareInfo):
    """A new link; ``path`` is told this once. What stands behind its ``#`` never reaches a server's log."""

    path: str
    address: str = Field("", description="all of the link, when the gate was told its public address")


class ShareAccess(BaseModel):
    """Somebody came by a link."""

    at: datetime
    outcome: str
    rows: int | None = None
    ip: str | None = None
    agent: str | None = None


class ShareKey(Strict):
    """What opens a link."""

    token: str = Field(min_length=20, max_length=100, repr=False)
    password: SecretStr = Field(SecretStr(""), max_length=256)


class SharedResult(BaseModel):
    """What a link shows."""

    title: str
    owner: str
    ends_at: datetime
    uses_left: int | None = None
    result: QueryAnswer
