"""The audit's own work while the gate runs: seals, room for the next months, retention."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import structlog

from tobit_kernel.server.audit import months
from tobit_kernel.server.audit.record import ActorType, Audit, Event
from tobit_kernel.server.audit.sealing import Sealer
from tobit_kernel.server.identity.principal import Principal, Role, Via

log = structlog.get_logger(__name__)

#: How often new rows are sealed, and how often old months are looked for.
SEAL_S, RETENTION_S = 3.0, 3600.0
#: The longest that the end of the gate waits for the last seals; the next start makes what is missing.
LAST_S = 5.0

#: In whose name the gate itself acts.
GATE = Principal("default", "gate", Role.ADMIN, via=Via.SYSTEM)


async def keep_sealing(audit: Audit, sealer: Sealer) -> None:
    """Seals every few seconds when there is something; survives a database that is away for a while."""
    looked = 0.0
    while True:
        try:
            if time.monotonic() - looked > RETENTION_S or not looked:
                looked = time.monotonic()
                await _retain(audit, sealer)
            await sealer.seal()
        except Exception as error:  # whatever the driver or the disk raises: the next round tries again
            log.warning("the audit was not sealed", error=str(error).split("\n")[0])
        await asyncio.sleep(SEAL_S)


async def last_seal(sealer: Sealer) -> None:
    """Seals what is left, if the database still answers."""
    with suppress(Exception):
        async with asyncio.timeout(LAST_S):
            await sealer.seal()


async def _retain(audit: Audit, sealer: Sealer) -> None:
    await months.ensure(sealer.engine)
    for month, rows in await sealer.drop_old():
        event = Event(GATE, "audit.drop", resource=f"{month:%Y-%m}", rows=rows, actor_type=ActorType.SYSTEM)
        event.reason = f"older than {await sealer.keep_days()} days"
        await audit.record(event)
