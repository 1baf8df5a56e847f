"""The table of registered sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.wire.sources import SourceInfo, SourceTest

Row = Mapping[str, Any]

_HERE = files(__package__)
_ALL, _ONE, _INSERT, _CHANGE, _DELETE, _NOTE, _CLAIM = (
    text(_HERE.joinpath("sql", f"{name}.sql").read_text("utf-8"))
    for name in ("all", "one", "insert", "change", "delete", "note", "claim")
)


class Table:
    """``gate.source``. Rows have the columns' names; ``secret`` is sealed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def all(self, tenant: str) -> list[Row]:
        """All sources of a tenant by name."""
        return await self._rows(_ALL, {"tenant": tenant})

    async def one(self, tenant: str, name: str) -> Row | None:
        rows = await self._rows(_ONE, {"tenant": tenant, "name": name})
        return rows[0] if rows else None

    async def insert(self, tenant: str, by: str, values: Row) -> Row | None:
        """The new row; None when the name is taken."""
        rows = await self._rows(_INSERT, _bound({"tenant": tenant, "by": by, **values}))
        return rows[0] if rows else None

    async def change(self, tenant: str, by: str, values: Row) -> Row | None:
        """The changed row; None when it is gone."""
        rows = await self._rows(_CHANGE, _bound({"tenant": tenant, "by": by, **values}))
        return rows[0] if rows else None

    async def delete(self, tenant: str, name: str) -> bool:
        """Whether it was there."""
        return bool(await self._rows(_DELETE, {"tenant": tenant, "name": name}))

    async def note(self, tenant: str, name: str, test: SourceTest) -> None:
        """Keeps how it was just now."""
        await self._rows(_NOTE, {"tenant": tenant, "name": name, "state": test.state, "detail": test.detail[:500]})

    async def claim(self, within_s: float, most: int) -> list[Row]:
        """Sources that are due for a look, which this gateway takes upon itself; the next is ``within_s`` later."""
        return await self._rows(_CLAIM, {"within_s": within_s, "most": most})

    async def _rows(self, statement: Any, values: Mapping[str, Any]) -> list[Row]:
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(statement, values)).mappings()]


def info(row: Row) -> SourceInfo:
    """What may be shown of a row."""
    return SourceInfo.model_validate({name: row[name] for name in SourceInfo.model_fields})


def _bound(values: Row) -> dict[str, Any]:
    return {**values, "options": json.dumps(values["options"], ensure_ascii=False)}
