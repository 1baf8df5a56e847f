"""Pooled read-only ADBC connections."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import adbc_driver_manager.dbapi as dbapi
import adbc_driver_postgresql.dbapi as adbc
from adbc_driver_manager import Error
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from tobit_kernel.errors import LimitReached
from tobit_kernel.server.sources.postgresql.failures import translated
from tobit_kernel.server.store.address import Address

#: Connections per source; the budget of the whole gate stands in ``store``.
POOL_SIZE = 8
#: Seconds to wait for one of them.
WAIT_S = 10.0

# cursor_tuple_fraction: a cursor of ours is always read to its end or limit.
# standard_conforming_strings: off (a role's or database's setting) would end strings elsewhere than the
# guard believes. client_encoding: we send and expect UTF-8 whatever the database holds.
_SESSION = {
    "default_transaction_read_only": "on",
    "standard_conforming_strings": "on",
    "client_encoding": "UTF8",
    "timezone": "UTC",
    "cursor_tuple_fraction": "1",
}


class Reader:
    """A connection on loan; ``pid`` is its server process."""

    def __init__(self, lease: PoolProxiedConnection) -> None:
        self._lease = lease
        self._before_release: Callable[[], None] = lambda: None
        #: Set for the caller's transaction alone; our own constants, never a caller's text.
        self.settings: dict[str, str] = {}
        #: Whether the server is ours: its functions with effects are withdrawn there.
        self.is_own = False
        self.connection = cast(dbapi.Connection, lease.dbapi_connection)
        ((pid,),) = self.fetch("select pg_backend_pid()")  # also shows that it is alive
        self.pid = int(pid)

    def fetch(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of one of our own small statements."""
        try:
            with self.connection.cursor(adbc_stmt_kwargs={"adbc.postgresql.use_copy": "false"}) as cursor:
                cursor.execute(statement, values or None)
                return list(cursor.fetchall())
        except Error as error:
            raise translated(error) from error

    def prepare(self, statement: str) -> None:
        """Lets the server parse a statement without running it; raises what it says."""
        try:
            with self.connection.cursor() as cursor:
                cursor.adbc_execute_schema(statement)
        except Error as error:
            raise translated(error) from error

    @property
    def facts(self) -> dict[str, Any]:
        """What is known about the connection, for as long as it lives."""
        # not record_info, which outlives a connection that was replaced
        return cast(dict[str, Any], self._lease.info)

    @property
    def version(self) -> int:
        """The server's version, such as 170002."""
        if "version" not in self.facts:
            ((self.facts["version"],),) = self.fetch("select current_setting('server_version_num')::int")
        return int(self.facts["version"])

    def on_release(self, do: Callable[[], None]) -> None:
        """``do`` runs before the connection goes back; when it fails, the connection is thrown away."""
        self._before_release = do

    def release(self) -> None:
        """Rolls back and returns the connection; a broken one is thrown away. Never raises."""
        try:
            self.connection.rollback()
            self._before_release()
            self._lease.close()
        except Exception:  # the server is gone, or the driver's state is
            with suppress(Exception):
                self._lease.invalidate()


class Readers:
    """A pool of readers for one address."""

    def __init__(self, address: Address, size: int = POOL_SIZE) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
        self._uri = address.having(options=options, connect_timeout="5", application_name="tobit-reader").uri
        self._pool = QueuePool(self._connect, pool_size=size, max_overflow=0, timeout=WAIT_S, reset_on_return=None)

    def _connect(self) -> DBAPIConnection:
        try:
            return cast(DBAPIConnection, adbc.connect(self._uri))
        except Error as error:
            raise translated(error) from error

    def lend(self) -> Reader:
        """A reader; ``LimitReached`` when all stay busy, ``SourceUnavailable`` when none answers."""
        for _ in range(POOL_SIZE + 1):
            try:
                lease = self._pool.connect()
            except PoolTimeout:
                raise LimitReached("All connections to this source are busy.", "Try again in a moment.") from None
            try:
                return Reader(lease)
            except Exception as error:
                lease.invalidate()  # it died while it waited; the next one is fresh
                last = error
        raise last

    def close(self) -> None:
        """Closes idle connections; those on loan close when they come back."""
        self._pool.dispose()
