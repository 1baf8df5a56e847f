"""What sources have in common whose tables are fetched for each statement."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pyarrow as pa

from tobit_kernel.errors import NotFound, StatementError, TobitError
from tobit_kernel.server.files import locked
from tobit_kernel.server.files.scratch import new_folder
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.fetched.wanted import Plan, Wanted, planned
from tobit_kernel.server.sources.fetched.web import Session, Web
from tobit_kernel.server.sources.files.run import FilesRun, described, one_select, placeholders
from tobit_kernel.server.sources.source import Cancellation, Prepared
from tobit_kernel.server.sources.timing import Deadline
from tobit_kernel.wire.models import TableColumn, TableDetail, TableInfo

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMA = "main"
#: For what the source asks on its own, such as its catalog.
QUIET_S = 10.0

Found = TypeVar("Found")


class Fetched(ABC):
    """Tables and functions of a web server, asked in DuckDB's SQL over what was fetched, and nothing else."""

    language: ClassVar[str] = "sql"
    dialect: ClassVar[str] = "duckdb"

    def __init__(self, web: Web, home: Path) -> None:
        self.web, self._home = web, home
        self._folder: Any = None
        self._lock = Lock()

    # -- what each type knows ------------------------------------------------

    @abstractmethod
    def known(self, session: Session) -> Mapping[str, TableInfo]:
        """The tables by name in lower case."""

    @abstractmethod
    def functions(self) -> frozenset[str]:
        """Names, in lower case, that stand in FROM with arguments."""

    @abstractmethod
    def fetch(self, session: Session, wanted: Wanted) -> pa.Table:
        """The rows of a table."""

    @abstractmethod
    def empty(self, session: Session, wanted: Wanted) -> pa.Table:
        """The columns of a table as one without rows; asks as little as it can."""

    @abstractmethod
    def request(self, wanted: Wanted) -> str:
        """What is asked for a table, in a line."""

    # -- the source ----------------------------------------------------------

    def tables(self, principal: Principal, pattern: str = "") -> list[TableInfo]:
        found = self.quietly(self.known)
        return [info for _, info in sorted(found.items()) if _matches(info.name, pattern)]

    def table(self, principal: Principal, name: str) -> TableDetail:
        return self.quietly(lambda session: self._detail(session, name))

    def parse(self, principal: Principal, statement: str) -> None:
        connection = locked.connect([], self._scratch())
        try:
            one_select(connection, statement)  # DuckDB's own words first, which know the place
            values: list[Any] = [None] * len(placeholders(connection, statement))
        finally:
            connection.close()
        self._explained(Prepared(statement, values))

    def start(self, principal: Principal, prepared: Prepared, cancellation: Cancellation) -> FilesRun:
        with Deadline(prepared.timeout_s, cancellation) as deadline:
            plan, data = self._gathered(prepared, deadline, self.fetch)
            left_s = deadline.left_s
        plain = replace(prepared, statement=plan.statement, values=plan.values, timeout_s=left_s)
        try:
            return FilesRun(self._connected(data), plain, cancellation)
        except StatementError as error:
            raise _placed(error, plan) from error

    def explain(self, principal: Principal, prepared: Prepared) -> str:
        plan, text = self._explained(prepared)
        requests = [self.request(wanted) for wanted in plan.tables.values()]
        return "\n".join([*requests, text])

    def close(self) -> None:
        with self._lock:
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def quietly(self, work: Callable[[Session], Found]) -> Found:
        """What ``work`` finds in a session of its own."""
        with Deadline(QUIET_S, Cancellation()) as deadline:
            session = self.web.session(deadline)
            try:
                return work(session)
            finally:
                session.close()

    # -- steps ---------------------------------------------------------------

    def _gathered(
        self, prepared: Prepared, deadline: Deadline, fetch: Callable[[Session, Wanted], pa.Table]
    ) -> tuple[Plan, dict[str, pa.Table]]:
        session = self.web.session(deadline)
        try:
            known = self.known(session)
            plan = planned(prepared.statement, prepared.values, known, self.functions())
            data = {}
            for name, wanted in plan.tables.items():
                deadline.check()
                data[name] = fetch(session, wanted)
            return plan, data
        finally:
            session.close()

    def _explained(self, prepared: Prepared) -> tuple[Plan, str]:
        with Deadline(prepared.timeout_s, Cancellation()) as deadline:
            plan, data = self._gathered(prepared, deadline, self.empty)
        connection = self._connected(data)
        try:
            statement = one_select(connection, plan.statement)
            described(connection, statement, plan.values)
            rows = connection.execute(f"explain {statement}", plan.values or None).fetchall()
            return plan, "\n".join(str(row[1]) for row in rows)
        except StatementError as error:
            raise _placed(error, plan) from error
        finally:
            connection.close()

    def _connected(self, data: Mapping[str, pa.Table]) -> DuckDBPyConnection:
        """A locked connection that holds ``data`` and reaches nothing else."""
        connection = locked.connect([], self._scratch())
        try:
            for number, (name, table) in enumerate(data.items()):
                connection.register(f"tobit_fetched_{number}", table)
                connection.execute(f"create view {locked.quoted(name)} as select * from tobit_fetched_{number}")  # noqa: S608
            connection.execute("set errors_as_json = true")
            locked.lock(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _scratch(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = new_folder(self._home)
            return Path(self._folder.name)

    def _detail(self, session: Session, name: str) -> TableDetail:
        known = self.known(session)
        wanted = name.lower().removeprefix(f"{SCHEMA}.")
        if wanted not in known:
            hint = _near(wanted, known) or "`%tobit tables --source …` lists what is there."
            raise NotFound(f"There is no table {name!r}.", hint)
        columns = [
            TableColumn(name=field.name, type=native(field.type))
            for field in self.empty(session, Wanted(wanted, 0)).schema
        ]
        return TableDetail.model_validate({**known[wanted].model_dump(by_alias=True), "columns": columns})


def native(kind: pa.DataType) -> str:
    """The name of a type as SQL has it."""
    names = {pa.int64(): "bigint", pa.float64(): "double precision", pa.bool_(): "boolean", pa.date32(): "date"}
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    return names.get(kind, "text")


def _near(name: str, known: Mapping[str, TableInfo]) -> str:
    near = get_close_matches(name, list(known), n=3, cutoff=0.5)
    return "Did you mean " + " or ".join(known[each].name for each in near) + "?" if near else ""


def _placed(error: TobitError, plan: Plan) -> TobitError:
    position = error.details.get("position")
    if position is not None:
        error.details["position"] = plan.position(position)
    return error


def _matches(name: str, pattern: str) -> bool:
    full, wanted = f"{SCHEMA}.{name}".lower(), pattern.lower()
    if "*" in wanted or "?" in wanted:
        return fnmatchcase(full if "." in wanted else name.lower(), wanted)
    return wanted in full


def table_info(name: str, comment: str | None = None, rows: int | None = None) -> TableInfo:
    """A table of the catalog."""
    return TableInfo.model_validate({"schema": SCHEMA, "name": name, "type": "table", "rows": rows, "comment": comment})
