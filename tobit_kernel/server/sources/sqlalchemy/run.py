"""A running SELECT in a database by SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from threading import Timer
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine

from tobit_kernel.errors import Cancelled, InputError, TimedOut, TobitError
from tobit_kernel.server.sources.source import BATCH_ROWS, Cancellation, Prepared
from tobit_kernel.server.sources.sqlalchemy.columns import batch_of, schema_of
from tobit_kernel.server.sources.sqlalchemy.plain import Plain, bound, plain
from tobit_kernel.server.sources.sqlalchemy.product import Product, ended_elsewhere


class SqlalchemyRun:
    """Columns, and the first rows, are known after construction; the others stream."""

    def __init__(self, engine: Engine, product: Product, prepared: Prepared, cancellation: Cancellation) -> None:
        self._product, self._prepared, self._cancellation = product, prepared, cancellation
        self._timed_out = self._complete = False
        self._plain: Plain | None = None
        self._connection: Connection | None = None
        self._cursor: Any = None
        self._timer = Timer(prepared.timeout_s, self._end)
        self._timer.daemon = True
        try:
            self._plain = plain(prepared.statement, product.dialect)
            self._connection = connection = self._reached(engine)
            self._ender = product.ender(connection)
            cancellation.attach(self._ender)
            self._timer.start()
            product.begin(connection, prepared)
            self._result = self._asked(connection, self._plain)
            self._first = self._fetched()
            self._schema = schema_of(list(self._result.keys()), product.hints(self._cursor), self._first)
        except BaseException as error:
            self.close()
            raise self._told(error) from error

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        left = None if self._prepared.limit is None else self._prepared.limit + 1
        rows = self._first
        try:
            while rows and (left is None or left > 0):
                rows = rows if left is None else rows[:left]
                yield batch_of(self._schema, rows)
                left = None if left is None else left - len(rows)
                self._cancellation.check()
                if self._timed_out:
                    raise TimedOut()
                rows = [] if self._complete or left == 0 else self._fetched()
        except GeneratorExit:
            raise
        except Exception as error:
            raise self._told(error) from error

    def close(self) -> None:
        self._timer.cancel()
        self._cancellation.attach(lambda: None)
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(Exception):
            # what nobody read to its end would have to be read now, and a cancel may still be on its way
            if not self._complete or self._timed_out or self._cancellation.asked:
                self._product.drop(connection, self._cursor)
        with suppress(Exception):
            connection.close()

    # -- steps ---------------------------------------------------------------

    def _reached(self, engine: Engine) -> Connection:
        try:
            return engine.connect().execution_options(stream_results=True, max_row_buffer=BATCH_ROWS)
        except Exception as error:
            raise self._product.told(error) from error

    def _asked(self, connection: Connection, given: Plain) -> Any:
        self._cancellation.check()
        statement, parameters = bound(given, self._prepared.values, connection.dialect.paramstyle)
        result = connection.exec_driver_sql(statement, parameters or None)
        self._cursor = result.cursor
        if self._cursor is None or not self._cursor.description:
            raise InputError("The statement selects no columns.")
        return result

    def _fetched(self) -> Sequence[Sequence[Any]]:
        self._cancellation.check()
        rows: Sequence[Sequence[Any]] = self._result.fetchmany(BATCH_ROWS)
        self._complete = len(rows) < BATCH_ROWS
        return rows

    def _end(self) -> None:
        self._timed_out = True
        with suppress(Exception):
            self._ender()

    def _told(self, error: BaseException) -> BaseException:
        if isinstance(error, TobitError) and not isinstance(error, Cancelled):
            return error
        if not isinstance(error, Exception):
            return error
        if self._cancellation.asked:
            return Cancelled()
        if self._timed_out:
            return TimedOut()
        told = self._product.told(error, self._plain)
        return ended_elsewhere() if isinstance(told, Cancelled) else told
