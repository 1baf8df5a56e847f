"""What other gates and workers tell through the database: LISTEN on one connection for all channels."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import psycopg
from psycopg import sql

from tobit_kernel.server.store.address import Address

log = logging.getLogger(__name__)

#: The pause before a lost connection is made again.
RETRY_S = 0.5

Listener = Callable[[str], None]


class Notices:
    """Hears ``NOTIFY``; a listener is also called with "" whenever something may have been missed."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._listeners: dict[str, list[Listener]] = {}
        self._task: asyncio.Task[None] | None = None
        #: Whether notices arrive just now; a cache that relies on them must not be used otherwise.
        self.is_listening = False

    def on(self, channel: str, listener: Listener) -> None:
        """``listener`` hears the payload of each notice on ``channel``. Before ``start``."""
        self._listeners.setdefault(channel, []).append(listener)

    def start(self) -> None:
        """Listens from now on, and again after each loss."""
        self._task = asyncio.create_task(self._listen(), name="notices")

    async def close(self) -> None:
        """Ends the listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (psycopg.Error, OSError) as error:
                log.warning("notices of the database are lost for now: %s", str(error).split("\n")[0])
            finally:
                self.is_listening = False
            await asyncio.sleep(RETRY_S)

    async def _hear(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._address.uri, autocommit=True)
        async with connection:
            for channel in self._listeners:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            self.is_listening = True
            for channel in self._listeners:
                self._tell(channel, "")
            async for notice in connection.notifies():
                self._tell(notice.channel, notice.payload)

    def _tell(self, channel: str, payload: str) -> None:
        for listener in self._listeners.get(channel, ()):
            listener(payload)
