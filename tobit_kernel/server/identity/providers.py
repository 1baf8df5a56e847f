"""Who else vouches for people of a tenant: OpenID Connect and LDAP, as records with an encrypted secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import Conflict, InputError, NotFound
from tobit_kernel.server.identity.accounts import External
from tobit_kernel.server.identity.principal import Principal, Role
from tobit_kernel.server.store.secrets import Secrets
from tobit_kernel.wire.providers import LdapOptions, OidcOptions, ProviderDraft, ProviderInfo
from tobit_kernel.wire.providers import Mapping as Told

_OPTIONS: dict[str, type[OidcOptions] | type[LdapOptions]] = {"oidc": OidcOptions, "ldap": LdapOptions}
_COLUMNS = "tenant_id, name, kind, options, secret, is_enabled"
_ALL = text(f"select {_COLUMNS} from gate.provider where is_enabled order by name")  # noqa: S608 - our own names
_OF_TENANT = text(f"select {_COLUMNS} from gate.provider where tenant_id = :tenant order by name")  # noqa: S608
_ADD = text(
    "insert into gate.provider (tenant_id, name, kind, options, secret, created_by)"
    " values (:tenant, :name, :kind, cast(:options as jsonb), :secret, :by) on conflict do nothing"
)
_REMOVE = text("delete from gate.provider where tenant_id = :tenant and name = :name")


@dataclass(frozen=True)
class Provider:
    """A record, with its secret readable."""

    tenant: str
    name: str
    kind: str
    options: OidcOptions | LdapOptions
    secret: str = field(default="", repr=False)


class Providers:
    """The providers of all tenants."""

    def __init__(self, engine: AsyncEngine, secrets: Secrets) -> None:
        self._engine, self._secrets = engine, secrets

    async def enabled(self, kind: str | None = None) -> list[Provider]:
        """Those that people may sign in by, of all tenants."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_ALL)).mappings().all()
        return [self._made(row) for row in rows if kind in (None, row["kind"])]

    async def get(self, name: str, kind: str) -> Provider:
        """The enabled provider ``name``; ``NotFound``."""
        for provider in await self.enabled(kind):
            if provider.name == name:
                return provider
        raise NotFound(f"There is no sign-in {name!r}.", "The sign-in page lists what there is.")

    async def known(self, tenant: str) -> list[ProviderInfo]:
        """The tenant's providers, without secrets."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_OF_TENANT, {"tenant": tenant})).mappings().all()
        return [_info(row) for row in rows]

    async def add(self, by: Principal, tenant: str, draft: ProviderDraft) -> ProviderInfo:
        """Registers a provider; its options are checked, its secret is encrypted."""
        try:
            options = _OPTIONS[draft.kind].model_validate(draft.options)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(["options", *(str(step) for step in first["loc"])])
            raise InputError(f"{where}: {first['msg']}.", "docs: how-to/sign-in-elsewhere.", field=where) from None
        values = {
            "tenant": tenant,
            "name": draft.name,
            "kind": draft.kind,
            "options": options.model_dump_json(),
            "secret": self._secrets.encrypt(tenant, draft.secret) if draft.secret else None,
            "by": by.user,
        }
        async with self._engine.begin() as connection:
            if not (await connection.execute(_ADD, values)).rowcount:
                raise Conflict(f"There is a sign-in {draft.name!r} already.", "Remove it first.")
        return ProviderInfo(name=draft.name, kind=draft.kind, options=options.model_dump(mode="json"))

    async def remove(self, tenant: str, name: str) -> None:
        """Forgets a provider; accounts that came by it stay, without a way in."""
        async with self._engine.begin() as connection:
            if not (await connection.execute(_REMOVE, {"tenant": tenant, "name": name})).rowcount:
                raise NotFound(f"There is no sign-in {name!r}.", "`%tobit users --providers` lists them.")

    def _made(self, row: Mapping[Any, Any]) -> Provider:
        tenant = row["tenant_id"]
        secret = self._secrets.decrypt(tenant, bytes(row["secret"])) if row["secret"] else ""
        return Provider(tenant, row["name"], row["kind"], _OPTIONS[row["kind"]].model_validate(row["options"]), secret)


def external(provider: Provider, subject: str, facts: Told, groups: list[str]) -> External:
    """The person with the role that their groups give; ``roles`` of the options maps group to role."""
    options = provider.options
    order = list(Role)
    given = [Role(options.roles[group]) for group in groups if group in options.roles]
    fallback = Role(options.default_role) if options.default_role else None
    role = min(given, key=order.index) if given else (fallback if options.roles else None)
    return External(
        provider.kind,
        provider.name,
        subject,
        options.prefix + facts.id,
        name=facts.name[:200],
        email=facts.email[:320],
        role=role,
        groups=[group[:100] for group in groups if group],
        tenant=provider.tenant,
    )


def _info(row: Mapping[Any, Any]) -> ProviderInfo:
    options = _OPTIONS[row["kind"]].model_validate(row["options"])
    return ProviderInfo(
        name=row["name"], kind=row["kind"], options=options.model_dump(mode="json"), is_enabled=row["is_enabled"]
    )
