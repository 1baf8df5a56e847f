"""A folder of files as a source."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from tobit_kernel.errors import InputError, NotFound, SourceUnavailable, TobitError
from tobit_kernel.server.files import locked
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.files.folder import FileTable, tables_of
from tobit_kernel.server.sources.files.run import FilesRun, described, one_select, placeholders
from tobit_kernel.server.sources.files.views import Views
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record
from tobit_kernel.wire.models import TableDetail, TableInfo

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMA = "main"


class Files:
    """The files of a folder, or one file: CSV, TSV, Parquet, JSON, Arrow, Excel; read-only.

    Each file is a table of schema ``main`` with the file's name; a subfolder of files of one
    format is one table of all their rows.
    """

    type: ClassVar[str] = "files"
    language: ClassVar[str] = "sql"
    dialect: ClassVar[str] = "duckdb"

    def __init__(self, location: Path, home: Path) -> None:
        self._location, self._home = location, home
        self._views = Views(home)

    @classmethod
    def of(cls, record: Record) -> Self:
        location = Path(record.location).expanduser()
        if not location.is_absolute():
            # not repeated: an address with a password ends up here when the type was forgotten
            raise InputError("The location is no full path.", "Give the path from the root, such as /data/lines.")
        place, home = location.resolve(), record.home.resolve()
        if place.is_relative_to(home) or home.is_relative_to(place):
            raise InputError(f"{record.location!r} holds Tobit's own files.", "Choose a folder outside TOBIT_HOME.")
        return cls(location, record.home)

    def check(self) -> str:
        found = tables_of(self._location)
        return f"{len(found)} table{'' if len(found) == 1 else 's'}"

    def tables(self, principal: Principal, pattern: str = "") -> list[TableInfo]:
        return [_info(table) for table in tables_of(self._location) if _matches(table.name, pattern)]

    def table(self, principal: Principal, name: str) -> TableDetail:
        table = self._find(name)
        return TableDetail(**_info(table).model_dump(), columns=self._views.of(table).columns)

    def parse(self, principal: Principal, statement: str) -> None:
        connection = self._connected(statement, Cancellation())
        try:
            plain = one_select(connection, statement)
            described(connection, plain, placeholders(connection, plain))
        finally:
            connection.close()

    def start(self, principal: Principal, prepared: Prepared, cancellation: Cancellation) -> FilesRun:
        return FilesRun(self._connected(prepared.statement, cancellation), prepared, cancellation)

    def explain(self, principal: Principal, prepared: Prepared) -> str:
        connection = self._connected(prepared.statement, Cancellation())
        try:
            statement = one_select(connection, prepared.statement)
            described(connection, statement, prepared.values)  # for the place of an error
            rows = connection.execute(f"explain {statement}", prepared.values or None).fetchall()
            return "\n".join(str(row[1]) for row in rows)
        finally:
            connection.close()

    def close(self) -> None:
        self._views.close()

    def _find(self, name: str) -> FileTable:
        tables = {table.name.lower(): table for table in tables_of(self._location)}
        wanted = name.lower().removeprefix(f"{SCHEMA}.")
        if wanted in tables:
            return tables[wanted]
        near = get_close_matches(wanted, list(tables), n=3, cutoff=0.5)
        hint = "Did you mean " + " or ".join(tables[each].name for each in near) + "?" if near else ""
        raise NotFound(f"There is no table {name!r}.", hint or "`%tobit tables --source …` lists what is there.")

    def _connected(self, statement: str, cancellation: Cancellation) -> DuckDBPyConnection:
        """A locked connection that sees the tables that ``statement`` names."""
        tables = [table for table in tables_of(self._location) if table.name.lower() in _words(statement)]
        views = {}
        for table in tables:
            cancellation.check()
            try:
                views[table.name] = self._views.of(table, lambda each: cancellation.attach(each.interrupt))
            except OSError as error:
                raise SourceUnavailable(f"{table.name!r} cannot be read: {error.strerror}.") from error
            except TobitError:
                cancellation.check()
                raise
        readable = [path for view in views.values() for path in view.paths]
        connection = locked.connect(readable, self._views.scratch())
        try:
            for name, view in views.items():
                view.create(connection, name)
            connection.execute("set errors_as_json = true")
            locked.lock(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _words(statement: str) -> set[str]:
    """All names in the statement: more than its tables, which DuckDB tells only when all else is right."""
    import re

    return {word.lower() for word in re.findall(r"\w+", statement)}


def _info(table: FileTable) -> TableInfo:
    return TableInfo.model_validate({"schema": SCHEMA, "name": table.name, "type": "file", "rows": table.rows})


def _matches(name: str, pattern: str) -> bool:
    full, wanted = f"{SCHEMA}.{name}".lower(), pattern.lower()
    if "*" in wanted or "?" in wanted:
        return fnmatchcase(full if "." in wanted else name.lower(), wanted)
    return wanted in full
