"""The SQL of each table of a folder, found once per state of its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import InputError
from tobit_kernel.server.files import locked
from tobit_kernel.server.files.format import Format
from tobit_kernel.server.files.native import native_type
from tobit_kernel.server.files.opening import OpenFile, examined
from tobit_kernel.server.files.scratch import new_folder
from tobit_kernel.server.sources.files.folder import FileTable
from tobit_kernel.wire.models import TableColumn

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NUMBERS = ("smallint", "integer", "bigint", "real", "double precision")


@dataclass(frozen=True)
class View:
    """What a connection needs to show a table."""

    select: str
    columns: list[TableColumn]
    #: Files that it reads: the originals, or decoded copies.
    paths: list[Path]
    #: Arrow tables that it names.
    registered: dict[str, Callable[[], Any]] = field(default_factory=dict)

    def create(self, connection: DuckDBPyConnection, name: str) -> None:
        """Makes the view ``name``."""
        for table, data in self.registered.items():
            connection.register(table, data())
        connection.execute(f"create view {locked.quoted(name)} as {self.select}")


class Views:
    """Views by table. Decoded copies of CP949 files and sheets live until ``close``."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder: Any = None
        self._known: dict[str, tuple[object, View]] = {}
        self._lock = Lock()

    def of(self, table: FileTable, watch: Callable[[DuckDBPyConnection], None] = lambda connection: None) -> View:
        """The view of ``table``; the first call reads its files from end to end.

        ``watch`` gets the connection that does it, to interrupt it. Raises what ``open_file`` does.
        """
        stamp = table.stamp
        with self._lock:  # two who ask at once would examine twice
            known = self._known.get(table.name)
            if known is None or known[0] != stamp:
                known = (stamp, self._examine(table, watch))
                self._known[table.name] = known
            return known[1]

    def scratch(self) -> Path:
        """A folder of our own, until ``close``."""
        if self._folder is None:
            self._folder = new_folder(self._home)
        return Path(self._folder.name)

    def close(self) -> None:
        """Removes decoded copies."""
        with self._lock:
            self._known.clear()
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _examine(self, table: FileTable, watch: Callable[[DuckDBPyConnection], None]) -> View:
        scratch = self.scratch()
        connection = locked.connect([*table.paths, scratch], scratch)
        watch(connection)
        try:
            if table.format is Format.PARQUET:
                return _parquet(connection, table)
            return _examined(connection, table, scratch)
        finally:
            connection.close()


def _parquet(connection: DuckDBPyConnection, table: FileTable) -> View:
    """DuckDB's own reader: it skips columns and row groups."""
    import duckdb

    paths = ", ".join(locked.literal(str(path)) for path in table.paths)
    select = f"select * from read_parquet([{paths}], union_by_name = true)"  # noqa: S608
    try:
        columns = _described(connection, select)
    except duckdb.Error as error:
        raise InputError(f"{table.name!r} cannot be read: {str(error).splitlines()[0]}") from error
    return View(select, columns, list(table.paths))


def _examined(connection: DuckDBPyConnection, table: FileTable, scratch: Path) -> View:
    folder = Path(scratch, f"{table.name}-{table.stamp.__hash__() & 0xFFFFFFFF:x}")
    folder.mkdir(exist_ok=True)
    parts = [examined(connection, path, path.name, _fresh(folder, path)) for path in table.paths]
    types = _common(parts)
    if any(part.inspection().columns != parts[0].inspection().columns for part in parts):
        parts = [examined(connection, path, path.name, _fresh(folder, path), expected=types) for path in table.paths]
    select = " union all by name ".join(f"({_values(part)})" for part in parts)
    relations = [part.relation for part in parts]
    return View(
        select,
        _described(connection, select),
        [*table.paths, *(path for path in folder.rglob("*") if path.is_file())],
        {relation.sql: relation.data for relation in relations if relation.data is not None},
    )


def _values(part: OpenFile) -> str:
    """The part's rows with jsonb as JSON, so that ``->`` works."""
    fields = ", ".join(
        f"{locked.quoted(column.name)}::json as {locked.quoted(column.name)}"
        if column.type in ("json", "jsonb")
        else locked.quoted(column.name)
        for column in part.inspection().columns
    )
    return f"select {fields} from ({part.select()})"  # noqa: S608


def _common(parts: Sequence[OpenFile]) -> dict[str, str]:
    """A type for each column that all parts can have."""
    types: dict[str, set[str]] = {}
    for part in parts:
        for column in part.inspection().columns:
            types.setdefault(column.name, set()).add(column.type)
    return {
        name: next(iter(kinds)) if len(kinds) == 1 else "double precision" if kinds <= {*_NUMBERS} else "text"
        for name, kinds in types.items()
    }


def _fresh(folder: Path, path: Path) -> Path:
    """An empty folder for the copies of one part."""
    from tempfile import mkdtemp

    return Path(mkdtemp(dir=folder, prefix=path.stem[:20]))


def _described(connection: DuckDBPyConnection, select: str) -> list[TableColumn]:
    relation = connection.sql(f"select * from ({select}) limit 0")  # noqa: S608
    return [
        TableColumn(name=name, type=native_type(kind).name)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]
