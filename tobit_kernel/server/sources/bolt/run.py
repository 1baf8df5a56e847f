"""A running Cypher statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from threading import Thread, Timer
from typing import Any

import pyarrow as pa
from neo4j import Driver

from tobit_kernel.errors import Cancelled, TimedOut
from tobit_kernel.server.sources.bolt.failures import translated
from tobit_kernel.server.sources.bolt.returned import columns_of
from tobit_kernel.server.sources.bolt.values import array_of, bound, field_of
from tobit_kernel.server.sources.source import BATCH_ROWS, Cancellation, Prepared

#: Records that the server sends at a time.
FETCH = 2_000

#: Ends on the server what runs for the connection from a port of this machine.
Terminate = Callable[[int], None]


class BoltRun:
    """Columns are known after construction; rows stream. Its transaction is never committed."""

    def __init__(
        self,
        driver: Driver,
        database: str | None,
        prepared: Prepared,
        cancellation: Cancellation,
        terminate: Terminate | None = None,
    ) -> None:
        self._prepared, self._cancellation, self._terminate = prepared, cancellation, terminate
        self._timed_out = self._read_to_end = self._closed = False
        self._connection: Any = None
        self._timer = Timer(prepared.timeout_s, self._time_is_up)
        self._timer.daemon = True
        self._session = driver.session(database=database, default_access_mode="READ", fetch_size=FETCH)
        try:
            self._begin()
        except BaseException as error:
            self.close()
            raise self._told(error) from error

    def _begin(self) -> None:
        self._transaction = self._session.begin_transaction(
            metadata={"application": "tobit"}, timeout=self._prepared.timeout_s + 1
        )
        # The driver has no public way to break off what another thread waits for.
        self._connection = self._transaction._connection
        self._cancellation.attach(self._end)
        self._timer.start()
        self._cancellation.check()
        result = self._transaction.run(self._prepared.statement, bound(self._prepared.parameters))
        names = list(result.keys()) or columns_of(self._prepared.statement)
        limit = self._prepared.limit
        self._rows = iter(result) if limit is None else islice(result, limit + 1)
        self._ahead = [record.values() for record in islice(self._rows, BATCH_ROWS)]
        columns = list(zip(*self._ahead, strict=True)) if self._ahead else [()] * len(names)
        self._schema = pa.schema([field_of(name, values) for name, values in zip(names, columns, strict=True)])

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            count = 0
            while self._ahead:
                self._cancellation.check()
                count += len(self._ahead)
                yield self._batch(self._ahead)
                self._ahead = [record.values() for record in islice(self._rows, BATCH_ROWS)]
            self._read_to_end = self._prepared.limit is None or count <= self._prepared.limit
        except Exception as error:
            raise self._told(error) from error

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._timer.cancel()
        self._cancellation.attach(lambda: None)
        if not self._read_to_end:
            # A rollback would first read what is left, however much that is.
            self._end()
        with suppress(Exception):
            self._session.close()

    def _batch(self, rows: list[list[Any]]) -> pa.RecordBatch:
        columns = zip(*rows, strict=True)
        arrays = [array_of(field, values) for field, values in zip(self._schema, columns, strict=False)]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _time_is_up(self) -> None:
        self._timed_out = True
        self._end()

    def _end(self) -> None:
        """Ends the statement on the server, from any thread."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(Exception):
            port = connection.socket.getsockname()[1]
            connection.kill()  # Neo4j ends the transaction of a connection that is gone
            if self._terminate is not None:
                # A thread, because the server takes 5 s to end a statement that waits for its reader.
                Thread(target=self._terminate, args=(port,), name="end of a statement", daemon=True).start()

    def _told(self, error: BaseException) -> BaseException:
        if self._timed_out and not self._cancellation.asked:
            return TimedOut()
        if self._cancellation.asked:
            return Cancelled()
        return translated(error, self._prepared.statement)
