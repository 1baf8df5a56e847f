"""One transaction in which a file becomes a table: all of it, or nothing.

Arrow goes into PostgreSQL by ADBC's binary COPY. Measured, 1M×8 mixed rows of CSV into a new
table, 2 cores, best of 3: ADBC 1.1 s; pyarrow's CSV writer into psycopg's COPY 1.2 s (no lists,
intervals or bytes); the CSV as it is into COPY, without any check, 0.9 s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import TobitError
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.tables.failure import explained
from tobit_kernel.server.tables.naming import TableName

if TYPE_CHECKING:
    import pyarrow as pa

#: (rows done, rows in all or None, what is being done)
Progress = Callable[[int, int | None, str], None]


class Transaction:
    """A connection of the role ``tobit_app`` in a transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def run(self, *statements: str) -> None:
        """Runs statements without parameters, one after the other."""
        for statement in statements:
            with self._connection.cursor() as cursor:
                cursor.execute(statement)
                cursor.fetchall()

    def write(self, name: TableName, rows: pa.RecordBatchReader, total: int, progress: Progress) -> int:
        """The number of rows written; what ``progress`` or the reader raises comes out as it is."""
        import pyarrow as pa

        raised: list[BaseException] = []

        def counted() -> Iterator[pa.RecordBatch]:
            done = 0
            try:
                for batch in rows:
                    progress(done, total, f"writing {name.shown}")
                    yield batch
                    done += batch.num_rows
            except BaseException as error:
                raised.append(error)
                raise

        with self._connection.cursor() as cursor:
            reader = pa.RecordBatchReader.from_batches(rows.schema, counted())
            try:
                written = cursor.adbc_ingest(name.table, reader, mode="append", db_schema_name=name.schema)
            except Exception:
                if raised:
                    raise raised[0] from None
                raise
        return int(written)


@contextmanager
def transaction(app: Address, table: str) -> Iterator[Transaction]:
    """Commits at the end; any error, also of the caller, leaves everything as it was."""
    from adbc_driver_postgresql import dbapi

    with explained(table):
        connection = dbapi.connect(app.having(application_name="tobit load").uri, autocommit=False)
        try:
            yield Transaction(connection)
            connection.commit()
        except TobitError:
            connection.rollback()
            raise
        finally:
            connection.close()
