"""What is used, by day, user, source and table: added up in memory, written off the hot path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.identity.principal import Principal

By = Literal["user", "source", "table"]

_HERE = files(__package__)
_ADD = text(_HERE.joinpath("usage_add.sql").read_text("utf-8"))
_SUMS = text(_HERE.joinpath("usage_sums.sql").read_text("utf-8"))
_TODAY = text(
    "select actor, sum(queries) as queries, sum(rows) as rows, sum(bytes) as bytes, sum(ms) / 1000 as seconds"
    " from gate.usage_day where tenant_id = :tenant and day = :day and table_name = '' group by actor"
)
_EXPIRE = text("delete from gate.usage_day where day < current_date - 400")


@dataclass
class Used:
    """What one or more statements used."""

    queries: int = 0
    rows: int = 0
    ms: float = 0.0
    bytes: int = 0
    errors: int = 0
    cached: int = 0

    def add(self, other: Used) -> None:
        """Adds what ``other`` used."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def of(self, measure: str) -> float:
        """The amount in a quota's measure."""
        return self.ms / 1000 if measure == "seconds" else float(getattr(self, measure))


_Key = tuple[str, date, str, str, str]


class Usage:
    """The use of one gateway since it was last written, and sums of all gateways'."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._fresh: defaultdict[_Key, Used] = defaultdict(Used)
        #: The same per user and, without one, per tenant: what quotas ask for at each statement.
        self._sums: defaultdict[tuple[str, date, str | None], Used] = defaultdict(Used)

    def note(self, principal: Principal, source: str, tables: Sequence[str], used: Used) -> None:
        """Counts a statement; no more than a few additions."""
        today = datetime.now(UTC).date()
        for name in ("", *dict.fromkeys(tables)):
            self._fresh[principal.tenant, today, principal.user, source[:200], name[:200]].add(used)
        for actor in (principal.user, None):
            self._sums[principal.tenant, today, actor].add(used)

    def unwritten(self, tenant: str, actor: str | None) -> Used | None:
        """Today's use of a user, or of all, that is in no written sum yet."""
        return self._sums.get((tenant, datetime.now(UTC).date(), actor))

    async def flush(self) -> None:
        """Writes what was counted; what the database does not take stays for the next time."""
        taken, self._fresh = self._fresh, defaultdict(Used)
        sums, self._sums = self._sums, defaultdict(Used)
        if not taken:
            return
        names = ("tenant", "day", "actor", "source", "table")
        # in one order, so that two gateways never wait for each other
        rows = [{**dict(zip(names, key, strict=True)), **vars(taken[key])} for key in sorted(taken)]
        try:
            async with self._engine.connect() as connection:
                await connection.execute(_ADD, rows)
        except BaseException:
            for key, used in taken.items():
                self._fresh[key].add(used)
            for sum_, used in sums.items():
                self._sums[sum_].add(used)
            raise

    async def today(self, tenant: str) -> dict[str | None, Used]:
        """Today's use per user, and under None of all, as all gateways have written it."""
        async with self._engine.connect() as connection:
            values = {"tenant": tenant, "day": datetime.now(UTC).date()}
            rows = (await connection.execute(_TODAY, values)).all()
        found: dict[str | None, Used] = {None: Used()}
        for actor, queries, count, size, seconds in rows:
            found[actor] = Used(int(queries), int(count), float(seconds) * 1000, int(size))
            found[None].add(found[actor])
        return found

    async def sums(self, tenant: str, actor: str | None, by: By, since: date) -> list[dict[str, Any]]:
        """A row per day and user, source or table; ``actor`` alone where given."""
        values = {"tenant": tenant, "actor": actor, "by": by, "since": since}
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(_SUMS, values)).mappings()]

    async def expire(self) -> None:
        """Drops days of more than a year ago."""
        async with self._engine.connect() as connection:
            await connection.execute(_EXPIRE)
