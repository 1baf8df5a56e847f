"""A database by its SQLAlchemy URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from pydantic import Field
from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from tobit_kernel.errors import InputError, TobitError
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.options import Options, refuse_secret
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record
from tobit_kernel.server.sources.sqlalchemy.catalog import matches, named
from tobit_kernel.server.sources.sqlalchemy.mysql import MySQL
from tobit_kernel.server.sources.sqlalchemy.plain import Plain, bound, plain
from tobit_kernel.server.sources.sqlalchemy.product import Product
from tobit_kernel.server.sources.sqlalchemy.run import SqlalchemyRun
from tobit_kernel.server.sources.sqlalchemy.sqlite import SQLite
from tobit_kernel.wire.models import TableDetail, TableInfo

_PRODUCTS: dict[str, Callable[[URL, Record], Product]] = {"mysql": MySQL, "mariadb": MySQL, "sqlite": SQLite}
#: Types of their own, which know more.
_ELSEWHERE = {"postgresql": "postgresql", "duckdb": "duckdb"}


class SqlalchemyOptions(Options):
    """How many statements may run at a time."""

    connections: int = Field(4, ge=1, le=32)


class Sqlalchemy:
    """SQLite, MySQL, MariaDB, and others whose driver is installed; read-only."""

    type: ClassVar[str] = "sqlalchemy"
    language: ClassVar[str] = "sql"
    options_model: ClassVar[Any] = SqlalchemyOptions

    def __init__(self, product: Product, connections: int) -> None:
        self._product = product
        self.dialect = product.dialect
        self._engine = product.engine(connections)

    @classmethod
    def of(cls, record: Record) -> Self:
        refuse_secret(record.location)
        try:
            url = make_url(record.location)
        except ArgumentError:
            raise InputError(
                "The location is no SQLAlchemy URL.", "Write mysql://user@host/db or sqlite:////data/plant.db."
            ) from None
        name = url.get_backend_name()
        if name in _ELSEWHERE:
            raise InputError(f"{name} has a type of its own.", f"Register it with --type {_ELSEWHERE[name]}.")
        product = _PRODUCTS.get(name, Product)(url, record)
        odd = [word for word in url.query if product.keywords is not None and word not in product.keywords]
        if odd:
            known = ", ".join(sorted(product.keywords or ())) or "none"
            raise InputError(f"{odd[0]!r} is not taken in this address.", f"Behind the question mark: {known}.")
        return cls(product, SqlalchemyOptions.model_validate(dict(record.options)).connections)

    def check(self) -> str:
        with self._connected() as connection:
            return self._product.version(connection)

    def tables(self, principal: Principal, pattern: str = "") -> list[TableInfo]:
        with self._connected() as connection:
            return [table for table in self._product.tables(connection) if matches(table, pattern)]

    def table(self, principal: Principal, name: str) -> TableDetail:
        with self._connected() as connection:
            table = named(self._product.tables(connection), name)
            return TableDetail(**table.model_dump(), columns=self._product.columns(connection, table))

    def parse(self, principal: Principal, statement: str) -> None:
        given = plain(statement, self.dialect)
        with self._begun(Prepared(statement), given) as connection:
            self._product.parse(connection, *bound(given, [None] * _count(given), "qmark"))

    def start(self, principal: Principal, prepared: Prepared, cancellation: Cancellation) -> SqlalchemyRun:
        return SqlalchemyRun(self._engine, self._product, prepared, cancellation)

    def explain(self, principal: Principal, prepared: Prepared) -> str:
        given = plain(prepared.statement, self.dialect)
        with self._begun(prepared, given) as connection:
            self._product.parse(connection, *bound(given, prepared.values, "qmark"))
            text, parameters = bound(given, prepared.values, connection.dialect.paramstyle)
            return self._product.plan(connection, text, parameters)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _connected(self, given: Plain | None = None) -> Iterator[Connection]:
        """A connection for work of our own, with the driver's errors as ours."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except TobitError:
            raise
        except Exception as error:
            raise self._product.told(error, given) from error

    @contextmanager
    def _begun(self, prepared: Prepared, given: Plain) -> Iterator[Connection]:
        with self._connected(given) as connection:
            self._product.begin(connection, prepared)
            yield connection


def _count(given: Plain) -> int:
    """How many ``$n`` there are."""
    numbers: list[Any] = [token.text[1:] for token in given.tokens if token.text.startswith("$")]
    return max((int(number) for number in numbers if number.isdigit()), default=0)
