"""Partitions of the audit, made ahead."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

#: Made ahead, so that a gate that sleeps for long still has where to write.
_ENSURE = text("select gate.ensure_audit_months(now(), now() + interval '3 months')")


async def ensure(engine: AsyncEngine) -> int:
    """How many months were missing and are there now, this one and three ahead."""
    async with engine.begin() as connection:
        return int(await connection.scalar(_ENSURE) or 0)


def month_of(time: datetime) -> date:
    """The first day of the month (UTC) whose partition holds ``time``."""
    return time.astimezone(UTC).date().replace(day=1)


def following(month: date) -> date:
    """The month after ``month``."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
