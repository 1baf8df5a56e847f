"""The registered sources of each tenant, and the live objects made from them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import Conflict, NotFound, Refused
from tobit_kernel.registry import Registry
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.secrets import Secrets
from tobit_kernel.server.sources.source import Record, Source
from tobit_kernel.wire.models import SourceDraft, SourceInfo

#: Name of the workbench's own database; nobody registers it.
WORKBENCH = "workbench"

_TYPES = Registry("tobit.sources", "type of source")
_COLUMNS = "name, type, location, description, secret"
_ALL = text(f"select {_COLUMNS} from gate.source where tenant_id = :tenant order by name")  # noqa: S608
_INSERT = text(
    "insert into gate.source (tenant_id, name, type, location, secret, description, created_by)"
    " values (:tenant, :name, :type, :location, :secret, :description, :by) on conflict do nothing"
)
_DELETE = text("delete from gate.source where tenant_id = :tenant and name = :name")


class Sources:
    """Looks sources up by name for a principal; opens each once and keeps it open."""

    def __init__(self, engine: AsyncEngine, workbench: Source, secrets: Secrets, home: Path) -> None:
        self._engine, self._workbench, self._secrets, self._home = engine, workbench, secrets, home
        self._open: dict[tuple[str, str], tuple[Record, Source]] = {}

    async def get(self, principal: Principal, name: str) -> Source:
        """The live source; ``NotFound`` names what there is."""
        if name == WORKBENCH:
            return self._workbench
        record = await self._record(principal, name)
        kept = self._open.get((principal.tenant, name))
        if kept is not None and kept[0] == record:
            return kept[1]
        source: Source = _TYPES[record.type].of(record)
        self._open[principal.tenant, name] = (record, source)
        if kept is not None:
            await asyncio.to_thread(kept[1].close)
        return source

    async def known(self, principal: Principal, pattern: str = "") -> list[SourceInfo]:
        """The workbench first, then the registered ones by name."""
        own = SourceInfo(name=WORKBENCH, type=WORKBENCH, description="The workbench's own database")
        known = [own, *(_info(record) for record in await self._records(principal))]
        return [info for info in known if pattern.strip("*").lower() in info.name]

    async def add(self, principal: Principal, draft: SourceDraft) -> SourceInfo:
        """Registers a source once it has answered; nothing is kept of one that does not."""
        if draft.name == WORKBENCH or draft.type == WORKBENCH:
            raise Refused("The workbench's own database is always there.", "Choose another name.")
        record = Record(
            principal.tenant, draft.name, draft.type, draft.location, self._home, draft.description, draft.password
        )
        source: Source = _TYPES[draft.type].of(record)
        try:
            await asyncio.to_thread(source.check)
        finally:
            await asyncio.to_thread(source.close)
        sealed = self._secrets.encrypt(principal.tenant, draft.password) if draft.password else None
        values = {
            "tenant": principal.tenant,
            "by": principal.user,
            "secret": sealed,
            **draft.model_dump(exclude={"password"}),
        }
        async with self._engine.begin() as connection:
            if not (await connection.execute(_INSERT, values)).rowcount:
                raise Conflict(
                    f"There is a source {draft.name!r} already.", f"`%tobit sources --remove {draft.name}` first."
                )
        return _info(record)

    async def remove(self, principal: Principal, name: str) -> None:
        """Forgets a source and its password; the data behind it stays."""
        async with self._engine.begin() as connection:
            if not (await connection.execute(_DELETE, {"tenant": principal.tenant, "name": name})).rowcount:
                raise await self._unknown(principal, name)
        kept = self._open.pop((principal.tenant, name), None)
        if kept is not None:
            await asyncio.to_thread(kept[1].close)

    async def close(self) -> None:
        """Lets go of every connection."""
        for _, source in [*self._open.values(), (None, self._workbench)]:
            await asyncio.to_thread(source.close)
        self._open.clear()

    async def _records(self, principal: Principal) -> list[Record]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_ALL, {"tenant": principal.tenant})).mappings()
            return [
                Record(
                    principal.tenant,
                    row["name"],
                    row["type"],
                    row["location"],
                    self._home,
                    row["description"],
                    self._secrets.decrypt(principal.tenant, bytes(row["secret"])) if row["secret"] else None,
                )
                for row in rows
            ]

    async def _record(self, principal: Principal, name: str) -> Record:
        for record in await self._records(principal):
            if record.name == name:
                return record
        raise await self._unknown(principal, name)

    async def _unknown(self, principal: Principal, name: str) -> NotFound:
        names = ", ".join(info.name for info in await self.known(principal))
        return NotFound(f"There is no source {name!r}.", f"There are: {names}; notebook frames: --source local.")


def _info(record: Record) -> SourceInfo:
    return SourceInfo(name=record.name, type=record.type, location=record.location, description=record.description)
