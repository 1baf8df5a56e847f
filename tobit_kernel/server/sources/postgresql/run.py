"""A running SELECT on PostgreSQL: layers 2 and 3 of the guard, then rows as Arrow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import adbc_driver_manager.dbapi as dbapi
import pyarrow as pa
from adbc_driver_manager import Error
from adbc_driver_manager._reader import AdbcRecordBatchReader

from tobit_kernel.errors import Cancelled, InputError, SourceUnavailable, StatementError, TimedOut, TobitError
from tobit_kernel.server.sources.mapped import Mapped, Origin
from tobit_kernel.server.sources.postgresql import types, values
from tobit_kernel.server.sources.postgresql.attributes import refuse_effects
from tobit_kernel.server.sources.postgresql.failures import meaning, translated
from tobit_kernel.server.sources.postgresql.readers import Reader
from tobit_kernel.server.sources.source import BATCH_ROWS, Cancellation, Prepared

_DECLARE = "declare g no scroll cursor for "
_BATCH_BYTES = 2 << 20
#: How long a transaction may outlive its statement's time limit.
_UNREAD_MS = 60_000


class PostgresRun:
    """Columns are known after construction; rows come by COPY, with parameters by FETCH.

    COPY may use a parallel plan but takes no parameters; a cursor takes them and streams in
    constant memory (design §6).
    """

    def __init__(self, reader: Reader, prepared: Prepared, cancellation: Cancellation, only_plan: bool = False) -> None:
        self._reader, self._prepared, self._cancellation = reader, prepared, cancellation
        cancellation.attach(reader.connection.adbc_cancel)
        self._deadline = time.monotonic() + prepared.timeout_s
        self._cursor: dbapi.Cursor = reader.connection.cursor()
        try:
            self._begin()
            refuse_effects(reader, prepared.statement)
            self._text = self._typed()
            self._shape = self._described()
            self._source = iter(()) if only_plan else self._opened()
        except BaseException:
            self.close()
            raise

    @property
    def schema(self) -> pa.Schema:
        return self._shape.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._source:
                self._cancellation.check()
                if time.monotonic() > self._deadline:
                    raise TimedOut()
                yield self._shape.cast(batch)
        except (Error, OSError, pa.ArrowException) as error:
            raise self._told(error) from error

    def plan(self) -> str:
        """PostgreSQL's own plan, as text; for a run with ``only_plan``."""
        given = values.bound(self._prepared.values) if self._prepared.values else None
        self._declare(self._text.text, 0, given)
        self._execute("close g")
        before = "explain "
        self._ask(self._text, lambda: self._cursor.execute(before + self._text.text, given), len(before))
        return "\n".join(str(row[0]) for row in self._cursor.fetchall())

    def close(self) -> None:
        self._cancellation.attach(lambda: None)
        with suppress(Exception):
            self._cursor.close()
        self._reader.release()

    # -- steps ---------------------------------------------------------------

    def _begin(self) -> None:
        limit_ms = max(int(self._prepared.timeout_s * 1000), 1)
        wanted = {"statement_timeout": str(limit_ms), **self._reader.settings}
        if self._reader.version >= 170000:
            # between two FETCHes no statement runs: whoever stops reading there ends with the transaction
            wanted["transaction_timeout"] = str(min(limit_ms + _UNREAD_MS, 2**31 - 1))
        self._execute("set transaction read only")
        for name, value in wanted.items():
            self._execute(f"set local {name} = {value}")

    def _typed(self) -> Mapped:
        """The statement, with casts for parameters that travel as text."""
        statement, given = self._prepared.statement, self._prepared.values
        plain = Mapped()
        plain.copy(statement, Origin(None, 0))
        if not values.needs_types(given):
            return plain
        wanted = self._ask(plain, lambda: self._cursor.adbc_prepare(statement))
        names = [types.pg_name(column) for column in wanted]
        if not all(map(types.in_catalog, names)):
            names = self._full_type_names(statement)
        return values.with_casts(statement, given, names)

    def _full_type_names(self, statement: str) -> list[str]:
        """Names of the parameters' types with their schemas, which the driver leaves out."""
        self._execute(f"prepare p as {statement}")
        ((names,),) = self._reader.fetch("select parameter_types::text[] from pg_prepared_statements where name = 'p'")
        self._execute("deallocate p")
        return list(names)

    def _look_up(self, oid: int) -> str:
        return str(self._reader.fetch("select format_type($1::oid, null)", (oid,))[0][0])

    def _described(self) -> types.Shape:
        """Prepares the statement: syntax, one command, and the columns."""
        text = self._text.text
        sent = self._ask(self._text, lambda: self._cursor.adbc_execute_schema(text))
        if not len(sent):
            raise InputError("The statement selects no columns.")
        return types.shape(sent, self._look_up)

    def _opened(self) -> Iterator[pa.RecordBatch]:
        """Layer 3: only a single SELECT can be declared as a cursor."""
        statement, limit = self._text.text, self._prepared.limit
        given = values.bound(self._prepared.values) if self._prepared.values else None
        self._declare(statement, 0, given)
        if given is not None:
            if self._shape.converts:
                self._execute("close g")
                self._declare(*self._shape.wrap(statement, None), given)
            return self._fetched(limit)
        self._execute("close g")
        text, before = (
            self._shape.wrap(statement, limit) if limit is not None or self._shape.converts else (statement, 0)
        )
        return self._copied(text, before)

    def _declare(self, statement: str, before: int, given: pa.RecordBatch | None) -> None:
        self._set_copy(False)
        self._ask(self._text, lambda: self._cursor.execute(_DECLARE + statement, given), len(_DECLARE) + before)

    def _execute(self, statement: str) -> None:
        """Runs a command of our own."""
        self._set_copy(False)
        self._ask(Mapped(), lambda: self._cursor.execute(statement))

    def _set_copy(self, on: bool) -> None:
        self._cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "true" if on else "false"})

    def _copied(self, text: str, before: int) -> Iterator[pa.RecordBatch]:
        self._set_copy(True)
        self._cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)})
        self._ask(self._text, lambda: self._cursor.execute(text), before)
        return _rows(self._cursor)

    def _fetched(self, limit: int | None) -> Iterator[pa.RecordBatch]:
        left = None if limit is None else limit + 1
        while left is None or left > 0:
            wanted = BATCH_ROWS if left is None else min(BATCH_ROWS, left)
            self._execute(f"fetch {wanted:d} from g")
            rows = 0
            for batch in _rows(self._cursor):
                rows += batch.num_rows
                yield batch
            left = None if left is None else left - rows
            if rows < wanted:
                return

    # -- errors --------------------------------------------------------------

    def _ask(self, text: Mapped, do: Callable[[], Any], before: int = 0) -> Any:
        self._cancellation.check()
        try:
            return do()
        except Error as error:
            raise self._placed(self._meant(translated(error, before)), text) from error

    def _placed(self, error: TobitError, text: Mapped) -> TobitError:
        position = error.details.get("position")
        if isinstance(error, StatementError) and position is not None:
            origin = text.origin(position)
            error.details["position"] = origin.offset if origin else position
        return error

    def _told(self, error: BaseException) -> TobitError:
        """An error in the middle of the rows, where a position would point nowhere useful."""
        if not isinstance(error, Error):
            return meaning("XX000", str(error).split("ERROR:", 1)[-1].strip().split("\n")[0])
        told = self._meant(translated(error))
        told.details.pop("position", None)
        return told

    def _meant(self, error: TobitError) -> TobitError:
        """A cancel that nobody here asked for came from the server: somebody restarts it, or ended the statement."""
        if not isinstance(error, Cancelled) or self._cancellation.asked:
            return error
        return SourceUnavailable(
            "The statement was ended on the server.", "Run it again; the database may have restarted."
        )


def _rows(cursor: dbapi.Cursor) -> Iterator[pa.RecordBatch]:
    # the cursor's own fetch_record_batch() loses the SQLSTATE of errors; this reader keeps it
    handle = cursor.fetch_arrow()
    yield from AdbcRecordBatchReader._import_from_c(handle.address)
