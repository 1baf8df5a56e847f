"""A graph by address."""

from __future__ import annotations

import threading
from typing import Any, ClassVar, Self
from urllib.parse import unquote, urlsplit

from neo4j import Driver, GraphDatabase, Query

from tobit_kernel.errors import InputError
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.bolt.catalog import table_of, tables_of
from tobit_kernel.server.sources.bolt.failures import translated
from tobit_kernel.server.sources.bolt.guard import labels_read
from tobit_kernel.server.sources.bolt.run import BoltRun
from tobit_kernel.server.sources.bolt.values import bound
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record
from tobit_kernel.server.store.graph import Access
from tobit_kernel.wire.models import TableDetail, TableInfo

_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
_CONNECT_S, _CATALOG_S = 5.0, 30.0


class Bolt:
    """Neo4j, or what speaks its protocol: ``neo4j+s://user@host[:port][/database]``; read-only."""

    type: ClassVar[str] = "bolt"
    language: ClassVar[str] = "cypher"

    def __init__(self, access: Access | None = None) -> None:
        self._access = access
        self._drivers: dict[Access, Driver] = {}
        self._turn = threading.Lock()

    @classmethod
    def of(cls, record: Record) -> Self:
        return cls(access_of(record.location, record.password))

    def check(self) -> str:
        rows = self._asked(None, "CALL dbms.components() YIELD name, versions RETURN name, versions[0]")
        return " ".join(map(str, rows[0]))[:79] if rows else "it answers"

    def tables(self, principal: Principal, pattern: str = "") -> list[TableInfo]:
        return tables_of(lambda statement: self._asked(principal, statement), pattern)

    def table(self, principal: Principal, name: str) -> TableDetail:
        return table_of(lambda statement: self._asked(principal, statement), name)

    def inspect(self, principal: Principal, statement: str) -> list[str]:
        return labels_read(statement)

    def start(self, principal: Principal, prepared: Prepared, cancellation: Cancellation) -> BoltRun:
        labels_read(prepared.statement)
        access = self._reached(principal)
        return BoltRun(self._driver(access), access.database, prepared, cancellation, self._terminate(access))

    def explain(self, principal: Principal, prepared: Prepared) -> str:
        labels_read(prepared.statement)
        access = self._reached(principal)
        try:
            with self._driver(access).session(database=access.database, default_access_mode="READ") as session:
                query = Query(f"EXPLAIN {prepared.statement}", timeout=prepared.timeout_s)
                result = session.run(query, bound(prepared.parameters))
                rows = [record.values() for record in result]
                plan = result.consume().plan
        except Exception as error:
            raise _shifted(translated(error, f"EXPLAIN {prepared.statement}")) from error
        return "\n".join(_drawn(dict(plan))) if plan else "\n".join(" ".join(map(str, row)) for row in rows)

    def close(self) -> None:
        with self._turn:
            for driver in self._drivers.values():
                driver.close()
            self._drivers.clear()

    def _reached(self, principal: Principal | None) -> Access:
        if self._access is None:
            raise InputError("This graph has no address.")
        return self._access

    def _terminate(self, access: Access) -> Any:
        """How a statement is ended there; None where closing the connection does it."""
        return None

    def _driver(self, access: Access) -> Driver:
        with self._turn:
            if access not in self._drivers:
                auth = (access.user or "neo4j", access.password) if access.password is not None else None
                self._drivers[access] = GraphDatabase.driver(
                    access.url,
                    auth=auth,
                    user_agent="tobit",
                    connection_timeout=_CONNECT_S,
                    connection_acquisition_timeout=2 * _CONNECT_S,
                    max_transaction_retry_time=0,
                    telemetry_disabled=True,
                )
            return self._drivers[access]

    def _asked(self, principal: Principal | None, statement: str) -> list[list[Any]]:
        """Rows of a statement of our own."""
        access = self._reached(principal)
        try:
            with self._driver(access).session(database=access.database, default_access_mode="READ") as session:
                return session.execute_read(
                    lambda transaction: [record.values() for record in transaction.run(statement)]
                )
        except Exception as error:
            raise translated(error, statement) from error


def access_of(location: str, password: str | None) -> Access:
    """The parts of a Bolt address; ``InputError`` does not repeat it, it may hold a password."""
    hint = "Write neo4j+s://user@host:7687/database; the password comes by --password."
    try:
        parts = urlsplit(location)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise InputError("The location is no address.", hint) from None
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise InputError(f"The location is no address that begins with {', '.join(_SCHEMES)}.", hint)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    routing = f"?{parts.query}" if parts.query else ""
    secret = password if password is not None else parts.password and unquote(parts.password)
    user = unquote(parts.username) if parts.username else None
    return Access(f"{parts.scheme}://{host}{port}{routing}", user, secret, unquote(parts.path.strip("/")) or None)


def _drawn(plan: dict[str, Any], depth: int = 0) -> list[str]:
    about = plan.get("args") or {}
    details = str(about.get("Details") or about.get("details") or "")
    line = f"{'  ' * depth}{plan.get('operatorType', '?')} {details}".rstrip()
    return [line, *(text for below in plan.get("children") or [] for text in _drawn(below, depth + 1))]


def _shifted(error: BaseException) -> BaseException:
    """The place in the statement without the EXPLAIN before it."""
    details: dict[str, Any] = getattr(error, "details", {})
    if "position" in details:
        details["position"] = max(details["position"] - len("EXPLAIN "), 0)
    return error
