"""Any PostgreSQL by URL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.resources import files
from typing import ClassVar, Self

from tobit_kernel.errors import InputError, NotFound, StatementError
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.postgresql.readers import Reader, Readers
from tobit_kernel.server.sources.postgresql.relations import Relation, relations
from tobit_kernel.server.sources.postgresql.run import PostgresRun
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record
from tobit_kernel.server.store.address import Address
from tobit_kernel.wire.models import TableColumn, TableDetail, TableInfo

_TABLES = files(__package__).joinpath("tables.sql").read_text("utf-8")
_COLUMNS = files(__package__).joinpath("columns.sql").read_text("utf-8")


class Postgresql:
    """A PostgreSQL server reached by ``postgresql://user@host:port/database``; read-only."""

    type: ClassVar[str] = "postgresql"
    language: ClassVar[str] = "sql"
    dialect: ClassVar[str] = "postgres"

    def __init__(self, address: Address) -> None:
        self._readers = Readers(address)

    @classmethod
    def of(cls, record: Record) -> Self:
        return cls(address_of(record.location, record.password))

    def check(self) -> str:
        reader = self._readers.lend()
        try:
            ((version,),) = reader.fetch("select current_setting('server_version')")
            return f"PostgreSQL {version}"
        finally:
            reader.release()

    def tables(self, principal: Principal, pattern: str = "") -> list[TableInfo]:
        schema, dot, name = pattern.partition(".")
        wanted = self._physical(principal, schema) + dot + name
        reader = self._readers.lend()
        try:
            rows = reader.fetch(_TABLES, (like(wanted),))
        finally:
            reader.release()
        return [self._info(*row) for row in rows if self._visible(principal, str(row[0]))]

    def table(self, principal: Principal, name: str) -> TableDetail:
        found = self._find(principal, name)
        reader = self._readers.lend()
        try:
            rows = reader.fetch(_COLUMNS, (self._physical(principal, found.db_schema), found.name))
        finally:
            reader.release()
        columns = [TableColumn(name=row[0], type=row[1], nullable=row[2], comment=row[3]) for row in rows]
        return TableDetail(**found.model_dump(), columns=columns)

    def parse(self, principal: Principal, statement: str) -> None:
        reader = self._readers.lend()
        try:
            reader.prepare(statement)
        finally:
            reader.release()

    def relations(
        self, principal: Principal, names: Sequence[tuple[str, str]], declared: Sequence[tuple[str, str, str]]
    ) -> dict[int, Relation]:
        """What ``names`` are and what of them was declared; see ``postgresql.relations``."""
        reader = self._readers.lend()
        try:
            return relations(reader, names, declared)
        finally:
            reader.release()

    def start(self, principal: Principal, prepared: Prepared, cancellation: Cancellation) -> PostgresRun:
        try:
            return PostgresRun(self._lend(principal), prepared, cancellation)
        except StatementError as error:
            if error.details.get("sqlstate") == "42P01":
                error.hint = self._near(principal, error.message) or error.hint
            raise

    def explain(self, principal: Principal, prepared: Prepared) -> str:
        run = PostgresRun(self._lend(principal), prepared, Cancellation(), only_plan=True)
        try:
            return run.plan()
        finally:
            run.close()

    def close(self) -> None:
        self._readers.close()

    # -- for the workbench, where schemas are personal ------------------------

    def _near(self, principal: Principal, message: str) -> str:
        """What was probably meant by the table that a message calls unknown."""
        named = re.search(r'"([^"]+)"', message)
        wanted = named[1].lower() if named else ""
        known = {f"{each.db_schema}.{each.name}".lower(): each.name.lower() for each in self.tables(principal)}
        same = [full for full, name in known.items() if name == wanted.rpartition(".")[2]]
        near = same or get_close_matches(wanted, list(known), n=3, cutoff=0.75)
        near = near or [full for full, name in known.items() if get_close_matches(wanted, [name], cutoff=0.75)]
        return f"Did you mean {' or '.join(near[:3])}?" if near else ""

    def _lend(self, principal: Principal) -> Reader:
        return self._readers.lend()

    def _visible(self, principal: Principal, schema: str) -> bool:
        return True

    def _logical(self, schema: str) -> str:
        return schema

    def _physical(self, principal: Principal, schema: str) -> str:
        return schema

    def _info(self, schema: object, name: object, kind: object, rows: object, comment: object) -> TableInfo:
        return TableInfo.model_validate(
            {
                "schema": self._logical(str(schema)),
                "name": name,
                "type": kind,
                "rows": rounded(rows),
                "comment": comment,
            }
        )

    def _find(self, principal: Principal, name: str) -> TableInfo:
        tables = self.tables(principal)
        wanted = name.lower()
        exact = [each for each in tables if f"{each.db_schema}.{each.name}".lower() == wanted]
        exact = exact or [each for each in tables if each.name.lower() == wanted]
        if len(exact) == 1:
            return exact[0]
        if exact:
            raise InputError(
                f"{name!r} stands in several schemas.",
                "Write " + " or ".join(f"{each.db_schema}.{each.name}" for each in exact) + ".",
            )
        near = get_close_matches(wanted, [f"{each.db_schema}.{each.name}" for each in tables], n=3, cutoff=0.5)
        raise NotFound(
            f"There is no table {name!r}.",
            "Did you mean " + " or ".join(near) + "?" if near else "`%tobit tables` lists what is there.",
        )


def address_of(location: str, password: str | None) -> Address:
    """The address with its password; ``InputError`` when ``location`` is none or holds a password."""
    address = Address.parse(location)
    if any("password" in keyword or "secret" in keyword for keyword in address.keywords):
        raise InputError("The address holds a password.", "Leave it out; Tobit asks for it and encrypts it.")
    return address.having(password=password) if password else address


def like(pattern: str) -> str:
    """A LIKE pattern for ``pattern``: ``*`` and ``?`` as in file names, else a part of the name."""
    escaped = pattern.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    if "*" in pattern or "?" in pattern:
        return (
            "%" + escaped.replace("*", "%").replace("?", "_")
            if "." not in pattern
            else escaped.replace("*", "%").replace("?", "_")
        )
    return f"%{escaped}%"


def rounded(rows: object) -> int | None:
    """An estimate with two digits, so that it tells a size and no more."""
    if not isinstance(rows, int):
        return None
    digits = max(len(str(rows)) - 2, 0)
    return round(rows, -digits)
