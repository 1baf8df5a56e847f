"""Parquet and Arrow IPC: the file itself says the types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import InputError
from tobit_kernel.server.files.format import Format
from tobit_kernel.server.files.locked import quoted
from tobit_kernel.server.files.names import column_names
from tobit_kernel.server.files.native import native_type
from tobit_kernel.server.files.relation import Locate, Raw, Relation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Each registered table has a name of its own, because one connection may hold many.
_views = count()


def read_arrow(connection: DuckDBPyConnection, path: Path, name: str, format: Format) -> Relation:
    """The relation of a Parquet or Arrow file.

    pyarrow reads it, not DuckDB: only so durations, categories and zones that Arrow wrote
    into a Parquet file come back as what they were.
    """
    import pyarrow as pa

    try:
        if format is Format.ARROW:
            _require_sound(path)
        schema = _dataset(path, format).schema
        _ = schema.names  # read only now, and perhaps no UTF-8
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{name!r} cannot be read: {reason}", "Write it again.") from error
    for field in schema:
        if pa.types.is_decimal256(field.type):
            raise InputError(f"Column {field.name!r} of {name!r} holds decimals of more than 38 digits.")
    return relation_of(connection, lambda: _dataset(path, format), name, format, _rows)


def relation_of(
    connection: DuckDBPyConnection,
    data: Callable[[], Any],
    name: str,
    format: Format,
    locate: Locate,
    hidden: str | None = None,
) -> Relation:
    """The relation of an Arrow table or dataset that ``data`` opens; the column ``hidden`` is not shown."""
    opened = data()
    given = [field.name for field in opened.schema]
    wanted = [number for number, column in enumerate(given) if column != hidden]
    if not wanted:
        raise InputError(f"{name!r} has no columns.")
    names, notes = column_names([given[number] for number in wanted])
    view = f"raw_{next(_views)}"
    connection.register(view, _numbered(opened, given))
    types = connection.sql(f"select * from {view} limit 0").types  # noqa: S608
    raw = [
        Raw(column, quoted(f"c{number}"), native_type(types[number]))
        for column, number in zip(names, wanted, strict=True)
    ]
    return Relation(name, format, view, raw, locate, data=lambda: _numbered(data(), given), notes=notes)


def _numbered(data: Any, given: Sequence[str]) -> Any:
    """``data`` with columns c0 c1 …: DuckDB does not tell "a" from "A"."""
    import pyarrow as pa

    if isinstance(data, pa.Table):
        return data.rename_columns([f"c{number}" for number in range(len(given))])
    return data.scanner(columns={f"c{number}": _field(number) for number in range(len(given))})


def _field(number: int) -> Any:
    import pyarrow.dataset as ds

    return ds.field(number)


def _dataset(path: Path, format: Format) -> Any:
    import pyarrow as pa
    import pyarrow.dataset as ds

    if format is Format.PARQUET:
        return ds.dataset(path, format="parquet")
    if _is_stream(path):
        with pa.memory_map(str(path)) as source:
            return pa.ipc.open_stream(source).read_all()
    return ds.dataset(path, format="ipc")


def _is_stream(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(6) != b"ARROW1"


def _require_sound(path: Path) -> None:
    """``ArrowInvalid`` where the file points outside of itself: whoever reads such rows is killed by the system."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        if _is_stream(path):
            for batch in pa.ipc.open_stream(source):
                batch.validate(full=True)
            return
        file = pa.ipc.open_file(source)
        for number in range(file.num_record_batches):
            file.get_batch(number).validate(full=True)


def _rows(rows: Sequence[int], _column: str) -> list[int | str]:
    return [f"row {row}" for row in rows]
