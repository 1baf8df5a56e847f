"""An audit on a database of its own, with keys and an anchor of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.audit.anchor import Anchor
from tobit_kernel.server.audit.chain import Keys
from tobit_kernel.server.audit.record import Audit, Event
from tobit_kernel.server.audit.sealing import Sealer
from tobit_kernel.server.audit.verify import Verifier
from tobit_kernel.server.store.database import Addresses
from tobit_kernel.wire.audit import Verification


@dataclass(frozen=True)
class Somebody:
    tenant: str = "default"
    user: str = "kim"
    role: str = "analyst"
    bound_scopes: str = "{}"


@dataclass
class Kept:
    """The audit and everything around it."""

    addresses: Addresses
    engine: AsyncEngine
    audit: Audit
    sealer: Sealer
    keys: Keys
    anchor: Anchor

    async def write(self, *statements: str, by: Somebody = Somebody(), **more: Any) -> None:
        for statement in statements:
            await self.audit.record(Event(by, "query", statement=statement, source="workbench", **more))

    async def sealed(self, *statements: str, **more: Any) -> int:
        await self.write(*statements, **more)
        return await self.sealer.seal()

    def verify(self, keys: Keys | None = None) -> Verification:
        return Verifier(self.addresses.app, keys or self.keys, self.anchor, lambda done, total: None).run()

    def kinds(self) -> list[str]:
        return [finding.kind for finding in self.verify().findings]

    def owner(self, statement: str) -> list[tuple[Any, ...]]:
        """What somebody does who may do everything in the database."""
        with self.addresses.owner.connect(autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def app(self, statement: str) -> list[tuple[Any, ...]]:
        """What the gate's own role may do."""
        with self.addresses.app.connect(autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


EMPTY = """
truncate gate.audit, gate.audit_seal, gate.audit_turn restart identity;
insert into gate.audit_turn values (0);
alter table gate.audit alter turn set default (pg_current_xact_id()::text::bigint);
delete from gate.setting where name = 'audit_keep_days';
"""


@pytest.fixture
async def kept(database: Addresses, engine: AsyncEngine, tmp_path: Path) -> Kept:
    """An empty audit."""
    with database.owner.connect(autocommit=True) as owner:
        owner.execute(EMPTY)
    keys, anchor = Keys([b"k" * 32]), Anchor(tmp_path)
    sealer = Sealer(engine, keys, anchor)
    await sealer.begin()
    return Kept(database, engine, Audit(engine), sealer, keys, anchor)
