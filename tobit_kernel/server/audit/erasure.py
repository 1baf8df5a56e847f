"""A person is taken out of the audit: a pseudonym stands in their place, and the chain still holds."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import InputError
from tobit_kernel.server.audit.chain import Keys

#: Rows that are emptied by one statement.
BATCH_ROWS = 1000

_ABOUT = files(__package__).joinpath("about.sql").read_text("utf-8")
_FOUND = text(
    "select id, at, actor, resource, encode(digest, 'hex') as digest from gate.audit"  # noqa: S608 - our own words
    f" where {_ABOUT} and digest is not null limit {BATCH_ROWS}"
)
_ERASE = text(
    "select gate.erase_audit(:tenant, :person, :pseudonym, cast(:ids as bigint[]), cast(:times as timestamptz[]),"
    " cast(:proofs as bytea[]))"
)


async def pseudonymise(engine: AsyncEngine, keys: Keys, tenant: str, person: str, pseudonym: str) -> int:
    """How many rows of ``person`` are now ``pseudonym``'s, without anything that was typed.

    All or nothing. Goes on where it was cut off: what was erased before is not the person's any more. Whoever calls
    this also records that it was done.
    """
    if not pseudonym or pseudonym == person:
        raise InputError("The pseudonym must be another name than the person's.")
    total = 0
    async with engine.begin() as connection:
        await connection.execute(text("set local lock_timeout = '10s'"))
        while rows := (await connection.execute(_FOUND, {"tenant": tenant, "person": person})).all():
            names = {"tenant": tenant, "person": person, "pseudonym": pseudonym}
            batch = {"ids": [row.id for row in rows], "times": [row.at for row in rows]}
            proofs = [keys.proof(_left(row, person, pseudonym)) for row in rows]
            done = int(await connection.scalar(_ERASE, {**names, **batch, "proofs": proofs}) or 0)
            if done != len(rows):
                raise RuntimeError(f"{len(rows) - done} audit rows were not emptied")
            total += done
    return total


def _left(row: Any, person: str, pseudonym: str) -> tuple[Any, ...]:
    """What the proof covers: number, digest, and the names after the erasure; as ``gate.erase_audit`` writes them."""
    actor = pseudonym if row.actor == person else row.actor
    resources = {person: pseudonym, f"user/{person}": f"user/{pseudonym}"}
    return row.id, row.digest, actor, resources.get(row.resource)
