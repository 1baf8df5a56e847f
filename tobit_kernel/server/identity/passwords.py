"""Passwords: whether one is good enough, its argon2id hash, and the check against it."""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from tobit_kernel.errors import InputError

#: OWASP's second choice: 19 MiB, two rounds, one lane; some 20 ms.
_ARGON = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: What guessers are kept from: 3 of zxcvbn's 4 is "safely unguessable" against a leaked slow hash.
LEAST_SCORE, LEAST_LENGTH, MOST_LENGTH = 3, 12, 256
#: Letters beside the person's own names.
LEAST_BEYOND = 8
#: zxcvbn looks at no more letters, and its time grows with their number.
_JUDGED = 72
#: So many at once: each takes a processor and 19 MiB.
_AT_ONCE = max(1, min(4, (os.cpu_count() or 2) - 1))


class Hashing:
    """argon2id in threads, a few at once."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hashed(self, password: str) -> str:
        """What is stored of ``password``."""
        async with self._turn:
            return await asyncio.to_thread(_ARGON.hash, same_letters(password))

    async def fits(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind ``stored``; without one it takes as long and is not."""
        async with self._turn:
            return await asyncio.to_thread(_fits, stored, same_letters(password))


def is_old(stored: str) -> bool:
    """Whether ``stored`` was made with other parameters than today's."""
    return _ARGON.check_needs_rehash(stored)


def same_letters(text: str) -> str:
    """The same for the same text on every keyboard: macOS may send a Hangul syllable in pieces."""
    return unicodedata.normalize("NFKC", text)


def score(password: str, told: Sequence[str]) -> tuple[int, str, str]:
    """(0 to 4, what is wrong, what helps); ``told`` are words that guessers would try first, such as the name."""
    found = zxcvbn(password[:_JUDGED], user_inputs=_parts(told))
    feedback = found["feedback"]
    return int(found["score"]), str(feedback["warning"] or ""), " ".join(map(str, feedback["suggestions"]))


def _parts(told: Sequence[str]) -> list[str]:
    """Names and addresses, whole and word by word."""
    words = {part for word in told for part in (word, *re.split(r"[\W_]+", word)) if part}
    return sorted(words | {"tobit"}, key=len, reverse=True)


def _beyond(password: str, told: Sequence[str]) -> int:
    """Letters of ``password`` that are not of a name: zxcvbn thinks too well of a name with a year behind it."""
    rest = password.casefold()
    for part in _parts(told):
        if len(part) > 2:
            rest = rest.replace(part.casefold(), "")
    return len(rest)


async def require_good(password: str, told: Sequence[str]) -> None:
    """``InputError`` says what is wrong with ``password`` and what helps."""
    plain = same_letters(password)
    if len(plain) < LEAST_LENGTH:
        raise InputError(
            f"The password has {len(plain)} letters; at least {LEAST_LENGTH} are needed.",
            "Several words that do not belong together are long and easy to keep in mind.",
            field="password",
        )
    if _beyond(plain, told) < LEAST_BEYOND:
        raise InputError(
            "The password is little more than a name that everybody knows.",
            "Use several words that do not belong together.",
            field="password",
        )
    points, wrong, helps = await asyncio.to_thread(score, plain, told)
    if points < LEAST_SCORE:
        why = f": {wrong.rstrip('.')}." if wrong else "."
        raise InputError(
            f"The password is too easy to guess{why}",
            helps or "Use several words that do not belong together.",
            field="password",
        )


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash that no password fits, for the same work where there is none."""
    return _ARGON.hash(os.urandom(32))


def _fits(stored: str | None, password: str) -> bool:
    try:
        return _ARGON.verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
