"""The masking of a tenant: declared columns and the modes of patterns, kept for a moment."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import NotFound
from tobit_kernel.server.masking.policy import NAMES, Kind, Mode, Policy
from tobit_kernel.server.store.secrets import Secrets

#: Seconds after which the rows are read again: another gateway may have changed them.
_FRESH_S = 5.0
_KEY_BYTES = 32

_HERE = files(__package__)
_PUT = text(_HERE.joinpath("declare.sql").read_text("utf-8"))
_DECIDE = text(_HERE.joinpath("decide.sql").read_text("utf-8"))
_COLUMNS = text(
    "select source, table_name, column_name, kind, mode, reason, declared_by, at from gate.masked_column"
    " where tenant_id = :tenant order by source, table_name, column_name"
)
_REMOVE = text(
    "delete from gate.masked_column where tenant_id = :tenant and source = :source"
    " and table_name = :table_name and column_name = :column_name"
)
_MODES = text(
    "select pattern, mode, reason, decided_by, at from gate.masking_policy where tenant_id = :tenant order by pattern"
)
_KEY = text("select key from gate.masking_key where tenant_id = :tenant")
_NEW_KEY = text("insert into gate.masking_key (tenant_id, key) values (:tenant, :key) on conflict do nothing")


@dataclass(frozen=True)
class Declared:
    """A column that holds personal data; ``table_name`` is ``schema.table``."""

    source: str
    table_name: str
    column_name: str
    kind: Kind
    mode: Mode
    reason: str = ""
    declared_by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """What a tenant decided about a pattern."""

    pattern: str
    mode: Mode
    reason: str
    decided_by: str
    at: datetime


@dataclass(frozen=True)
class Masking:
    """All that holds for a tenant."""

    policy: Policy
    columns: tuple[Declared, ...] = ()
    decisions: tuple[Decision, ...] = ()

    def of(self, source: str) -> tuple[Declared, ...]:
        """Columns of ``source`` that are to be hidden."""
        return tuple(each for each in self.columns if each.source == source and each.mode is not Mode.NONE)


class Rules:
    """The masking of all tenants, as rows."""

    def __init__(self, engine: AsyncEngine, secrets: Secrets) -> None:
        self._engine, self._secrets = engine, secrets
        self._known: dict[str, tuple[float, Masking]] = {}

    async def of(self, tenant: str) -> Masking:
        """What holds for ``tenant``, at most a few seconds old."""
        known = self._known.get(tenant)
        if known is None or time.monotonic() - known[0] > _FRESH_S:
            known = (time.monotonic(), await self._read(tenant))
            self._known[tenant] = known
        return known[1]

    def known(self, tenant: str) -> Policy:
        """The policy that was last read, for texts that can't wait for the database."""
        return self._known[tenant][1].policy if tenant in self._known else Policy()

    async def declare(self, tenant: str, column: Declared) -> None:
        """Hides a column from now on; a second declaration replaces the first."""
        values = {name: value for name, value in vars(column).items() if name != "at"}
        await self._change(_PUT, {"tenant": tenant, **values})
        self._known.pop(tenant, None)

    async def release(self, tenant: str, source: str, table_name: str, column_name: str) -> None:
        """Forgets a declaration; ``NotFound`` when there is none."""
        values = {"tenant": tenant, "source": source, "table_name": table_name, "column_name": column_name}
        if not await self._change(_REMOVE, values):
            raise NotFound(
                f"Column {column_name!r} of {table_name} is not declared.",
                f"`%tobit describe {table_name}` shows which are.",
            )
        self._known.pop(tenant, None)

    async def decide(self, tenant: str, pattern: str, mode: Mode, reason: str, by: str) -> None:
        """Sets the mode of a pattern; ``NotFound`` names what there is."""
        if pattern not in NAMES:
            raise NotFound(f"There is no pattern {pattern!r}.", f"There are: {', '.join(NAMES)}.")
        await self._change(
            _DECIDE, {"tenant": tenant, "pattern": pattern, "mode": mode, "reason": reason, "decided_by": by}
        )
        self._known.pop(tenant, None)

    async def _change(self, statement: Any, values: dict[str, Any]) -> int:
        async with self._engine.begin() as connection:
            return int((await connection.execute(statement, values)).rowcount)

    async def _read(self, tenant: str) -> Masking:
        values = {"tenant": tenant}
        async with self._engine.begin() as connection:
            columns = (await connection.execute(_COLUMNS, values)).mappings().all()
            modes = (await connection.execute(_MODES, values)).mappings().all()
            sealed = (await connection.execute(_KEY, values)).scalar()
            if sealed is None:
                made = self._secrets.encrypt(tenant, os.urandom(_KEY_BYTES).hex())
                await connection.execute(_NEW_KEY, {**values, "key": made})
                sealed = (await connection.execute(_KEY, values)).scalar_one()
        key = bytes.fromhex(self._secrets.decrypt(tenant, bytes(sealed)))
        decisions = tuple(Decision(**{**row, "mode": Mode(row["mode"])}) for row in modes)
        return Masking(
            Policy({each.pattern: each.mode for each in decisions}, key),
            tuple(Declared(**{**row, "kind": Kind(row["kind"]), "mode": Mode(row["mode"])}) for row in columns),
            decisions,
        )
