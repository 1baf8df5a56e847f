"""What databases differ in, with what holds for most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pyarrow as pa
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from tobit_kernel.errors import InputError, SourceUnavailable, StatementError, TobitError
from tobit_kernel.server.sources.source import Prepared, Record
from tobit_kernel.server.sources.sqlalchemy.catalog import columns_of, reflected
from tobit_kernel.server.sources.sqlalchemy.plain import Plain
from tobit_kernel.wire.models import TableColumn, TableInfo

#: What to install for a scheme whose driver does not come with Tobit.
_PACKAGES = {
    "oracle": "oracledb",
    "mssql": "pymssql",
    "snowflake": "snowflake-sqlalchemy",
    "clickhouse": "clickhouse-sqlalchemy",
    "trino": "trino[sqlalchemy]",
    "redshift": "sqlalchemy-redshift",
    "bigquery": "sqlalchemy-bigquery",
    "hana": "sqlalchemy-hana",
    "db2": "ibm_db_sa",
    "databricks": "databricks-sqlalchemy",
}
#: sqlglot's names where they are others than SQLAlchemy's.
_DIALECTS = {"mssql": "tsql", "postgresql": "postgres"}


class Product:
    """Any database by SQLAlchemy alone: one checked SELECT in a transaction that is rolled back."""

    #: Schemas that the catalog does not show.
    hidden: ClassVar[frozenset[str]] = frozenset({"information_schema", "sys", "pg_catalog"})
    #: Words that a URL may carry behind its question mark; None: whatever the driver knows.
    keywords: ClassVar[frozenset[str] | None] = None

    def __init__(self, url: URL, record: Record) -> None:
        self.url, self._record = url, record

    @property
    def dialect(self) -> str:
        """sqlglot's name of its SQL."""
        name = self.url.get_backend_name()
        return _DIALECTS.get(name, name)

    def engine(self, connections: int) -> Engine:
        """A pool; connects to nothing."""
        name = self.url.get_backend_name()
        try:
            return create_engine(self._address(), **self._arguments(connections))
        except (NoSuchModuleError, ModuleNotFoundError):
            package = _PACKAGES.get(name, f"the SQLAlchemy dialect and driver of {name}")
            raise InputError(
                f"The driver for {self.url.drivername}:// is not installed.",
                f"On the gate's machine: pip install {package}",
            ) from None
        except (ArgumentError, TypeError, ValueError) as error:
            raise InputError(f"The address can't be used: {str(error).splitlines()[0]}") from None

    def _address(self) -> URL:
        return self.url.set(password=self._record.password) if self._record.password else self.url

    def _arguments(self, connections: int) -> dict[str, Any]:
        return {"pool_size": connections, "max_overflow": 0, "pool_pre_ping": True, "pool_timeout": 30}

    def begin(self, connection: Connection, prepared: Prepared) -> None:
        """What stands before a statement."""

    def ender(self, connection: Connection) -> Callable[[], None]:
        """What ends the statement of ``connection``, from another thread."""
        driver = connection.connection.driver_connection
        end: Any = getattr(driver, "cancel", None) or getattr(driver, "close", None)
        return end or (lambda: None)

    def drop(self, connection: Connection, cursor: Any) -> None:
        """Ends a connection in the middle of its rows, without reading them."""
        connection.invalidate()

    def hints(self, cursor: Any) -> list[pa.DataType | None]:
        """Types of the columns that the server tells."""
        return [None] * len(cursor.description)

    def version(self, connection: Connection) -> str:
        """Name and version, in a few words."""
        numbers = getattr(connection.dialect, "server_version_info", None) or ()
        return f"{self.url.get_backend_name()} {'.'.join(map(str, numbers))}".strip()

    def tables(self, connection: Connection) -> list[TableInfo]:
        """Tables and views that the login may see."""
        return reflected(connection, self.hidden)

    def columns(self, connection: Connection, table: TableInfo) -> list[TableColumn]:
        """The columns of a listed table."""
        return columns_of(connection, table)

    def parse(self, connection: Connection, statement: str, values: tuple[Any, ...]) -> None:
        """Raises the server's own error about a statement with ``?``; runs nothing."""

    def plan(self, connection: Connection, statement: str, parameters: Any) -> str:
        """How the server would run it."""
        return "This database tells no plan in a way that Tobit knows."

    def told(self, error: BaseException, given: Plain | None = None) -> TobitError:
        """Our error for the driver's."""
        if isinstance(error, TobitError):
            return error
        original = getattr(error, "orig", None) or error
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return SourceUnavailable(f"The database does not answer: {said(original)}")
        return self._meant(original, given)

    def _meant(self, error: BaseException, given: Plain | None) -> TobitError:
        if type(error).__name__ in ("OperationalError", "InterfaceError") and given is None:
            return SourceUnavailable(f"The database does not answer: {said(error)}")
        return StatementError(said(error))


def wrong(text: str, position: int | None) -> StatementError:
    """The statement is wrong, at an offset where that is known."""
    return StatementError(text) if position is None else StatementError(text, position=position)


def said(error: BaseException) -> str:
    """The first line of what a driver says."""
    text = str(error.args[1]) if len(error.args) > 1 and isinstance(error.args[0], int) else str(error)
    return (text.strip().splitlines() or [type(error).__name__])[0].strip()


def ended_elsewhere() -> TobitError:
    """Ended though nobody here asked for it."""
    return SourceUnavailable("The statement was ended on the server.", "Run it again; the database may have restarted.")


