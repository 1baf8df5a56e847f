"""A person is taken out of the audit: a pseudonym stands in their place, and the chain still holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import InputError
from tobit_kernel.server.audit.chain import Keys
from tobit_kernel.server.audit.listing import ABOUT, OWN

#: Rows that are emptied by one statement.
BATCH_ROWS = 1000

_FOUND = [
    text(
        "select id, at, actor, resource, encode(digest, 'hex') as digest from gate.audit"  # noqa: S608 - our own words
        f" where {condition} and digest is not null limit {BATCH_ROWS}"
    )
    for condition in (OWN, ABOUT)
]
_ERASE = text(
    "select gate.erase_audit(:tenant, :person, :pseudonym, cast(:ids as bigint[]), cast(:times as timestamptz[]),"
    " cast(:resources as text[]), cast(:proofs as bytea[]))"
)


async def pseudonymise(engine: AsyncEngine, keys: Keys, tenant: str, person: str, pseudonym: str) -> int:
    """How many rows by or about ``person`` are now ``pseudonym``'s, without anything that was typed.

    All or nothing. Whoever calls this also records that it was done.
    """
    if not pseudonym or _word(person).search(pseudonym):
        raise InputError("The pseudonym must not name the person.")
    names = {"tenant": tenant, "person": person, "pseudonym": pseudonym}
    total = 0
    async with engine.begin() as connection:
        for found in _FOUND:
            while rows := (await connection.execute(found, {"tenant": tenant, "person": person})).all():
                await _erase(connection, keys, names, rows)
                total += len(rows)
    return total


async def _erase(connection: AsyncConnection, keys: Keys, names: dict[str, str], rows: Sequence[Row[Any]]) -> None:
    left = [_left(row, names["person"], names["pseudonym"]) for row in rows]
    batch = {
        "ids": [row.id for row in rows],
        "times": [row.at for row in rows],
        "resources": [resource for *_, resource in left],
        "proofs": [keys.proof(each) for each in left],
    }
    done = await connection.scalar(_ERASE, names | batch)
    if done != len(rows):
        raise RuntimeError(f"{len(rows) - (done or 0)} audit rows were not emptied")


def _left(row: Any, person: str, pseudonym: str) -> tuple[Any, ...]:
    """What the proof covers: number, digest, and the names that are left.

    A resource that names the person names the pseudonym now; any other is gone, it may be a person's own words.
    """
    named = _word(person).sub(lambda _: pseudonym, row.resource or "")
    actor = pseudonym if row.actor == person else row.actor
    return row.id, row.digest, actor, named if row.actor != person and named != row.resource and row.resource else None


def _word(person: str) -> re.Pattern[str]:
    """The name as a word of its own; ``about.sql`` parts words in the same way."""
    return re.compile(rf"(?<![\w.@-]){re.escape(person)}(?![\w.@-])")
