"""What vouches for people: OpenID Connect and LDAP."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator, model_validator

from tobit_kernel.wire.models import NAME, Strict
from tobit_kernel.wire.people import ROLES


class Mapping(NamedTuple):
    """What a provider told of a person."""

    id: str
    name: str
    email: str


class _Options(Strict):
    #: Groups (or values of a claim) and the role that they give; the highest counts.
    roles: dict[str, ROLES] = Field(default={}, description="group → role; empty: roles are given here")
    default_role: Literal["", "manager", "approver", "analyst", "operator", "viewer"] = Field(
        "viewer", description="role without a group of `roles`; empty: no entry"
    )
    prefix: str = Field("", pattern=r"^[A-Za-z0-9_.-]{0,20}$", description="put before user names")


#: preset → what differs from plain OpenID Connect
PRESETS: dict[str, dict[str, Any]] = {
    "google": {"issuer": "https://accounts.google.com", "id_claim": "email", "groups_claim": "hd"},
    "microsoft": {"id_claim": "preferred_username", "groups_claim": "roles"},
    "keycloak": {"id_claim": "preferred_username", "groups_claim": "groups"},
    "": {},
}


class OidcOptions(_Options):
    """OpenID Connect: code flow with PKCE and nonce."""

    preset: Literal["", "google", "microsoft", "keycloak"] = ""
    issuer: str = Field(
        "", validate_default=True, max_length=500, description="what /.well-known/openid-configuration is appended to"
    )
    client_id: str = Field(min_length=1, max_length=500)
    scopes: str = "openid profile email"
    id_claim: str = Field("preferred_username", description="claim that becomes the user name")
    groups_claim: str = Field("groups", description="claim of groups or roles; a.b reads inside")
    domains: list[str] = Field(default=[], max_length=100, description="e-mail domains let in; empty: all")
    title: str = Field("", max_length=80, description="what the sign-in page shows")

    @model_validator(mode="before")
    @classmethod
    def _of_preset(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {**PRESETS.get(str(given.get("preset", "")), {}), **given}
        return given

    @field_validator("issuer")
    @classmethod
    def _safe(cls, value: str) -> str:
        return _encrypted(value, "https")


class LdapOptions(_Options):
    """LDAP: a search by the gate's own login, then a bind as the person."""

    url: str = Field(max_length=500, description="ldaps://host or ldap://host with start_tls")
    start_tls: bool = False
    ca_file: str = Field("", description="certificates to trust beside the system's")
    bind_dn: str = Field("", description="the gate's own login; its password is the secret")
    base_dn: str = Field(min_length=1)
    user_filter: str = Field("(uid={name})", pattern=r"\{name\}")
    id_attribute: str = "uid"
    name_attribute: str = "cn"
    email_attribute: str = "mail"
    groups_attribute: str = Field("", description="attribute of the person that lists groups, such as memberOf")
    group_base_dn: str = Field("", description="where groups are searched, when no attribute lists them")
    group_filter: str = "(member={dn})"
    group_name_attribute: str = "cn"
    title: str = Field("", max_length=80)

    @model_validator(mode="after")
    def _safe(self) -> LdapOptions:
        if not self.start_tls:
            _encrypted(self.url, "ldaps")
        return self


class ProviderDraft(Strict):
    """A provider to register; ``secret`` is encrypted at once and never shown again."""

    name: str = Field(pattern=NAME)
    kind: Literal["oidc", "ldap"]
    options: dict[str, Any]
    secret: str = Field("", max_length=4000, repr=False)


class ProviderInfo(BaseModel):
    """A provider without its secret."""

    name: str
    kind: str
    options: dict[str, Any]
    is_enabled: bool = True


def _encrypted(url: str, scheme: str) -> str:
    """``url`` when passwords may go there: encrypted, or not beyond this machine."""
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise ValueError("must hold no password")
    if parts.scheme == scheme or parts.hostname in ("127.0.0.1", "::1", "localhost"):
        return url.rstrip("/")
    raise ValueError(f"must begin with {scheme}://")
