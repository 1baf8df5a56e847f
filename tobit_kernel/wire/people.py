"""Bodies and answers about people, sessions, keys and permissions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from tobit_kernel.wire.models import Strict

#: Names that people sign in with: unique over all tenants, because they name schemas.
ACCOUNT = r"^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,99}$"
ROLES = Literal["admin", "manager", "approver", "analyst", "operator", "viewer"]
PERMISSIONS = Literal[
    "administer", "users", "sources", "quotas", "audit", "publish", "publish_own",
    "draft", "load", "share", "keys", "operate", "read", "see_pii",
]  # fmt: skip
DIMENSIONS = Literal["all", "factory", "line", "product_family", "shift", "equipment", "ci_group"]


Group = Annotated[str, Field(min_length=1, max_length=100)]
Value = Annotated[str, Field(max_length=200)]


class Me(BaseModel):
    """Who the gate takes the caller for, and what they may."""

    tenant: str
    user: str
    role: str
    groups: list[str] = []
    permissions: list[str] = []
    scopes: dict[str, list[str]] = {}
    via: str = "local"
    must_change_password: bool = False
    lang: str = ""
    time_zone: str = ""
    #: What this gate has switched on: ``data_explorer``.
    features: dict[str, bool] = {}


class AccountInfo(BaseModel):
    """A person as others may see them; nothing secret."""

    id: str
    name: str
    email: str = ""
    role: str
    groups: list[str] = []
    origin: str = "own"
    provider: str = ""
    has_password: bool = False
    has_totp: bool = False
    lang: str = ""
    time_zone: str = ""
    created_at: datetime
    last_sign_in_at: datetime | None = None
    locked_until: datetime | None = None
    disabled_at: datetime | None = None
    disabled_reason: str | None = None


class AccountPage(BaseModel):
    """A page of people by id, with the true total."""

    items: list[AccountInfo]
    total: int


class AccountDraft(Strict):
    """A new person; they choose their password by a one-time link."""

    id: str = Field(pattern=ACCOUNT)
    name: str = Field("", max_length=200)
    email: str = Field("", max_length=320)
    role: ROLES = "viewer"
    groups: list[Group] = Field(default=[], max_length=100)
    lang: Literal["", "en", "ko"] = ""
    time_zone: str = Field("", max_length=64)


class AccountChange(Strict):
    """What of a person changes; None stays as it is."""

    name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=320)
    role: ROLES | None = None
    groups: list[Group] | None = Field(None, max_length=100)
    lang: Literal["", "en", "ko"] | None = None
    time_zone: str | None = Field(None, max_length=64)
    disabled: bool | None = None
    reason: str = Field("", max_length=1000)


class SessionInfo(BaseModel):
    """A session without its token."""

    id: str
    account: str
    kind: str
    method: str
    created_at: datetime
    last_used_at: datetime
    ends_at: datetime
    ip: str | None = None
    agent: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None


class Signed(BaseModel):
    """A new session: ``token`` is shown this once. ``csrf`` goes with every change by cookie."""

    token: str = ""
    ends_at: datetime
    user: str
    tenant: str
    csrf: str = ""
    must_change_password: bool = False


class PermissionInfo(BaseModel):
    """A permission given to or taken from a role, a group or a person."""

    id: int
    subject_type: Literal["role", "group", "account"]
    subject: str
    permission: str
    resource: str
    is_allowed: bool
    reason: str
    given_by: str
    given_at: datetime
    ends_at: datetime | None = None


class PermissionDraft(Strict):
    """A permission to give or take; the reason is shown to whom it refuses."""

    subject_type: Literal["role", "group", "account"]
    subject: str = Field(min_length=1, max_length=100)
    permission: PERMISSIONS
    resource: str = Field("*", max_length=200, pattern=r"^(\*|[a-z]+/\S+)$")
    is_allowed: bool = True
    reason: str = Field(min_length=1, max_length=1000)
    ends_at: datetime | None = None


class ScopeInfo(BaseModel):
    """A value of a dimension that somebody sees."""

    subject_type: Literal["role", "group", "account"]
    subject: str
    dimension: str
    value: str
    reason: str
    given_by: str
    given_at: datetime


class ScopeDraft(Strict):
    """Values of a dimension to show somebody; ``*`` for all of it."""

    subject_type: Literal["role", "group", "account"]
    subject: str = Field(min_length=1, max_length=100)
    dimension: DIMENSIONS
    values: list[Value] = Field(min_length=1, max_length=1000)
    reason: str = Field(min_length=1, max_length=1000)


class OnlyDraft(Strict):
    """All that somebody is shown: these values, and of dimensions that are not named all."""

    subject_type: Literal["role", "group", "account"]
    subject: str = Field(min_length=1, max_length=100)
    values: dict[DIMENSIONS, Annotated[list[Value], Field(min_length=1, max_length=1000)]] = Field(min_length=1)
    reason: str = Field(min_length=1, max_length=1000)


class Shown(BaseModel):
    """How many values were added, and which of them stand in no row of the tenant."""

    rows: int
    unknown: list[str] = []


class MatrixLine(BaseModel):
    """A line of the role matrix: role → "all tenants", "own tenant" or nothing."""

    permission: str
    reason: str
    roles: dict[str, str | None]


class Access(BaseModel):
    """The role matrix with the rows that the tenant added."""

    matrix: list[MatrixLine]
    permissions: list[PermissionInfo]
    scopes: list[ScopeInfo]


class Personal(BaseModel):
    """Everything that is kept about a person, for them (GDPR)."""

    account: dict[str, Any]
    tables: dict[str, list[dict[str, Any]]]
