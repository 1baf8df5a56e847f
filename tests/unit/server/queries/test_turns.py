"""Turns: how many at once, who is next, who waits in vain."""

from __future__ import annotations

import asyncio
import time

import pytest

from tobit_kernel.errors import Cancelled, RateLimited
from tobit_kernel.server.identity.principal import Principal, Role
from tobit_kernel.server.queries.turns import Room, Turn, Turns

KIM, LEE = (Principal("t", name, Role.ANALYST) for name in ("kim", "lee"))


async def taken(turns: Turns, who: Principal, room: Room, wait_s: float = 5) -> Turn:
    return await turns.take(who, room, wait_s, asyncio.Event())


async def test_no_more_than_a_users_own_run() -> None:
    turns = Turns(16)
    room = Room(2, 16)
    first = [await taken(turns, KIM, room) for _ in range(2)]
    with pytest.raises(RateLimited, match="2 statements of yours run") as caught:
        await taken(turns, KIM, room, 0.01)
    assert caught.value.details == {"retry_after_s": 1}
    await taken(turns, LEE, room, 0.01)
    turns.give_back(first[0])
    await taken(turns, KIM, room, 0.01)


async def test_no_more_than_a_tenants_run() -> None:
    turns = Turns(16)
    room = Room(2, 3)
    for who in (KIM, KIM, LEE):
        await taken(turns, who, room)
    with pytest.raises(RateLimited, match="3 statements of your tenant"):
        await taken(turns, LEE, room, 0.01)


async def test_who_runs_the_fewest_is_next() -> None:
    turns = Turns(2)
    room = Room(16, 16)
    running = [await taken(turns, KIM, room) for _ in range(2)]
    order: list[str] = []

    async def wait(who: Principal) -> None:
        turn = await taken(turns, who, room)
        order.append(who.user)
        await asyncio.sleep(0)
        turns.give_back(turn)

    waiting = [asyncio.create_task(wait(who)) for who in (KIM, KIM, KIM, LEE)]
    await asyncio.sleep(0.01)
    turns.give_back(running[0])
    await asyncio.gather(*waiting)
    assert order[0] == "lee" and len(order) == 4


async def test_who_leaves_waits_no_longer_and_keeps_no_turn() -> None:
    turns = Turns(1)
    room = Room(1, 1)
    first = await taken(turns, KIM, room)
    gone = asyncio.Event()
    left = asyncio.create_task(turns.take(LEE, room, 5, gone))
    cancelled = asyncio.create_task(taken(turns, LEE, room))
    await asyncio.sleep(0.01)
    gone.set()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        await left
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    turns.give_back(first)
    turns.give_back(await taken(turns, LEE, room, 0.01))
    assert turns._running == 0 and not turns._users and not turns._tenants and not turns._waiting


async def test_a_free_turn_takes_no_time() -> None:
    turns = Turns(16)
    began = time.perf_counter()
    for _ in range(1000):
        turns.give_back(await taken(turns, KIM, Room(4, 12)))
    assert time.perf_counter() - began < 0.1  # 0.1 ms each
