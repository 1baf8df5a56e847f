"""Arrow over HTTP: batches, then an end marker that says how many rows there were.

A response that ends early looks complete to every HTTP client, so the last batch is empty
and carries a *tail*: the row count, and the error if one came up half way. A reader
that meets no tail, or counts other rows, raises ``StreamTruncated``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, cast

from tobit_kernel.errors import StreamTruncated, TobitError, from_data

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow as pa

MEDIA_TYPE = "application/vnd.apache.arrow.stream"
_TAIL_KEY = b"tobit"
#: Field metadata key: the source's own name of the column's type.
TYPE_KEY = b"tobit.type"


@dataclass
class Tail:
    """What the gate says at the end of an answer; ``elapsed_ms`` is its own time."""

    row_count: int = 0
    truncated: bool = False
    cached: bool = False
    elapsed_ms: float = 0.0
    trace_id: str = ""
    error: dict[str, Any] | None = None


@dataclass
class Result:
    """Rows that came back from the gate: an Arrow table and its tail."""

    table: pa.Table
    tail: Tail = field(default_factory=Tail)
    name: str | None = None
    source: str = "workbench"
    statement: str = ""

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        name = f" {self.name}" if self.name else ""
        return f"<Result{name}: {len(self):,} × {len(self.columns)}>"

    @property
    def columns(self) -> list[str]:
        """Column names in order; they may repeat."""
        return [str(name) for name in self.table.column_names]

    @property
    def types(self) -> list[str]:
        """The source's names of the column types."""
        return [type_name(column) for column in self.table.schema]

    def to_arrow(self) -> pa.Table:
        """The rows as ``pyarrow.Table``, without copying."""
        return self.table

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as ``pandas.DataFrame``; repeated column names get ``_2``, ``_3`` …"""
        return cast("pandas.DataFrame", self._unique().to_pandas())

    def to_polars(self) -> polars.DataFrame:
        """The rows as ``polars.DataFrame``; repeated column names get ``_2``, ``_3`` …"""
        import polars

        return cast("polars.DataFrame", polars.from_arrow(self._unique()))

    def to(self, frame: str) -> Any:
        """The rows as ``pandas``, ``polars`` or ``arrow``."""
        return {"pandas": self.to_pandas, "polars": self.to_polars, "arrow": self.to_arrow}[frame]()

    def _unique(self) -> pa.Table:
        names = unique(self.columns)
        return self.table if names == self.columns else self.table.rename_columns(names)


def unique(names: Iterable[str]) -> list[str]:
    """``names`` with a number behind those that come again: a, a → a, a_2."""
    seen: set[str] = set()
    given = list(names)
    answer = []
    for name in given:
        fresh, n = name, 1
        while fresh in seen or (n > 1 and fresh in given):
            n += 1
            fresh = f"{name}_{n}"
        seen.add(fresh)
        answer.append(fresh)
    return answer


def type_name(column: pa.Field) -> str:
    """The source's name of ``column``'s type, else Arrow's."""
    told = (column.metadata or {}).get(TYPE_KEY)
    return told.decode() if told else str(column.type)


class Encoder:
    """Turns batches into the bytes of the stream; one schema per answer, no dictionary columns."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self.rows = 0

    def start(self) -> memoryview:
        """The bytes before the first batch."""
        return memoryview(self.schema.serialize())

    def batch(self, batch: pa.RecordBatch) -> memoryview:
        """The bytes of one batch, not copied where Arrow can avoid it."""
        self.rows += batch.num_rows
        return memoryview(batch.serialize())

    def end(self, tail: Tail) -> memoryview:
        """The bytes of the end marker; ``tail.row_count`` becomes what was written."""
        import pyarrow as pa

        tail.row_count = self.rows
        empty = pa.RecordBatch.from_arrays([pa.array([], column.type) for column in self.schema], schema=self.schema)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.schema) as writer:
            writer.write_batch(empty, custom_metadata={_TAIL_KEY: json.dumps(asdict(tail)).encode()})
        return memoryview(sink.getvalue())[len(self.schema.serialize()) :]


def decode(file: Any, on_rows: Callable[[int], None] | None = None) -> tuple[pa.Table, Tail]:
    """The table and tail read from ``file``, a readable binary file of the stream's bytes.

    ``on_rows`` hears the number of rows so far after each batch. Raises the error that the
    gate put into the tail, or ``StreamTruncated``.
    """
    import pyarrow as pa

    batches: list[pa.RecordBatch] = []
    rows, tail = 0, None
    try:
        reader = pa.ipc.open_stream(file)
        for batch, metadata in _batches(reader):
            if metadata is not None and _TAIL_KEY in metadata:
                tail = Tail(**json.loads(metadata[_TAIL_KEY]))
                break
            batches.append(batch)
            rows += batch.num_rows
            if on_rows:
                on_rows(rows)
    except (pa.ArrowInvalid, OSError, EOFError) as error:
        raise StreamTruncated(f"The answer broke off after {rows:,} rows; they were discarded.") from error
    if tail is None:
        raise StreamTruncated(f"The answer ended after {rows:,} rows without its end marker; they were discarded.")
    if tail.error is not None:
        raise from_data(tail.error)
    if tail.row_count != rows:
        raise StreamTruncated(f"{rows:,} of {tail.row_count:,} rows arrived; they were discarded.")
    return pa.Table.from_batches(batches, schema=reader.schema), tail


def _batches(reader: pa.RecordBatchStreamReader) -> Iterator[tuple[pa.RecordBatch, Any]]:
    while True:
        try:
            yield reader.read_next_batch_with_custom_metadata()
        except StopIteration:
            return


__all__ = ["MEDIA_TYPE", "Encoder", "Result", "Tail", "TobitError", "decode", "type_name", "unique"]
