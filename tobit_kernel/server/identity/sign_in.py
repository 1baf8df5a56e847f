"""Signing in: what somebody shows becomes a session, and history and audit keep that it did.

Whatever is wrong gets one answer: name, password or code. A name that nobody has, a disabled account and one
without a password cost the same work as a wrong password.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import RateLimited, Refused, TobitError, Unauthenticated
from tobit_kernel.server.audit.record import ActorType, Audit, Event
from tobit_kernel.server.identity.accounts import Accounts, External
from tobit_kernel.server.identity.attempts import Attempt, Attempts
from tobit_kernel.server.identity.one_time import Invited, Links
from tobit_kernel.server.identity.passwords import Hashing, is_old, require_good
from tobit_kernel.server.identity.principal import Principal, Role, Via
from tobit_kernel.server.identity.sessions import Kind, Opened, Origin, Sessions
from tobit_kernel.server.identity.totp import Totp

_FIND = text(
    "select id, tenant_id, role, password_hash, totp_secret is not null as has_totp from gate.account"
    " where id = :name and id <> 'local' and disabled_at is null"
)
_SET = text(
    "update gate.account set password_hash = :stored, password_changed_at = now(), must_change_password = false"
    " where id = :id and origin = 'own'"
)
_REHASH = text("update gate.account set password_hash = :stored where id = :id and password_hash = :old")
_HAS = text("select password_hash, email, name from gate.account where id = :id")
_SIGNED = text("update gate.account set last_sign_in_at = now() where id = :id")
_KEEP = text(
    "insert into gate.sign_in (tenant_id, account, name, method, outcome, ip, agent)"
    " values (:tenant, :account, :name, :method, :outcome, :ip, :agent)"
)

#: Asks a provider that knows passwords itself, such as a directory; None when it does not know the pair.
Vouching = Callable[[str, str], Awaitable[External | None]]


@dataclass(frozen=True)
class _Known:
    """What the gate knows of a name before it believes it."""

    id: str
    tenant: str
    role: str
    stored: str | None
    has_totp: bool


@dataclass
class SignIn:
    """The ways in."""

    engine: AsyncEngine
    audit: Audit
    accounts: Accounts
    sessions: Sessions
    attempts: Attempts
    links: Links
    totp: Totp
    hashing: Hashing = field(default_factory=Hashing)
    #: Providers that check passwords, by the method that a session is marked with.
    vouching: dict[str, Vouching] = field(default_factory=dict)

    async def by_password(self, name: str, password: str, code: str, kind: Kind, origin: Origin) -> Opened:
        """A session for name, password and, where there is a second factor, its code.

        ``Unauthenticated`` with ``needs="code"`` when only the code is missing; ``RateLimited`` during a pause.
        """
        attempt = await self._begin(name, origin)
        known = await self._known(name)
        right = await self.hashing.fits(known.stored if known else None, password)
        if not right or known is None:
            asked = known is None or known.stored is None
            person, method = await self._vouched(name, password) if asked else (None, "")
            if person is None:
                raise await self._failed(attempt, known, "password", origin)
            opened = await self.enter(person, method, kind, origin)
            await self.attempts.succeeded(attempt)
            return opened
        await self._check_code(attempt, known, code, origin)
        async with self.engine.begin() as connection:
            if known.stored and is_old(known.stored):
                fresh = {"id": known.id, "old": known.stored, "stored": await self.hashing.hashed(password)}
                await connection.execute(_REHASH, fresh)
            opened = await self._opened(connection, known.id, kind, "password", origin)
        await self.attempts.succeeded(attempt)
        await self._told(opened, "password", origin)
        return opened

    async def by_link(self, token: str, password: str, code: str, kind: Kind, origin: Origin) -> Opened:
        """Sets the password of who has the link, and a session; what had been open before ends."""
        invited = await self.invited(token, origin)
        await require_good(password, [invited.id, invited.name, invited.email])
        attempt = await self._begin(invited.id, origin)
        known = await self._known(invited.id)
        if known is not None:
            await self._check_code(attempt, known, code, origin)
        stored = await self.hashing.hashed(password)
        async with self.engine.begin() as connection:
            if known is None or not await self.links.use(connection, token):
                raise _over()
            await connection.execute(_SET, {"id": known.id, "stored": stored})
            await self.sessions.end_all(connection, known.id, known.id)
            opened = await self._opened(connection, known.id, kind, "link", origin)
        await self.attempts.succeeded(attempt)
        await self._told(opened, "link", origin)
        return opened

    async def invited(self, token: str, origin: Origin) -> Invited:
        """For whom a link is; ``Unauthenticated`` for one that is used, over or made up."""
        found = await self.links.whose(token)
        if found is None:
            raise _over()  # nothing is kept of secrets that are made up: anybody can make up millions
        return found

    async def enter(
        self, external: External, method: str, kind: Kind, origin: Origin, provider_session: str | None = None
    ) -> Opened:
        """A session for a person whom a provider vouches for."""
        async with self.engine.begin() as connection:
            account = await self.accounts.external(connection, external)
            opened = await self._opened(connection, account, kind, method, origin, provider_session)
        await self._told(opened, method, origin)
        return opened

    async def change_password(self, principal: Principal, old: str, new: str, origin: Origin) -> None:
        """Another password for who knows the present one; their other sessions end."""
        async with self.engine.connect() as connection:
            stored, email, name = (await connection.execute(_HAS, {"id": principal.user})).one()
        if stored is None:
            raise Refused("This account has no password here.", "Change it where you sign in.")
        await require_good(new, [principal.user, name, email])
        attempt = await self._begin(principal.user, origin)
        if not await self.hashing.fits(stored, old):
            known = _Known(principal.user, principal.tenant, principal.role, stored, False)
            raise await self._failed(attempt, known, "password", origin)
        fresh = await self.hashing.hashed(new)
        async with self.engine.begin() as connection:
            await connection.execute(_SET, {"id": principal.user, "stored": fresh})
            await self.sessions.end_all(connection, principal.user, principal.user, but=principal.credential)
        await self.attempts.succeeded(attempt)

    async def require_password(self, principal: Principal, password: str, origin: Origin) -> None:
        """``Unauthenticated`` unless ``password`` is the caller's: an open session alone changes no way in."""
        attempt = await self._begin(principal.user, origin)
        known = await self._known(principal.user)
        if known is None or not await self.hashing.fits(known.stored, password):
            raise await self._failed(attempt, known, "password", origin)
        await self.attempts.undecided(attempt)

    # -- one after the other --------------------------------------------------

    async def _begin(self, name: str, origin: Origin) -> Attempt:
        try:
            return await self.attempts.begin(name, origin.ip)
        except RateLimited:
            await self._keep(await self._known(name), name, "password", "paused", origin)
            raise

    async def _known(self, name: str) -> _Known | None:
        async with self.engine.connect() as connection:
            row = (await connection.execute(_FIND, {"name": name})).first()
        return None if row is None else _Known(*row)

    async def _vouched(self, name: str, password: str) -> tuple[External | None, str]:
        for method, asked in self.vouching.items():
            person = await asked(name, password)
            if person is not None:
                return person, method
        return None, ""

    async def _check_code(self, attempt: Attempt, known: _Known, code: str, origin: Origin) -> None:
        if not known.has_totp:
            return
        if not code:
            await self.attempts.undecided(attempt)
            raise Unauthenticated(
                "This account also needs a code.", "The app shows it; or take one from paper.", needs="code"
            )
        async with self.engine.begin() as connection:
            right = await self.totp.accepts(connection, known.id, code)
        if not right:
            raise await self._failed(attempt, known, "code", origin)

    async def _opened(
        self,
        connection: AsyncConnection,
        account: str,
        kind: Kind,
        method: str,
        origin: Origin,
        provider_session: str | None = None,
    ) -> Opened:
        opened = await self.sessions.open(connection, account, kind, method, origin, provider_session)
        await connection.execute(_SIGNED, {"id": account})
        return opened

    async def _told(self, opened: Opened, method: str, origin: Origin) -> None:
        known = _Known(opened.account, opened.tenant, opened.role, None, False)
        await self._keep(known, opened.account, method, "ok", origin)
        await self.audit.record(_event(known, "sign-in", origin, resource=opened.id, reason=method))

    async def _failed(self, attempt: Attempt, known: _Known | None, what: str, origin: Origin) -> TobitError:
        """The one error for all that is wrong, after it was written down."""
        await self._keep(known, attempt.name, what, "wrong", origin)
        told = {"outcome": "Unauthenticated", "reason": what}
        if known is not None:
            await self.audit.record(_event(known, "sign-in", origin, **told))
        if attempt.until is not None:
            until = f"until {attempt.until:%Y-%m-%d %H:%M:%S} UTC"
            await self.audit.record(_event(known, "sign-in.pause", origin, outcome="RateLimited", reason=until))
        return Unauthenticated("Name, password or code is wrong.", "After some failures there are pauses that grow.")

    async def _keep(self, known: _Known | None, name: str, method: str, outcome: str, origin: Origin) -> None:
        """A line of the history. A name that nobody has is left out: it may be a password in the wrong field."""
        values = {"tenant": known and known.tenant, "account": known and known.id, "name": name if known else ""}
        values |= {"method": method, "outcome": outcome, "ip": origin.ip, "agent": (origin.agent or "")[:500]}
        async with self.engine.begin() as connection:
            await connection.execute(_KEEP, values)


def _over() -> Unauthenticated:
    return Unauthenticated(
        "This link was used, is over, or never was.", "Links work once and for a day; an administrator makes another."
    )


def _event(known: _Known | None, action: str, origin: Origin, **more: Any) -> Event:
    """For the audit: by the account, or by nobody of the default tenant."""
    by = Principal(
        known.tenant if known else "default",
        known.id if known else "-",
        Role(known.role) if known else Role.VIEWER,
        via=Via.SYSTEM,
    )
    kind = ActorType.USER if known else ActorType.SYSTEM
    return Event(
        by, action, ip=origin.ip, agent=origin.agent, trace_id=origin.trace_id, actor_type=kind, **more
    )
