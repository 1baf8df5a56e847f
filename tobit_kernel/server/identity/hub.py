"""People whom a JupyterHub vouches for: who holds a token of the Hub, and in which role they are here."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping
from typing import Any

import httpx

from tobit_kernel.errors import InputError, SourceUnavailable, Unauthenticated
from tobit_kernel.server.identity.accounts import External
from tobit_kernel.server.identity.roles import Role
from tobit_kernel.settings import Settings

#: A token that the Hub took back is known here for so long.
KEPT_S = 60.0
_MOST_KEPT = 10_000
_TIMEOUT_S = 10.0
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{8,512}")
#: Stands for everybody in the setting ``hub_roles``.
EVERYBODY = "*"
#: From the most to the least, as declared.
_BY_POWER = list(Role)


class HubIdentity:
    """Asks the Hub who holds a token, with that token itself: the gate needs none of its own.

    ``scope`` must be among the token's. The token that a person gave to another service of the Hub names
    them too; without this the service could come here in their name.
    """

    def __init__(
        self, api_url: str, scope: str, roles: Mapping[str, str], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._url = api_url.rstrip("/") + "/user"
        self._scope = scope
        self._roles = known_roles(roles)
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_S, transport=transport, trust_env=False)
        self._kept: dict[bytes, tuple[float, External]] = {}

    @classmethod
    def of(cls, settings: Settings) -> HubIdentity | None:
        """The Hub that the settings name, if any."""
        if not settings.hub_api_url:
            return None
        return cls(settings.hub_api_url, settings.hub_scope, settings.hub_roles)

    async def person(self, token: str) -> External:
        """Whose token it is; ``Unauthenticated`` when the Hub does not know it or it is not meant for the gate."""
        if not _TOKEN.fullmatch(token):
            raise _unknown()
        digest = hashlib.sha256(token.encode()).digest()
        kept = self._kept.get(digest)
        if kept and time.monotonic() - kept[0] < KEPT_S:
            return kept[1]
        found = self._understood(await self._asked(token))
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[digest] = (time.monotonic(), found)
        return found

    async def close(self) -> None:
        """Closes connections to the Hub."""
        await self._client.aclose()

    async def _asked(self, token: str) -> dict[str, Any]:
        try:
            answer = await self._client.get(self._url, headers={"authorization": f"token {token}"})
        except httpx.HTTPError as error:
            raise SourceUnavailable(
                f"JupyterHub does not answer: {type(error).__name__}.", "Your administrator sees TOBIT_HUB_API_URL."
            ) from None
        if answer.status_code in (401, 403):
            raise _unknown()
        try:
            told = answer.json() if answer.status_code == 200 else None
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise SourceUnavailable(
                f"What answers at TOBIT_HUB_API_URL is no JupyterHub (status {answer.status_code}).",
                "It ends in /hub/api.",
            )
        return told

    def _understood(self, told: dict[str, Any]) -> External:
        name = told.get("name")
        if told.get("kind") != "user" or not isinstance(name, str) or not name:
            raise Unauthenticated("This token of JupyterHub belongs to a service, not to a person.")
        if self._scope and self._scope not in told.get("scopes", []):
            raise Unauthenticated(
                "This token of JupyterHub is not meant for the gate.",
                f"The Hub's roles 'server' and 'user' need the scope {self._scope!r}.",
            )
        groups = sorted(str(group) for group in told.get("groups") or [])
        return External("hub", "hub", name, name, name=name, role=self._role(groups), groups=groups)

    def _role(self, groups: list[str]) -> Role | None:
        """The strongest role of the groups; None, where the configuration says nothing of anybody."""
        if not self._roles:
            return None
        found = {self._roles[group] for group in (*groups, EVERYBODY) if group in self._roles}
        return min(found, key=_BY_POWER.index, default=Role.VIEWER)


def known_roles(roles: Mapping[str, str]) -> dict[str, Role]:
    """The setting ``hub_roles``; ``InputError`` names a role that does not exist."""
    for role in roles.values():
        if role not in _BY_POWER:
            raise InputError(
                f"TOBIT_HUB_ROLES: {role!r} is no role.", f"Roles are {', '.join(role.value for role in Role)}."
            )
    return {group: Role(role) for group, role in roles.items()}


def _unknown() -> Unauthenticated:
    return Unauthenticated("JupyterHub does not know this token.", "Restart your server from the Hub's control panel.")
