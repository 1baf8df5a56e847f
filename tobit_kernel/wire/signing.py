"""Bodies and answers of signing in: passwords, codes, one-time links, API keys, tenants."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from tobit_kernel.wire.models import Strict
from tobit_kernel.wire.people import PERMISSIONS


class Credentials(Strict):
    """What a person shows to sign in; ``code`` where they have a second factor."""

    name: str = Field(min_length=1, max_length=320)
    password: str = Field(min_length=1, max_length=1000)
    code: str = Field("", max_length=40)
    kind: Literal["browser", "program"] = "browser"


class OneTime(Strict):
    """A one-time link's secret and the password that its owner chose."""

    token: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=256)
    code: str = Field("", max_length=40)
    kind: Literal["browser", "program"] = "browser"


class OneTimeQuestion(Strict):
    """Asks for whom a link is, and how good a password would be."""

    token: str = Field(min_length=1, max_length=200)
    password: str = Field("", max_length=256)


class OneTimeAnswer(BaseModel):
    """For whom a link is; ``problem`` says what a password lacks, ``score`` 0 to 4 how hard it is to guess."""

    user: str
    name: str
    needs_code: bool
    score: int | None = None
    problem: str = ""
    hint: str = ""


class HubToken(Strict):
    """The token that JupyterHub gave to a server."""

    token: str = Field(min_length=1, max_length=4000)


class SignInMethod(BaseModel):
    """A way to sign in; ``url`` is where a browser begins it."""

    method: str
    name: str
    title: str
    url: str = ""


class PasswordChange(Strict):
    """The present password and another one."""

    old: str = Field(min_length=1, max_length=1000)
    new: str = Field(min_length=1, max_length=256)


class PasswordShown(Strict):
    """The caller's password once more, where an open session is not enough."""

    password: str = Field(min_length=1, max_length=1000)


class CodeShown(Strict):
    """A code of the app."""

    code: str = Field(min_length=6, max_length=40)


class TotpEnrolment(BaseModel):
    """What an app scans (``svg``) or a person types into it (``secret``)."""

    uri: str
    svg: str
    secret: str


class Factor(BaseModel):
    """Whether somebody has a password here, and a second factor beside it."""

    has_password: bool
    has_totp: bool


class RecoveryCodes(BaseModel):
    """Codes for who loses the app, shown this once."""

    codes: list[str]


class SignInInfo(BaseModel):
    """A sign-in or an attempt at one."""

    at: datetime
    account: str | None
    method: str
    outcome: str
    ip: str | None = None
    agent: str | None = None


class Invitation(BaseModel):
    """A one-time link, told this once: ``path`` behind the gate's address, or ``token`` for `tobit login --link`."""

    user: str
    token: str
    path: str
    ends_at: datetime


class Recovery(Strict):
    """Why somebody needs a new password; ``clear_totp`` when their app is lost too."""

    reason: str = Field(min_length=1, max_length=1000)
    clear_totp: bool = False


class Erasure(Strict):
    """Why a person is erased; ``keep_tables`` leaves what they loaded."""

    reason: str = Field(min_length=1, max_length=1000)
    keep_tables: bool = False


class Erased(BaseModel):
    """What stands in a person's place."""

    pseudonym: str
    audit_rows: int
    schema_dropped: bool


class KeyDraft(Strict):
    """A new API key: what it may at most, and for how long."""

    name: str = Field(min_length=1, max_length=100)
    permissions: list[PERMISSIONS] = Field(default=["read"], min_length=1, max_length=20)
    days: int = Field(90, ge=1, le=365)


class KeyRotation(Strict):
    """How long the old token still works."""

    grace_s: int = Field(3600, ge=0, le=86400)


class KeyInfo(BaseModel):
    """A key without its token; ``hint`` is how it begins."""

    id: str
    account: str
    name: str
    hint: str
    permissions: list[str] | None = None
    created_at: datetime
    ends_at: datetime | None = None
    last_used_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    replaced_by: str | None = None


class KeyMade(KeyInfo):
    """A new key with its token, shown this once."""

    token: str


class TenantDraft(Strict):
    """A new tenant."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,79}$")
    name: str = Field("", max_length=200)


class TenantInfo(BaseModel):
    """A tenant and how many people it has."""

    id: str
    name: str
    created_at: datetime
    people: int = 0
