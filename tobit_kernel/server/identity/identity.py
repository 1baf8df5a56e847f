"""From what a request carries to its principal, checked at once and remembered for a moment."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import Unauthenticated
from tobit_kernel.server.identity.principal import LOCAL, Permission, Principal, Role, Via
from tobit_kernel.server.identity.rules import Rule, SubjectType
from tobit_kernel.server.identity.scopes import ALL_ACCESS, Scopes
from tobit_kernel.server.identity.token import LocalToken
from tobit_kernel.server.store.direct import executed
from tobit_kernel.server.store.notify import Notices

#: Where changes of people are told.
CHANNEL = "tobit_identity"
#: How long a checked token is believed while notices of changes arrive.
BELIEVED_S = 30.0
#: How many are remembered.
_REMEMBERED = 10_000

#: What somebody shares never shows personal data, whatever they see themselves.
_SHARED = frozenset(Permission) - {Permission.SEE_PII}
_KNOWN = files(__package__).joinpath("known.sql").read_text("utf-8")
_USED = text(
    "update gate.session set last_used_at = now() where digest = any(:digests) and ended_at is null"
)
_USED_KEYS = text("update gate.api_key set last_used_at = now() where digest = any(:digests)")


@dataclass(frozen=True)
class _Belief:
    principal: Principal
    until: float


class Identity:
    """Knows callers by the local token, a session or an API key."""

    def __init__(
        self, local: LocalToken | None, engine: AsyncEngine | None = None, notices: Notices | None = None
    ) -> None:
        self._local, self._engine, self._notices = local, engine, notices
        self._beliefs: dict[bytes, _Belief] = {}
        self._used: set[bytes] = set()
        #: Counts what was told; what was looked up before a notice is not remembered after it.
        self._epoch = 0
        if notices is not None:
            notices.on(CHANNEL, lambda _: self.forget())

    @property
    def is_local(self) -> bool:
        """Whether this is the gate of one person on their own machine."""
        return self._local is not None

    def forget(self) -> None:
        """Every token is looked up again at its next use."""
        self._epoch += 1
        self._beliefs.clear()

    async def identify(self, token: str | None) -> Principal:
        """The caller with ``token`` (of a header or cookie); else ``Unauthenticated``."""
        if not token:
            raise Unauthenticated()
        digest = digest_of(token)
        if self._local is not None:
            principal = self._local.known(digest)
            if principal is not None:
                return principal
        belief = self._beliefs.get(digest)
        now = time.monotonic()
        if belief is None or belief.until < now:
            belief = await self._looked_up(digest, now)
        self._used.add(digest)
        return belief.principal

    async def _looked_up(self, digest: bytes, now: float) -> _Belief:
        if self._engine is None:
            raise Unauthenticated()
        listening = self._notices is not None and self._notices.is_listening
        epoch = self._epoch
        rows = await executed(self._engine, _KNOWN, {"digest": digest, "account": None})
        if not rows:
            self._beliefs.pop(digest, None)
            raise Unauthenticated()
        principal, left_s = _principal(*rows[0])
        if self._local is None and principal.user == LOCAL.user:  # of the time when one person used this database
            raise Unauthenticated()
        belief = _Belief(principal, now + min(BELIEVED_S if listening else 0.0, left_s))
        if listening and epoch == self._epoch:
            if len(self._beliefs) >= _REMEMBERED:
                self._beliefs.clear()
            self._beliefs[digest] = belief
        return belief

    async def of_account(self, account: str) -> Principal:
        """The principal of an account as it is now, for what it has shared; ``Unauthenticated`` when it is no more."""
        if self._local is not None and account == LOCAL.user:
            return replace(LOCAL, via=Via.SHARE, limited_to=_SHARED)
        return replace(await self.person(account), limited_to=_SHARED)

    async def person(self, account: str) -> Principal:
        """What an account may now, without being one of its requests; ``Unauthenticated`` when it is no more."""
        rows = await executed(self._engine, _KNOWN, {"digest": b"", "account": account}) if self._engine else []
        if not rows:
            raise Unauthenticated()
        return _principal(*rows[0])[0]

    async def flush(self) -> None:
        """Writes down which sessions and keys were used since the last time: sessions slide by it."""
        if not self._used or self._engine is None:
            return
        digests, self._used = list(self._used), set()
        async with self._engine.begin() as connection:
            await connection.execute(_USED, {"digests": digests})
            await connection.execute(_USED_KEYS, {"digests": digests})


def digest_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.strip().encode()).digest()


def _principal(
    tenant: str,
    user: str,
    role: str,
    must_change: bool,
    lang: str,
    time_zone: str,
    credential: str,
    via: str,
    permissions: list[str] | None,
    idle_s: int | None,
    left_s: float | None,
    groups: list[str],
    rules: list[list[Any]],
    scopes: list[tuple[str, str]],
) -> tuple[Principal, float]:
    own = Role(role)
    known = [rule for rule in rules if rule[2] in set(Permission)]
    principal = Principal(
        tenant,
        user,
        own,
        groups=frozenset(groups),
        rules=tuple(Rule(SubjectType(rule[0]), rule[1], Permission(rule[2]), *rule[3:]) for rule in known),
        scopes=ALL_ACCESS if own in (Role.ADMIN, Role.MANAGER) else Scopes.of(scopes),
        via=Via(via),
        credential=credential,
        limited_to=None if permissions is None else frozenset(map(Permission, permissions)),
        must_change_password=must_change,
        lang=lang,
        time_zone=time_zone,
    )
    return principal, min(left_s if left_s is not None else BELIEVED_S, idle_s or BELIEVED_S)
