"""Seals over new rows, and months that are let go.

Several gateways on one database seal one chain: each takes its turn under a lock of the database.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import groupby
from typing import Any

import psycopg
import structlog
from sqlalchemy import Row, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.server.audit import months
from tobit_kernel.server.audit.anchor import Anchor
from tobit_kernel.server.audit.canonical import row_bytes
from tobit_kernel.server.audit.chain import COLUMNS, NOTHING, Keys, Link, Seal

log = structlog.get_logger(__name__)

#: Rows under one seal at most; what a broken seal can name no finer.
BATCH_ROWS = 2000
#: Days that the audit is kept unless told otherwise: three years.
KEEP_DAYS = 1095
#: Any number: sealers of one database take turns.
LOCK = 0x7365616C

_HERE = files(__package__)
ROWS = _HERE.joinpath("rows.sql").read_text("utf-8").strip()
_UNSEALED = text(
    _HERE.joinpath("unsealed.sql").read_text("utf-8").replace("{{rows}}", ROWS).replace("{{most}}", str(BATCH_ROWS))
)
_INSERT = text(_HERE.joinpath("seal.sql").read_text("utf-8"))
_LAST = text(f"select {', '.join(COLUMNS)} from gate.audit_seal order by seq desc limit 1")  # noqa: S608 - our own words
_SINCE = text(f"select {', '.join(COLUMNS)} from gate.audit_seal where seq > :seq order by seq")  # noqa: S608 - our own words
#: The index has the order already; many rows of one transaction, such as those from before there were seals, mislead
#: the planner into sorting all that are left.
_TURN = text("select pg_try_advisory_xact_lock(:lock), set_config('enable_sort', 'off', true)")
#: The longest wish of all tenants counts, because a month holds the rows of all.
_KEEP = text("select max(cast(value #>> '{}' as integer)) from gate.setting where name = 'audit_keep_days'")
_SET_KEEP = text(
    "insert into gate.setting (tenant_id, name, value, updated_by)"
    " values (:tenant, 'audit_keep_days', to_jsonb(cast(:days as integer)), :by)"
    " on conflict (tenant_id, name) do update set value = excluded.value, updated_by = :by, updated_at = now()"
)
_OLD = text(
    "select distinct month from gate.audit_seal where kind = 'rows' and month < :month"
    " except select month from gate.audit_seal where kind = 'drop' order by month"
)
_DROP = text("select gate.drop_audit_month(:month, :days)")
_ROWS_OF = text("select coalesce(sum(rows), 0) from gate.audit_seal where kind = 'rows' and month = :month")
_LIFT = text("select gate.lift_audit_turn()")


class Sealer:
    """Seals what the gates of a database write."""

    def __init__(self, engine: AsyncEngine, keys: Keys, anchor: Anchor, keep_days: int = KEEP_DAYS) -> None:
        self.engine, self.keys, self.anchor, self._keep_days = engine, keys, anchor, keep_days

    async def begin(self) -> None:
        """Makes room for the next months, and anchors what a gate that was killed sealed."""
        await months.ensure(self.engine)
        async with self.engine.begin() as connection:
            if await connection.scalar(_LIFT):
                log.warning("the database was moved: the audit's turns go on above the old ones")
            found = await connection.execute(_SINCE, {"seq": self.anchor.last})
            missed = [seal_of(row) for row in found]
        if missed:
            await asyncio.to_thread(self.anchor.add, missed)

    async def seal(self) -> int:
        """Seals all rows whose transactions are over; how many. 0 when another gateway is at it."""
        total = 0
        while rows := await self._batch():
            total += rows
            if rows < BATCH_ROWS:
                break
        return total

    async def _batch(self) -> int:
        async with self.engine.begin() as connection:
            if not await connection.scalar(_TURN, {"lock": LOCK}):
                return 0
            last = await _last(connection)
            turn, number = last.upto if last else (-1, -1)
            rows = (await connection.execute(_UNSEALED, {"turn": turn, "id": number})).all()
            if not rows:
                return 0
            seals = await asyncio.to_thread(self._sealed, last, rows)
            await connection.execute(_INSERT, [vars(seal) for seal in seals])
        await self._anchored(seals)
        return len(rows)

    def _sealed(self, last: Seal | None, rows: list[Row[Any]] | Any) -> list[Seal]:
        """One seal per month of ``rows``, in the order of the months."""
        after = last.upto if last else (-1, -1)
        blank = self._next(last, "rows", months.month_of(rows[0].time), after, (rows[-1].turn, rows[-1].id))
        seals: list[Seal] = []
        # The sort is stable: within a month the rows stay in the order of (turn, id).
        for month, members in groupby(sorted(rows, key=_month), key=_month):
            part = list(members)
            before = seals[-1] if seals else last
            link = Link(self.keys, blank.key, before.hmac if before else NOTHING)
            for row in part:
                link.add(row_bytes(tuple(row[:-1])))
            seals.append(
                self._closed(
                    replace(
                        blank,
                        seq=blank.seq + len(seals),
                        month=month,
                        rows=len(part),
                        first_id=min(row.id for row in part),
                        last_id=max(row.id for row in part),
                        first_at=min(row.time for row in part),
                        last_at=max(row.time for row in part),
                        head=link.head,
                        previous=before.hmac if before else NOTHING,
                    )
                )
            )
        return seals

    def _next(self, last: Seal | None, kind: str, month: date, after: tuple[int, int], upto: tuple[int, int]) -> Seal:
        """A seal after ``last`` over no rows, still open."""
        previous, number = (last.hmac, last.seq + 1) if last else (NOTHING, 1)
        now, key = datetime.now(UTC), self.keys.newest
        span = (*after, *upto, 0, None, None, None, None)
        return Seal(number, kind, now, month, *span, key, previous, previous)

    def _closed(self, seal: Seal) -> Seal:
        return replace(seal, hmac=self.keys.mac(seal.key, seal.content()))

    async def _anchored(self, seals: list[Seal]) -> None:
        await asyncio.to_thread(self.anchor.add, seals)
        log.info("audit sealed", seq=seals[-1].seq, hmac=seals[-1].hmac.hex(), rows=sum(seal.rows for seal in seals))

    async def keep_days(self) -> int:
        """The days that the audit is kept: the longest that a tenant wants, else this gate's default."""
        async with self.engine.connect() as connection:
            return int(await connection.scalar(_KEEP) or self._keep_days)

    async def keep(self, tenant: str, days: int, by: str) -> None:
        """From now on ``tenant`` wants its audit kept for ``days``."""
        async with self.engine.begin() as connection:
            await connection.execute(_SET_KEEP, {"tenant": tenant, "days": days, "by": by})

    async def drop_old(self) -> list[tuple[date, int]]:
        """Lets go of sealed months that are older than the policy, keeping their seals: ``(month, rows)`` of each."""
        days = await self.keep_days()
        async with self.engine.connect() as connection:
            limit = (datetime.now(UTC) - timedelta(days=days)).date().replace(day=1)
            old = [row.month for row in await connection.execute(_OLD, {"month": limit})]
        return [(month, rows) for month in old if (rows := await self._drop(month, days)) is not None]

    async def _drop(self, month: date, days: int) -> int | None:
        """Rows that went; None when it is not time, or somebody reads there. The next round tries again."""
        try:
            async with self.engine.begin() as connection:
                if not await connection.scalar(_TURN, {"lock": LOCK}):
                    return None
                rows = int(await connection.scalar(_ROWS_OF, {"month": month}) or 0)
                last = await _last(connection)
                if last is None:
                    return None
                await connection.execute(_DROP, {"month": month, "days": days})
                seal = self._closed(replace(self._next(last, "drop", month, last.upto, last.upto), rows=rows))
                await connection.execute(_INSERT, [vars(seal)])
        except DBAPIError as error:
            if not isinstance(error.orig, psycopg.errors.CheckViolation | psycopg.errors.LockNotAvailable):
                raise
            log.info("a month of the audit stays for now", month=str(month), reason=str(error.orig).split("\n")[0])
            return None
        await self._anchored([seal])
        return rows


def seal_of(row: Any) -> Seal:
    """A row of ``gate.audit_seal``, columns in the order of ``COLUMNS``, as a seal."""
    values: list[Any] = [bytes(value) if isinstance(value, memoryview) else value for value in row]
    return Seal(*values)


async def _last(connection: AsyncConnection) -> Seal | None:
    found = (await connection.execute(_LAST)).first()
    return seal_of(found) if found else None


def _month(row: Any) -> date:
    return months.month_of(row.time)
