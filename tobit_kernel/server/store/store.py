"""The store of a running gateway: a database that is ready, watched, and restarted when it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import TobitError
from tobit_kernel.runtime import make_home
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.database import Addresses, app_engine, make_database, prepared, said_in_words
from tobit_kernel.server.store.embedded import EmbeddedPostgres, Progress, silent
from tobit_kernel.server.store.tenancy import clear_bindings
from tobit_kernel.settings import Settings

log = logging.getLogger(__name__)

#: How soon the end of the server is noticed.
WATCH_S = 0.1
#: The longest wait between two attempts to restart it.
RETRY_LIMIT_S = 30.0
#: How long /health waits for an answer.
HEALTH_LIMIT_S = 2.0


class State(StrEnum):
    """How a part does."""

    #: it answers
    RUNNING = "running"
    #: it died and is being started again
    RESTARTING = "restarting"
    #: it could not be started again; the next attempt comes
    FAILED = "failed"


@dataclass
class Store:
    """A ready database; ``opened`` gives it."""

    addresses: Addresses = field(repr=False)
    engine: AsyncEngine
    server: EmbeddedPostgres | None = None
    state: State = State.RUNNING
    detail: str = ""
    restarts: int = 0
    _question: asyncio.Task[tuple[State, str]] | None = field(default=None, repr=False)
    _listeners: list[Callable[[], Awaitable[None]]] = field(default_factory=list, repr=False)

    @property
    def app_url(self) -> URL:
        """For SQLAlchemy, as ``tobit_app``; ``engine`` is already open on it."""
        return self.addresses.app.url

    @property
    def reader_uri(self) -> str:
        """For ADBC and libpq, as ``tobit_reader``; holds the password, so never show it."""
        return self.addresses.reader.uri

    @property
    def owner_url(self) -> URL:
        """For SQLAlchemy, acting as ``tobit_owner``: migrations, demo data."""
        return self.addresses.owner.url

    @property
    def is_embedded(self) -> bool:
        return self.server is not None

    def on_restart(self, listener: Callable[[], Awaitable[None]]) -> None:
        """``listener`` is awaited after the server came back: its old connections are dead."""
        self._listeners.append(listener)

    async def parts(self) -> list[dict[str, str]]:
        """``[{name, state, detail}]`` for /health and ``tobit status``."""
        state, detail = self.state, self.detail
        if state is State.RUNNING:
            # One question at a time, never waited for beyond the limit: a driver takes seconds to give one up.
            if self._question is None or self._question.done():
                self._question = asyncio.create_task(self._asked(), name="postgresql health")
            question = self._question  # the next caller may ask anew as soon as this one is answered
            answered, _ = await asyncio.wait({question}, timeout=HEALTH_LIMIT_S)
            silence = State.FAILED, f"no answer within {HEALTH_LIMIT_S:g} s"
            state, detail = question.result() if answered else silence
        return [{"name": "postgresql", "state": str(state), "detail": detail}]

    async def _asked(self) -> tuple[State, str]:
        try:
            async with self.engine.connect() as connection:
                version = await connection.scalar(text("show server_version"))
        except Exception as error:  # a driver's error of any kind is the answer here
            return State.FAILED, str(getattr(error, "orig", error)).strip().splitlines()[0]
        where = self.addresses.app.shown
        if self.server is not None and self.server.process is not None:
            where = f"embedded, process {self.server.process.pid}"
        return State.RUNNING, f"{str(version).split()[0]}, {where}, revision {self.addresses.revision}"

    async def _came_back(self) -> None:
        self.restarts += 1
        await self.engine.dispose()
        for listener in self._listeners:
            try:
                await listener()
            except Exception:
                log.exception("A listener to the restart of PostgreSQL failed")


@asynccontextmanager
async def opened(settings: Settings, progress: Progress = silent) -> AsyncIterator[Store]:
    """The store of ``settings``: ``database_url`` if given, else the embedded server of ``home``.

    Starts, makes ready, migrates; while open it restarts a server that died; stops it on exit.
    Enter it in the main thread: the server's life hangs on the thread that starts it.
    """
    server: EmbeddedPostgres | None = None
    try:
        if settings.database_url:
            make_home(settings.home)
            admin = Address.parse(settings.database_url.get_secret_value())
        else:
            server = EmbeddedPostgres(settings.home, progress)
            await _started(server)
            admin = await asyncio.to_thread(make_database, server)
        with said_in_words():
            addresses = await asyncio.to_thread(lambda: prepared(admin, settings.home, ours=server is not None))
        async with _watched(Store(addresses, app_engine(addresses.app.url), server)) as store:
            yield store
    finally:
        if server is not None:
            await asyncio.shield(asyncio.to_thread(server.stop))


async def _started(server: EmbeddedPostgres) -> None:
    await asyncio.to_thread(server.prepare)
    server.spawn()  # here, not in a worker thread: that would end, and the server with it
    await asyncio.to_thread(server.wait)


@asynccontextmanager
async def _watched(store: Store) -> AsyncIterator[Store]:
    watcher: asyncio.Task[Any] | None = None
    try:
        await clear_bindings(store.engine)
        if store.server is not None:
            watcher = asyncio.create_task(_watch(store, store.server), name="postgresql watcher")
        yield store
    finally:
        for task in (watcher, store._question):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await store.engine.dispose()


async def _watch(store: Store, server: EmbeddedPostgres) -> None:
    """Restarts ``server`` whenever it has ended; waits longer after each attempt that failed."""
    wait_s = WATCH_S
    while True:
        await asyncio.sleep(wait_s)
        if server.is_running:
            wait_s = WATCH_S
            continue
        store.state, store.detail = State.RESTARTING, "it died and is being started again"
        log.warning("PostgreSQL died; starting it again")
        try:
            await _started(server)
            await store._came_back()
        except Exception as error:  # whatever it is, the next attempt comes
            wait_s = min(RETRY_LIMIT_S, 2 * max(wait_s, 0.5))
            store.state, store.detail = State.FAILED, f"{error}; next attempt in {wait_s:.0f} s"
            log.error("PostgreSQL cannot be started again: %s", error, exc_info=not isinstance(error, TobitError))
        else:
            store.state, store.detail = State.RUNNING, ""
