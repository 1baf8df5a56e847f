"""MySQL and MariaDB: a read-only transaction in a mode whose quotes and escapes are standard SQL's."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from threading import Lock
from typing import Any, ClassVar

import pyarrow as pa
from sqlalchemy import Connection, Engine, event

from tobit_kernel.errors import Cancelled, Refused, SourceUnavailable, TimedOut, TobitError
from tobit_kernel.server.sources.postgresql.source import rounded
from tobit_kernel.server.sources.source import Prepared, Record
from tobit_kernel.server.sources.sqlalchemy import columns
from tobit_kernel.server.sources.sqlalchemy.plain import Plain
from tobit_kernel.server.sources.sqlalchemy.product import Product, said, wrong
from tobit_kernel.wire.models import TableColumn, TableInfo

#: Seconds to reach the server.
CONNECT_S = 10
_MODE = "ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION,STRICT_ALL_TABLES"
_SESSION = (
    f"set session sql_mode = '{_MODE}', time_zone = '+00:00', tx_isolation = 'REPEATABLE-READ', lock_wait_timeout = 10"
)
_SESSION_MYSQL = _SESSION.replace("tx_isolation", "transaction_isolation")
_TABLES, _COLUMNS = (
    files(__package__).joinpath(f"mysql_{name}.sql").read_text("utf-8") for name in ("tables", "columns")
)
_NO_LIMIT = 2**64 - 1
_BINARY_CHARSET, _UNSIGNED = 63, 32
_INTEGERS, _FLOATS = (2, 3, 8, 9, 13), (0, 4, 5, 246)
_FIXED = {7: columns.MOMENT, 10: columns.DATE, 11: columns.SPAN, 12: columns.MOMENT, 245: columns.TEXT}
_AWAY = frozenset({0, 1040, 1045, 1049, 1053, 1129, 1130, 1203, 1226, 1927, *range(2000, 2100)})
_NAMED = re.compile(r"[`'\"]([^`'\"]+)[`'\"]")


class MySQL(Product):
    """A server of either name, by the driver pymysql."""

    hidden: ClassVar[frozenset[str]] = frozenset({"information_schema", "mysql", "performance_schema", "sys"})
    keywords: ClassVar[frozenset[str] | None] = frozenset(
        {"unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity"}
    )

    def __init__(self, url: Any, record: Record) -> None:
        super().__init__(url.set(drivername="mysql+pymysql"), record)
        self._ending = Lock()

    @property
    def dialect(self) -> str:
        return "mysql"

    def _arguments(self, connections: int) -> dict[str, Any]:
        own = {"connect_timeout": CONNECT_S, "charset": "utf8mb4", "local_infile": False, "program_name": "tobit"}
        return {**super()._arguments(connections), "pool_recycle": 1800, "connect_args": own}

    def engine(self, connections: int) -> Engine:
        engine = super().engine(connections)
        event.listen(engine, "connect", _prepare_session, insert=True)  # before SQLAlchemy asks for the mode
        return engine

    def begin(self, connection: Connection, prepared: Prepared) -> None:
        limit = _NO_LIMIT if prepared.limit is None else prepared.limit + 1
        seconds = prepared.timeout_s + 1  # ours comes first, and says it better
        own = (
            f"max_statement_time = {seconds:.3f}" if _is_mariadb(connection)
            else f"max_execution_time = {int(seconds * 1000)}"
        )  # fmt: skip
        connection.exec_driver_sql(f"set session {own}, sql_select_limit = {limit:d}")
        connection.exec_driver_sql("start transaction read only")

    def ender(self, connection: Connection) -> Callable[[], None]:
        number = int(connection.connection.driver_connection.thread_id())  # type: ignore[union-attr]
        connect, arguments = connection.dialect.create_connect_args(self._address()), {"connect_timeout": 3}
        import pymysql

        def end() -> None:
            if not self._ending.acquire(blocking=False):
                return  # somebody is at it
            try:
                with pymysql.connect(**{**connect[1], **arguments}) as other, other.cursor() as cursor:
                    cursor.execute(f"kill query {number:d}")
            finally:
                self._ending.release()

        return end

    def drop(self, connection: Connection, cursor: Any) -> None:
        # the driver would read all that is left, now or when the result is collected
        result = getattr(cursor, "_result", None)
        if result is not None:
            result.unbuffered_active = False
        connection.connection.driver_connection._force_close()  # type: ignore[union-attr]
        connection.invalidate()

    def hints(self, cursor: Any) -> list[pa.DataType | None]:
        fields = getattr(getattr(cursor, "_result", None), "fields", None) or ()
        return [_type(field) for field in fields] or super().hints(cursor)

    def version(self, connection: Connection) -> str:
        numbers = str(connection.exec_driver_sql("select version()").scalar())
        return f"MariaDB {numbers.split('-')[0]}" if "mariadb" in numbers.lower() else f"MySQL {numbers.split('-')[0]}"

    def tables(self, connection: Connection) -> list[TableInfo]:
        return [
            TableInfo.model_validate(
                {
                    "schema": schema,
                    "name": name,
                    "type": "view" if "VIEW" in kind else "table",
                    "rows": rounded(rows),
                    "comment": comment or None,
                }
            )
            for schema, name, kind, rows, comment in connection.exec_driver_sql(_TABLES)
        ]

    def columns(self, connection: Connection, table: TableInfo) -> list[TableColumn]:
        rows = connection.exec_driver_sql(_COLUMNS, (table.db_schema, table.name))
        return [
            TableColumn(name=name, type=kind, nullable=bool(nullable), comment=comment)
            for name, kind, nullable, comment in rows
        ]

    def parse(self, connection: Connection, statement: str, values: tuple[Any, ...]) -> None:
        # preparing resolves names and types and runs nothing, unlike EXPLAIN in some versions
        connection.exec_driver_sql("prepare tobit from %s", (statement,))
        connection.exec_driver_sql("deallocate prepare tobit")

    def plan(self, connection: Connection, statement: str, parameters: Any) -> str:
        result = connection.exec_driver_sql(f"explain format=json {statement}", parameters or None)
        return "\n".join(str(row[0]) for row in result)

    def _meant(self, error: BaseException, given: Plain | None) -> TobitError:
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        text = said(error)
        if code == 1317:
            return Cancelled()
        if code in (1969, 3024):
            return TimedOut()
        if code in (1142, 1143, 1227, 1370, 1792, 1044, 1290):
            return Refused(f"The database refuses: {text}.", "Its own administrator grants rights on tables.")
        if given is None or code in _AWAY:
            return SourceUnavailable(f"The database does not answer: {text}")
        near = _NAMED.search(text)
        position = None
        if code in (1054, 1146, 1052, 1051, 1305, 1109) and near:
            position = given.place(near[1].rpartition(".")[2])
        elif code == 1064:
            quoted = re.search(r"near '(.*?)(?:' at line \d+)?$", text, re.DOTALL)
            found = given.text.find(quoted[1].split("\n")[0][:40]) if quoted and quoted[1] else -1
            position = found if found >= 0 else None
            text = re.sub(r"; check the manual .* to use near", " near", text)
        return wrong(text, position)


def _prepare_session(driver: Any, record: Any) -> None:
    with driver.cursor() as cursor:
        cursor.execute("select version()")
        mariadb = "mariadb" in str(cursor.fetchone()[0]).lower()
        cursor.execute(_SESSION if mariadb else _SESSION_MYSQL)
    driver.tobit_mariadb = mariadb
    for kind in (0, 246):
        driver.decoders[kind] = float  # DECIMAL: 15 digits, as from the other sources


def _is_mariadb(connection: Connection) -> bool:
    with suppress(AttributeError):
        return bool(connection.connection.driver_connection.tobit_mariadb)  # type: ignore[union-attr]
    return False


def _type(field: Any) -> pa.DataType | None:
    code = field.type_code
    if code == 1:
        return columns.BOOLEAN if field.length == 1 else columns.INTEGER
    if code == 8 and field.flags & _UNSIGNED:
        return None  # may be beyond 63 bits: the values tell
    if code in _INTEGERS:
        return columns.INTEGER
    if code in _FLOATS:
        return columns.FLOAT
    if code in _FIXED:
        return _FIXED[code]
    if code == 16 or (field.charsetnr == _BINARY_CHARSET and code in (249, 250, 251, 252, 253, 254)):
        return columns.BYTES
    return columns.TEXT
