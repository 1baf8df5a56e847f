"""SQLite: a file, opened for reading; nothing but reading passes its authorizer."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, NullPool

from tobit_kernel.errors import Cancelled, InputError, LimitReached, Refused, SourceUnavailable, TobitError
from tobit_kernel.server.sources.source import Prepared, Record
from tobit_kernel.server.sources.sqlalchemy.plain import Plain
from tobit_kernel.server.sources.sqlalchemy.product import Product, said, wrong

#: Longest text or blob that a statement may make.
LONGEST_BYTES = 64 << 20
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_NAMED = re.compile(r'no such (?:column|table|function): "?([^"]+?)"?$|near "([^"]*)"|ambiguous column name: (.+)$')
_FUNCTIONS = frozenset(files(__package__).joinpath("functions-sqlite.txt").read_text("utf-8").split())


class SQLite(Product):
    """A database file. Dates and times come as such where the column was declared so."""

    keywords: ClassVar[frozenset[str] | None] = frozenset()

    def __init__(self, url: URL, record: Record) -> None:
        super().__init__(url, record)
        path = Path(url.database or "").expanduser()
        if not url.database or not path.is_absolute():
            raise InputError("The address names no file by its full path.", "Write sqlite:////data/plant.db.")
        place, home = path.resolve(), record.home.resolve()
        if place.is_relative_to(home):
            raise InputError("The address names one of Tobit's own files.", "Choose a file outside TOBIT_HOME.")
        self._path = place

    def _arguments(self, connections: int) -> dict[str, Any]:
        return {"creator": self._connected, "poolclass": NullPool}

    def _address(self) -> URL:
        return URL.create("sqlite")

    def _connected(self) -> sqlite3.Connection:
        if not self._path.is_file():
            raise SourceUnavailable(f"The gate can read no file {str(self._path)!r}.", "Look at its path and rights.")
        _know_declared_types()
        connection = sqlite3.connect(
            f"file:{quote(str(self._path))}?mode=ro", uri=True, check_same_thread=False,
            detect_types=sqlite3.PARSE_DECLTYPES, timeout=5,
        )  # fmt: skip
        for pragma in ("query_only = 1", "trusted_schema = 0", "mmap_size = 0", "temp_store = 1"):
            connection.execute(f"pragma {pragma}")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        return connection

    def begin(self, connection: Connection, prepared: Prepared) -> None:
        self._driver(connection).set_authorizer(_authorized)

    def ender(self, connection: Connection) -> Callable[[], None]:
        return self._driver(connection).interrupt

    def version(self, connection: Connection) -> str:
        connection.exec_driver_sql("select count(*) from sqlite_master").scalar()  # a file of another kind fails here
        return f"SQLite {sqlite3.sqlite_version}"

    def parse(self, connection: Connection, statement: str, values: tuple[Any, ...]) -> None:
        connection.exec_driver_sql(f"explain {statement}", values).close()

    def plan(self, connection: Connection, statement: str, parameters: Any) -> str:
        rows = connection.exec_driver_sql(f"explain query plan {statement}", parameters).all()
        depths: dict[int, int] = {0: -1}
        lines = []
        for number, above, _, text in rows:
            depths[number] = depths.get(above, -1) + 1
            lines.append(f"{'  ' * depths[number]}{text}")
        return "\n".join(lines)

    def _meant(self, error: BaseException, given: Plain | None) -> TobitError:
        text = said(error)
        if "interrupted" in text:
            return Cancelled()
        if "not authorized" in text or "prohibited" in text or "readonly" in text:
            return Refused("Only reading is done here, with functions that only compute.", text)
        if "too big" in text or "out of memory" in text.lower():
            return LimitReached("The statement makes a value that is too large.", "Narrow it down.")
        if "not a database" in text or "unable to open" in text or "disk I/O" in text or "locked" in text:
            return SourceUnavailable(f"The file can't be read as SQLite: {text}.")
        named = _NAMED.search(text)
        name = next((group for group in named.groups() if group), "") if named else ""
        position = given.place(name.rpartition(".")[2]) if given and name else None
        return wrong(text, position)

    @staticmethod
    def _driver(connection: Connection) -> sqlite3.Connection:
        found = connection.connection.driver_connection
        assert isinstance(found, sqlite3.Connection)  # noqa: S101
        return found


def _authorized(action: int, first: str | None, second: str | None, schema: str | None, inside: str | None) -> int:
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and second is not None and second.lower() in _FUNCTIONS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _moment(stored: bytes) -> Any:
    """What a column declared as a time holds: ISO text mostly, else what it is."""
    text = stored.decode("utf-8", "replace")
    for kind in (datetime, time):
        with suppress(ValueError):
            return kind.fromisoformat(text)
    return _number(text)


def _day(stored: bytes) -> Any:
    text = stored.decode("utf-8", "replace")
    with suppress(ValueError):
        return date.fromisoformat(text)
    return _moment(stored)


def _truth(stored: bytes) -> Any:
    return {b"0": False, b"1": True}.get(stored, _number(stored.decode("utf-8", "replace")))


def _number(text: str) -> Any:
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


def _know_declared_types() -> None:
    """Converters are one set for the process; only connections that ask for them use them."""
    for name, convert in {
        "date": _day, "datetime": _moment, "timestamp": _moment, "time": _moment, "boolean": _truth, "bool": _truth,
    }.items():  # fmt: skip
        sqlite3.register_converter(name, convert)
