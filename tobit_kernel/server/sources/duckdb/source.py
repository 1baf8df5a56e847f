"""A DuckDB database file as a source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from tobit_kernel.errors import InputError, SourceUnavailable
from tobit_kernel.server.files import locked
from tobit_kernel.server.files.scratch import new_folder
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.duckdb.raw import refuse_raw
from tobit_kernel.server.sources.files.failures import translated
from tobit_kernel.server.sources.files.run import FilesRun, described, one_select, placeholders
from tobit_kernel.server.sources.postgresql.source import rounded
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record
from tobit_kernel.server.sources.sqlalchemy.catalog import matches, named
from tobit_kernel.wire.models import TableColumn, TableDetail, TableInfo

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TABLES, _COLUMNS = (files(__package__).joinpath(name).read_text("utf-8") for name in ("tables.sql", "columns.sql"))


class DuckDB:
    """A database file of DuckDB, opened for reading by each statement anew, in a DuckDB that can open nothing else.

    While another program has it open for writing, DuckDB lets nobody read it.
    """

    type: ClassVar[str] = "duckdb"
    language: ClassVar[str] = "sql"
    dialect: ClassVar[str] = "duckdb"

    def __init__(self, path: Path, home: Path) -> None:
        self._path, self._home = path, home
        self._folder: Any = None

    @classmethod
    def of(cls, record: Record) -> Self:
        location = record.location
        if location.startswith("duckdb:///"):
            location = location.removeprefix("duckdb:///")
        path = Path(location).expanduser()
        if "://" in location or not path.is_absolute():
            raise InputError("The location is no full path.", "Write /data/plant.duckdb or duckdb:////data/plant.duckdb.")
        if path.resolve().is_relative_to(record.home.resolve()):
            raise InputError("The location is one of Tobit's own files.", "Choose a file outside TOBIT_HOME.")
        return cls(path.resolve(), record.home)

    def check(self) -> str:
        with self._asked() as connection:
            found = connection.execute(_TABLES, [self._path.stem]).fetchall()
            return f"DuckDB, {len(found)} table{'' if len(found) == 1 else 's'}"

    def tables(self, principal: Principal, pattern: str = "") -> list[TableInfo]:
        with self._asked() as connection:
            return [table for table in self._all(connection) if matches(table, pattern)]

    def table(self, principal: Principal, name: str) -> TableDetail:
        with self._asked() as connection:
            table = named(self._all(connection), name)
            rows = connection.execute(_COLUMNS, [self._path.stem, table.db_schema, table.name]).fetchall()
        columns = [TableColumn(name=row[0], type=row[1], nullable=row[2], comment=row[3]) for row in rows]
        return TableDetail(**table.model_dump(), columns=columns)

    def parse(self, principal: Principal, statement: str) -> None:
        with self._asked() as connection:
            plain = one_select(connection, statement)
            refuse_raw(statement)
            described(connection, plain, placeholders(connection, plain))

    def start(self, principal: Principal, prepared: Prepared, cancellation: Cancellation) -> FilesRun:
        refuse_raw(prepared.statement)
        return FilesRun(self._connected(), prepared, cancellation)

    def explain(self, principal: Principal, prepared: Prepared) -> str:
        refuse_raw(prepared.statement)
        with self._asked() as connection:
            statement = one_select(connection, prepared.statement)
            described(connection, statement, prepared.values)  # for the place of an error
            rows = connection.execute(f"explain {statement}", prepared.values or None).fetchall()
            return "\n".join(str(row[1]) for row in rows)

    def close(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def _all(self, connection: DuckDBPyConnection) -> list[TableInfo]:
        return [
            TableInfo.model_validate(
                {"schema": schema, "name": name, "type": kind, "rows": rounded(rows), "comment": comment}
            )
            for schema, name, kind, rows, comment in connection.execute(_TABLES, [self._path.stem]).fetchall()
        ]

    @contextmanager
    def _asked(self) -> Iterator[DuckDBPyConnection]:
        connection = self._connected()
        try:
            yield connection
        finally:
            connection.close()

    def _connected(self) -> DuckDBPyConnection:
        """A DuckDB of its own with the file attached, which nothing can be changed in or added to any more."""
        import duckdb

        if not self._path.is_file():
            raise SourceUnavailable(f"The gate can read no file {str(self._path)!r}.", "Look at its path and rights.")
        if self._folder is None:
            self._folder = new_folder(self._home)
        connection = locked.opened(Path(self._folder.name))
        try:
            name = locked.quoted(self._path.stem)
            connection.execute(f"attach {locked.literal(str(self._path))} as {name} (type duckdb, read_only)")
            connection.execute(f"use {name}")
            locked.confine(connection)
            connection.execute("set errors_as_json = true")
            locked.lock(connection)
        except duckdb.Error as error:
            with suppress(Exception):
                connection.close()
            told = translated(error)
            said = str(getattr(told, "message", told)).splitlines()[0]
            raise SourceUnavailable(f"The file can't be opened as a DuckDB database: {said}") from error
        return connection
