"""Which passwords are good enough, and how long a failed guesser waits."""

from __future__ import annotations

import statistics
import time
import unicodedata
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from tobit_kernel.errors import InputError
from tobit_kernel.server.identity.attempts import BY_ADDRESS, BY_NAME, LONGEST, pause
from tobit_kernel.server.identity.passwords import Hashing, is_old, require_good

TOLD = ["jisung", "Park Jisung", "jisung.park@example.com"]


GOOD = ["blue tram eats marble", "correct-battery-x9-staple", "산길따라걷는고양이세마리", "xK9#mQ2$vL7!"]


@pytest.mark.parametrize("password", GOOD)
async def test_long_and_unforeseen_is_good(password: str) -> None:
    await require_good(password, TOLD)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short1!", "7 letters"),
        ("aaaaaaaaaaaaaaaa", "too easy"),
        ("password123456", "too easy"),
        ("qwertyuiop1234", "too easy"),
        ("parkjisung2026", "little more than a name"),
        ("jisung.park@example.com", "little more than a name"),
    ],
)
async def test_what_is_guessed_first_is_refused_and_says_what_helps(password: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        await require_good(password, TOLD)
    assert refused.value.hint and len(refused.value.lines()) == 2


async def test_a_password_fits_its_hash_alone_however_hangul_is_typed() -> None:
    hashing = Hashing()
    stored = await hashing.hashed("산길 따라 걷는 고양이")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hashing.fits(stored, unicodedata.normalize("NFD", "산길 따라 걷는 고양이"))
    assert not await hashing.fits(stored, "산길 따라 걷는 강아지")
    assert not await hashing.fits(None, "산길 따라 걷는 고양이") and not await hashing.fits("no hash", "x")


async def test_a_missing_hash_costs_the_same_work() -> None:
    hashing = Hashing()
    stored = await hashing.hashed("blue tram eats marble")
    spent: dict[str | None, list[float]] = {stored: [], None: []}
    for _ in range(7):
        for each, times in spent.items():
            began = time.perf_counter()
            await hashing.fits(each, "wrong")
            times.append(time.perf_counter() - began)
    assert 0.6 < statistics.median(spent[None]) / statistics.median(spent[stored]) < 1.7


def test_hashes_of_other_parameters_are_made_anew() -> None:
    assert is_old(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))


def test_pauses_double_up_to_an_hour() -> None:
    assert [pause(failures, BY_NAME) for failures in (1, 4)] == [None, None]
    minutes = [pause(failures, BY_NAME) for failures in range(5, 12)]
    assert minutes == [timedelta(minutes=each) for each in (1, 2, 4, 8, 16, 32, 60)]
    assert pause(10_000, BY_NAME) == LONGEST and pause(BY_ADDRESS - 1, BY_ADDRESS) is None
