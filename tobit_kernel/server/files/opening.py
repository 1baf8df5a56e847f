"""Opens a file: its columns and types are known and every row is checked before the first is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tobit_kernel.errors import InputError, LimitReached, StorageFull
from tobit_kernel.server.files import locked
from tobit_kernel.server.files.format import Format, format_of
from tobit_kernel.server.files.inference import Decided, decide
from tobit_kernel.server.files.rejection import reject_misfits
from tobit_kernel.server.files.relation import Relation
from tobit_kernel.server.files.scratch import scratch
from tobit_kernel.server.files.types import PgType, pg_type

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

BATCH_ROWS = 50_000
#: Type → its bytes in PostgreSQL's binary format, where Arrow has no such type. jsonb begins with its version.
_COPIED = {"jsonb": "('\\x01'::blob || encode({}))", "uuid": "unhex(replace({}::varchar, '-', ''))"}


@dataclass(frozen=True)
class Column:
    """A column of a file; ``type`` as PostgreSQL spells it."""

    name: str
    type: str


@dataclass(frozen=True)
class Inspection:
    """What a file holds. ``notes`` tell a person what was decided for them."""

    name: str
    format: str
    encoding: str | None
    columns: list[Column]
    rows: int
    notes: list[str]


class OpenFile:
    """A file that was checked from its first to its last row."""

    def __init__(self, connection: DuckDBPyConnection, relation: Relation, columns: list[Decided], rows: int) -> None:
        self._connection, self._relation, self._columns, self._rows = connection, relation, columns, rows

    def inspection(self) -> Inspection:
        """Columns, types and rows."""
        columns = [Column(column.raw.name, column.type.name) for column in self._columns]
        relation = self._relation
        return Inspection(relation.name, relation.format.value, relation.encoding, columns, self._rows, relation.notes)

    @property
    def relation(self) -> Relation:
        """What DuckDB reads."""
        return self._relation

    @property
    def types(self) -> list[PgType]:
        """The columns' types."""
        return [column.type for column in self._columns]

    def copy_batches(self) -> pa.RecordBatchReader:
        """The rows as PostgreSQL's binary COPY wants them: jsonb and uuid are bytes, else as ``batches``."""
        fields = ", ".join(
            f"{_COPIED.get(column.type.name, '{}').format(column.expression)} as {locked.quoted(column.raw.name)}"
            for column in self._columns
        )
        statement = f"select {fields} from {self._relation.sql}"  # noqa: S608
        return self._connection.sql(statement).to_arrow_reader(BATCH_ROWS)

    def select(self) -> str:
        """The DuckDB statement whose rows are the file's, typed, called as ``inspection`` says."""
        fields = ", ".join(f"{column.expression} as {locked.quoted(column.raw.name)}" for column in self._columns)
        return f"select {fields} from {self._relation.sql}"  # noqa: S608 - our own expressions

    def batches(self) -> pa.RecordBatchReader:
        """The rows. json, jsonb and uuid are strings, numeric is decimal128, interval month_day_nano."""
        return self._connection.sql(self.select()).to_arrow_reader(BATCH_ROWS)


@contextmanager
def open_file(
    path: Path,
    name: str,
    home: Path,
    *,
    types: Mapping[str, str] | None = None,
    expected: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    zone: str = "UTC",
    watch: Callable[[DuckDBPyConnection], None] = lambda connection: None,
) -> Iterator[OpenFile]:
    """The file at ``path``, which its owner calls ``name``.

    ``types`` gives columns a type of ``types.ALLOWED``; ``expected`` does so for those that the
    file has. Times without a zone are in ``zone`` where a column is timestamptz. ``watch`` gets
    the connection before it works, to interrupt it from another thread. Raises ``InputError``,
    ``RowsRejected``, ``StorageFull``.
    """
    given = {column: pg_type(type_name) for column, type_name in (types or {}).items()}
    with scratch(home) as folder, _spilling():
        connection = locked.connect([path, folder], folder, zone)
        watch(connection)
        try:
            yield examined(connection, path, name, folder, given, expected or {}, encoding, sheet)
        finally:
            connection.close()


def examined(
    connection: DuckDBPyConnection,
    path: Path,
    name: str,
    folder: Path,
    given: Mapping[str, PgType] | None = None,
    expected: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
) -> OpenFile:
    """The file on a connection that may read it and ``folder``, where decoded copies are kept."""
    import duckdb

    try:
        relation = _relation(connection, path, name, encoding, sheet, folder)
        _require_known(relation, given or {})
        columns, notes = decide(connection, relation, _given_or_expected(relation, given or {}, expected or {}))
        relation.notes.extend(notes)
        return OpenFile(connection, relation, columns, reject_misfits(connection, relation, columns))
    except duckdb.InvalidInputException as error:
        raise InputError(f"{name!r} cannot be read: {str(error).splitlines()[0]}") from error


def inspect(
    path: Path,
    name: str,
    home: Path,
    types: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> Inspection:
    """What the file holds, all of it checked."""
    with open_file(path, name, home, types=types, encoding=encoding) as file:
        return file.inspection()


def _relation(
    connection: DuckDBPyConnection, path: Path, name: str, encoding: str | None, sheet: str | None, folder: Path
) -> Relation:
    format = format_of(path, name)
    if encoding is not None and not format.is_text:
        raise InputError(f"{name!r} is an {format.value} file and has no encoding.", "Leave --encoding out.")
    if format is Format.CSV:
        from tobit_kernel.server.files.csv import read_csv

        return read_csv(connection, path, name, encoding, folder)
    if format is Format.JSON:
        from tobit_kernel.server.files.json import read_json

        return read_json(connection, path, name, encoding, folder)
    if format is Format.EXCEL:
        from tobit_kernel.server.files.excel import read_excel

        return read_excel(connection, path, name, sheet, folder)
    from tobit_kernel.server.files.arrow import read_arrow

    return read_arrow(connection, path, name, format)


def _require_known(relation: Relation, given: Mapping[str, PgType]) -> None:
    names = [raw.name for raw in relation.columns]
    for column in given:
        if column not in names:
            raise InputError(f"{relation.name!r} has no column {column!r}.", f"It has: {', '.join(names)}.")


def _given_or_expected(
    relation: Relation, given: Mapping[str, PgType], expected: Mapping[str, str]
) -> dict[str, PgType]:
    """``given``, and ``expected`` for other columns of the file; arrays have one reading only."""
    names = {raw.name for raw in relation.columns} - given.keys()
    return {
        **given,
        **{name: pg_type(expected[name]) for name in names & expected.keys() if "[]" not in expected[name]},
    }


@contextmanager
def _spilling() -> Iterator[None]:
    """Turns a disk that is full of DuckDB's temporary files into ``StorageFull``."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        if "No space left" in str(error) or "temp_directory" in str(error) or "max_temp_directory_size" in str(error):
            raise StorageFull("The disk that holds TOBIT_HOME is full; nothing was changed.") from error
        if isinstance(error, duckdb.OutOfMemoryException):
            raise LimitReached("The file needs more memory than the gate gives to one.", "Split it.") from error
        raise
