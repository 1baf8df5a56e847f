"""All stored secrets encrypted anew with the newest key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import Conflict, InputError
from tobit_kernel.server.store.secrets import Secrets


@dataclass(frozen=True)
class SealedColumn:
    """A column of secrets (bytea) and the one that tells whose they are."""

    table: str
    column: str
    tenant: str = "tenant_id"

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


#: Every column that ``Secrets`` wrote. Whoever adds one adds it here, or its secrets keep their old key.
SEALED: list[SealedColumn] = [
    SealedColumn("gate.source", "secret"),
    SealedColumn("gate.provider", "secret"),
    SealedColumn("gate.masking_key", "key"),
    SealedColumn("gate.account", "totp_secret"),
    SealedColumn("gate.account", "totp_pending"),
]


async def rotated(engine: AsyncEngine, secrets: Secrets) -> tuple[dict[str, int], list[int]]:
    """Rows changed by column, and the keys that nothing needs any more; all columns or, after an error, none.

    The home's own file gets a new key first. The one before stays in it, for backups of the database,
    until the next rotation. Running it again after a crash goes on with the keys there are.
    """
    async with engine.connect() as connection:
        idle = [number for number in secrets.ids if number not in await _used(connection)]
    secrets.drop([number for number in idle if number != secrets.newest])
    secrets.grow()
    async with engine.begin() as connection:
        changed = {str(sealed): await _sealed_anew(connection, secrets, sealed) for sealed in SEALED}
    async with engine.connect() as connection:
        used = await _used(connection)
    return changed, [number for number in secrets.ids if number not in used and number != secrets.newest]


async def _sealed_anew(connection: AsyncConnection, secrets: Secrets, sealed: SealedColumn) -> int:
    """Rows locked by their place, which is theirs until this transaction ends."""
    find = (
        f"select ctid::text, {sealed.tenant}, {sealed.column} from {sealed.table}"  # noqa: S608 - names of our own
        f" where {sealed.column} is not null and get_byte({sealed.column}, 0) <> :newest for update"
    )
    put = f"update {sealed.table} set {sealed.column} = :stored where ctid = cast(:place as tid)"  # noqa: S608
    rows = (await connection.execute(text(find), {"newest": secrets.newest})).all()
    try:
        values = [
            {"place": place, "stored": secrets.encrypt(tenant, secrets.decrypt(tenant, bytes(stored)))}
            for place, tenant, stored in rows
        ]
    except InputError as error:
        raise Conflict(
            f"A secret in {sealed} can't be read with the present keys; nothing was changed.",
            "Give the key that is missing, or remove what it belongs to; `tobit sources` shows what is down.",
        ) from error
    if values:
        await connection.execute(text(put), values)
    return len(values)


async def _used(connection: AsyncConnection) -> frozenset[int]:
    """Ids of the keys that stored secrets have."""
    parts = [
        f"select get_byte({sealed.column}, 0) from {sealed.table} where {sealed.column} is not null"  # noqa: S608
        for sealed in SEALED
    ]
    return frozenset((await connection.execute(text(" union ".join(parts)))).scalars())
