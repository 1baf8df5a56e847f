"""Results that are asked again: kept in the database, so that every gateway shares them.

The key holds the source, the statement, the parameters, the limit and who may see what:
a result is found again only by somebody who would have got the same rows.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.source import Prepared
from tobit_kernel.server.store.direct import executed

#: Larger results are not kept.
SIZE_LIMIT_BYTES = 16 << 20

_GET = "select body, tail from gate.result_cache where key = %(key)s and expires_at > now()"
_PUT = text(
    "insert into gate.result_cache (key, tenant_id, expires_at, body, tail)"
    " values (:key, :tenant, now() + make_interval(secs => :cache_s), :body, cast(:tail as jsonb))"
    " on conflict (key) do update set expires_at = excluded.expires_at, body = excluded.body, tail = excluded.tail"
)
_FORGET = text("delete from gate.result_cache where tenant_id = :tenant")
_EXPIRE = text("delete from gate.result_cache where expires_at <= now()")


@dataclass(frozen=True)
class Kept:
    """A kept result: the stream's bytes without the end marker, and what the tail said."""

    body: bytes
    row_count: int
    truncated: bool


class ResultCache:
    """The kept results of all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def get(self, key: bytes) -> Kept | None:
        for body, tail in await executed(self._engine, _GET, {"key": key}, binary=True):
            return Kept(bytes(body), tail["row_count"], tail["truncated"])
        return None

    async def put(self, key: bytes, principal: Principal, kept: Kept, cache_s: float) -> None:
        tail = json.dumps({"row_count": kept.row_count, "truncated": kept.truncated})
        values = {"key": key, "tenant": principal.tenant, "cache_s": cache_s, "body": kept.body, "tail": tail}
        async with self._engine.connect() as connection:
            await connection.execute(_PUT, values)

    async def forget(self, principal: Principal) -> None:
        """Drops what the tenant has kept: its data changed."""
        async with self._engine.connect() as connection:
            await connection.execute(_FORGET, {"tenant": principal.tenant})

    async def expire(self) -> None:
        """Drops what is past its time."""
        async with self._engine.connect() as connection:
            await connection.execute(_EXPIRE)


def key(principal: Principal, source: str, prepared: Prepared) -> bytes:
    """The key of a result."""
    values = repr((prepared.values, sorted(prepared.parameters.items())))
    parts: list[Any] = [principal.sees, source, prepared.statement, values, prepared.limit]
    return hashlib.sha256(json.dumps(parts).encode()).digest()
