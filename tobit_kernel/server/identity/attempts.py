"""How often somebody may try to sign in: by name and by IP address, with pauses that double.

An attempt is counted before its password is looked at and given back afterwards, so that a hundred at
once are no more than a hundred one by one. Names that nobody has are counted like others: a pause tells
nothing about who exists. While a pause lasts no password is looked at, or the pause would tell a right one.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import RateLimited

#: Failures before the first pause: of a name, and of an address, behind which a whole office may sit.
BY_NAME, BY_ADDRESS = 5, 30
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
#: Failures older than this count no more.
FORGOTTEN = timedelta(days=1)

_TAKE = text(
    "insert into gate.attempt as a (subject, failures, last_at) values (:subject, 1, :now)"
    " on conflict (subject) do update set last_at = :now, locked_until = null,"
    " failures = case when a.last_at < :forgotten then 1 else a.failures + 1 end"
    " where a.locked_until is null or a.locked_until <= :now"
    " returning failures"
)
_LOCK = text("update gate.attempt set locked_until = :until where subject = :subject")
_LOCKED = text("select locked_until from gate.attempt where subject = :subject")
_GIVE_BACK = text(
    "update gate.attempt set failures = greatest(failures - 1, 0), locked_until = null where subject = :subject"
)
_FORGET = text("delete from gate.attempt where subject = :subject")


def pause(failures: int, allowed: int) -> timedelta | None:
    """How long nothing is tried after so many failures; None before ``allowed`` of them."""
    if failures < allowed:
        return None
    doubled: int = 2 ** min(failures - allowed, 10)
    return min(LONGEST, FIRST * doubled)


@dataclass(frozen=True)
class Attempt:
    """One that is counted; ``until`` is the end of the pause that begins when it fails."""

    name: str
    address: str | None
    until: datetime | None = None


def _now() -> datetime:
    return datetime.now(UTC)


class Attempts:
    """The attempts at all names, on all gates of a database."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], datetime] = _now) -> None:
        self._engine, self._clock = engine, clock

    async def begin(self, name: str, ip: str | None) -> Attempt:
        """Counts an attempt; ``RateLimited`` during a pause, until when is told."""
        address = _address(ip)
        async with self._engine.connect() as connection:
            until = await self._take(connection, f"ip/{address}", BY_ADDRESS) if address else None
            also = await self._take(connection, _of(name), BY_NAME)
            await connection.commit()
        return Attempt(name, address, max(filter(None, (until, also)), default=None))

    async def succeeded(self, attempt: Attempt) -> None:
        """The name's failures are forgotten. The address's are not: its owner may have an account of their own."""
        async with self._engine.begin() as connection:
            await connection.execute(_FORGET, {"subject": _of(attempt.name)})
            if attempt.address:
                await connection.execute(_GIVE_BACK, {"subject": f"ip/{attempt.address}"})

    async def undecided(self, attempt: Attempt) -> None:
        """Neither right nor wrong, such as a password without its code: nothing is counted, nothing forgotten."""
        async with self._engine.begin() as connection:
            await connection.execute(_GIVE_BACK, {"subject": _of(attempt.name)})
            if attempt.address:
                await connection.execute(_GIVE_BACK, {"subject": f"ip/{attempt.address}"})

    async def unlock(self, name: str) -> None:
        """Forgets the name's failures."""
        async with self._engine.begin() as connection:
            await connection.execute(_FORGET, {"subject": _of(name)})

    async def _take(self, connection: AsyncConnection, subject: str, allowed: int) -> datetime | None:
        now = self._clock()
        values = {"subject": subject, "now": now, "forgotten": now - FORGOTTEN}
        failures: int | None = await connection.scalar(_TAKE, values)
        if failures is None:
            until = await connection.scalar(_LOCKED, {"subject": subject})
            await connection.commit()  # what was counted before stays counted
            raise _paused(until or now, now)
        length = pause(failures, allowed)
        if length is None:
            return None
        await connection.execute(_LOCK, {"subject": subject, "until": now + length})
        return now + length


def _paused(until: datetime, now: datetime) -> RateLimited:
    return RateLimited(
        f"Too many failed attempts: the next is possible at {until.astimezone(UTC):%H:%M:%S} UTC.",
        "Wait until then; an administrator can end it: `%tobit users --unlock NAME`.",
        until=until.isoformat(),
        retry_after_s=max(1, round((until - now).total_seconds())),
    )


def _of(name: str) -> str:
    """Names that nobody can have take no more room than others."""
    return f"name/{name}" if len(name) <= 100 else f"name/{hashlib.sha256(name.encode()).hexdigest()}"


def _address(ip: str | None) -> str | None:
    """What is counted as one: an IPv4 address, an IPv6 network of 64 bits. None for this very machine."""
    if ip is None:
        return None
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return None
    if found.is_loopback:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
