"""A running SELECT over files: a DuckDB of its own that can open the files it names and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tobit_kernel.errors import InputError, Refused, StatementError, TimedOut
from tobit_kernel.server.files.native import native_type
from tobit_kernel.server.sources.files.failures import translated
from tobit_kernel.server.sources.source import BATCH_ROWS, Cancellation, Prepared
from tobit_kernel.wire.stream import TYPE_KEY

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from duckdb.sqltypes import DuckDBPyType

_DESCRIBE = "describe "
#: DuckDB's types that leave as others: as PostgreSQL's leave its source, so that results do not differ.
_SENT = {
    "decimal": "{}::double",
    "hugeint": "{}::double",
    "uhugeint": "{}::double",
    "interval": "epoch_us({})",
    "struct": "to_json({})::varchar",
    "map": "to_json({})::varchar",
    "union": "to_json({})::varchar",
    "variant": "to_json({})::varchar",
    "timestamp_s": "{}::timestamp",
    "timestamp_ms": "{}::timestamp",
    "timestamp_ns": "{}::timestamp",
    "timestamptz_ns": "{}::timestamptz",
    "enum": "{}::varchar",
    "uuid": "{}::varchar",
    "bit": "{}::varchar",
    "null": "{}::varchar",
    "time with time zone": "{}::varchar",
}


class FilesRun:
    """Columns are known after construction; rows stream."""

    def __init__(self, connection: DuckDBPyConnection, prepared: Prepared, cancellation: Cancellation) -> None:
        self._connection, self._prepared, self._cancellation = connection, prepared, cancellation
        self._timed_out = False
        cancellation.attach(connection.interrupt)
        self._timer = Timer(prepared.timeout_s, self._end)
        self._timer.daemon = True
        self._timer.start()
        try:
            self._statement = one_select(connection, prepared.statement)
            self._columns = described(connection, self._statement, prepared.values)
            if not self._columns:
                raise InputError("The statement selects no columns.")
            self._schema = pa.schema([_field(name, kind) for name, kind in self._columns])
            self._reader = self._opened()
        except BaseException as error:
            self.close()
            raise self._told(error) from error

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._reader:
                self._cancellation.check()
                yield self._cast(batch)
        except Exception as error:
            raise self._told(error) from error

    def close(self) -> None:
        self._timer.cancel()
        self._cancellation.attach(lambda: None)
        with suppress(Exception):
            self._connection.close()

    def _end(self) -> None:
        self._timed_out = True
        with suppress(Exception):
            self._connection.interrupt()

    def _opened(self) -> pa.RecordBatchReader:
        names = [f"c{number}" for number in range(len(self._columns))]
        fields = ", ".join(
            f"{_conversion(kind).format(name)} as {name}" for name, (_, kind) in zip(names, self._columns, strict=True)
        )
        limit = f" limit {self._prepared.limit + 1:d}" if self._prepared.limit is not None else ""
        statement = f"select {fields} from (\n{self._statement}\n) as tobit_rows({', '.join(names)}){limit}"  # noqa: S608
        relation = self._connection.sql(statement, params=self._prepared.values or None)
        return relation.to_arrow_reader(BATCH_ROWS)

    def _cast(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        arrays = [
            column.view(field.type)
            if pa.types.is_duration(field.type)
            else column.cast(field.type, safe=not pa.types.is_floating(field.type))  # 15 digits, as in PostgreSQL
            for column, field in zip(batch.columns, self._schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _told(self, error: BaseException) -> BaseException:
        if self._timed_out and not self._cancellation.asked:
            return TimedOut()
        return translated(error)


def one_select(connection: DuckDBPyConnection, statement: str) -> str:
    """The statement without its last semicolon; ``Refused`` unless it is one SELECT."""
    import duckdb

    try:
        found = connection.extract_statements(statement)
    except duckdb.Error as error:
        raise translated(error, statement) from error
    if len(found) != 1:
        raise Refused("One statement at a time.", "Put the second one into a cell of its own.")
    if found[0].type != duckdb.StatementType.SELECT:
        raise Refused("Only SELECT is run on files.", "`%tobit load` makes a table that can be worked with.")
    return statement.rstrip().rstrip(";")


def placeholders(connection: DuckDBPyConnection, statement: str) -> list[None]:
    """As many NULLs as the statement has parameters: enough to know its columns."""
    [found] = connection.extract_statements(statement)
    return [None] * len(found.named_parameters)


def described(connection: DuckDBPyConnection, statement: str, values: list[Any]) -> list[tuple[str, DuckDBPyType]]:
    """Names and types of the columns; ``StatementError`` with its position."""
    import duckdb

    try:
        rows = connection.execute(_DESCRIBE + statement, values or None).fetchall()
    except duckdb.Error as error:
        raise translated(error, _DESCRIBE + statement, len(_DESCRIBE)) from error
    except ValueError as error:
        raise StatementError(str(error)) from error
    return [(row[0], connection.type(row[1])) for row in rows]


def _conversion(kind: DuckDBPyType) -> str:
    name = kind.id if kind.id in _SENT else str(kind).lower()
    if kind.id in ("list", "array"):
        if native_type(kind).base == "jsonb":
            return "to_json({})::varchar"
        return f"{{}}::{dict(kind.children)['child']}[]"
    return _SENT.get(name, "{}")


def _field(name: str, kind: DuckDBPyType) -> pa.Field:
    shown = native_type(kind)
    arrow = {
        "boolean": pa.bool_(),
        "smallint": pa.int16(),
        "integer": pa.int32(),
        "bigint": pa.int64(),
        "real": pa.float32(),
        "double precision": pa.float64(),
        "numeric": pa.float64(),
        "date": pa.date32(),
        "time": pa.time64("us"),
        "timestamp": pa.timestamp("us"),
        "timestamptz": pa.timestamp("us", "UTC"),
        "interval": pa.duration("us"),
        "bytea": pa.binary(),
    }.get(shown.base, pa.string())
    return pa.field(name, pa.list_(arrow) if shown.is_array else arrow, metadata={TYPE_KEY: shown.name})
