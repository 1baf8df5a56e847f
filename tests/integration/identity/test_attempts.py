"""Pauses and codes on a real database, by a clock that the test turns."""

from __future__ import annotations

import secrets as random
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import InputError, RateLimited
from tobit_kernel.server.identity.attempts import Attempts
from tobit_kernel.server.identity.totp import Totp
from tobit_kernel.server.store.secrets import Secrets

MINUTE = timedelta(minutes=1)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


async def test_a_pause_ends_and_the_next_is_longer(engine: AsyncEngine) -> None:
    clock = Clock()
    attempts = Attempts(engine, clock)
    for _ in range(4):
        assert (await attempts.begin("kim", None)).until is None
    assert (await attempts.begin("kim", None)).until == clock.now + MINUTE
    with pytest.raises(RateLimited) as told:
        await attempts.begin("kim", None)
    assert told.value.details["retry_after_s"] == 60
    clock.now += MINUTE
    assert (await attempts.begin("kim", None)).until == clock.now + 2 * MINUTE
    clock.now += timedelta(days=2)
    assert (await attempts.begin("kim", None)).until is None


async def test_a_success_forgets_the_name_and_not_the_address(engine: AsyncEngine) -> None:
    attempts = Attempts(engine, Clock())
    for turn in range(29):
        await attempts.begin(f"name{turn}", "203.0.113.5")
    await attempts.succeeded(await attempts.begin("own", "203.0.113.5"))
    await attempts.begin("name30", "203.0.113.5")
    with pytest.raises(RateLimited):
        await attempts.begin("name31", "203.0.113.5")
    await attempts.begin("name31", "203.0.113.6")


async def test_an_ipv6_network_is_one_address_and_this_machine_is_none(engine: AsyncEngine) -> None:
    attempts = Attempts(engine, Clock())
    for turn in range(30):
        await attempts.begin(f"six{turn}", f"2001:db8::{turn:x}")
        await attempts.begin(f"loop{turn}", "127.0.0.1")
    with pytest.raises(RateLimited):
        await attempts.begin("six31", "2001:db8::ffff")
    await attempts.begin("loop31", "127.0.0.1")


async def test_a_code_counts_once_within_a_half_minute_of_now(engine: AsyncEngine) -> None:
    now = 1_800_000_000.0
    totp = Totp(engine, Secrets({1: random.token_bytes(32)}), lambda: now)
    async with engine.begin() as connection:
        await connection.execute(
            text("insert into gate.account (id, tenant_id, name, role) values ('coded', 'default', '', 'viewer')")
        )
    app = pyotp.TOTP((await totp.begin("default", "coded")).secret)
    with pytest.raises(InputError):
        await totp.confirm("coded", app.at(now - 90))
    codes = await totp.confirm("coded", app.at(now - 30))
    found = []
    for code in (app.at(now - 30), app.at(now), app.at(now), app.at(now + 30), app.at(now + 60), codes[0], codes[0]):
        async with engine.begin() as connection:
            found.append(await totp.accepts(connection, "coded", code))
    assert found == [False, True, False, True, False, True, False]
    async with engine.connect() as connection:
        stored = await connection.scalar(text("select totp_secret from gate.account where id = 'coded'"))
    assert app.secret.encode() not in bytes(stored)
