"""Loads a file into a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from uuid import uuid4

from tobit_kernel.errors import Conflict, InputError, Refused
from tobit_kernel.server.files.opening import Column, OpenFile, open_file
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.tables import statements
from tobit_kernel.server.tables.existing import Existing, existing
from tobit_kernel.server.tables.failure import explained
from tobit_kernel.server.tables.naming import TableName, name_for, resolve
from tobit_kernel.server.tables.pulse import reading
from tobit_kernel.server.tables.writing import Progress, Transaction, transaction

#: PostgreSQL's limit.
MAX_COLUMNS = 1600
#: Each takes a connection beside the pools and up to 1 GB while it reads; a further one waits.
_LOADS = BoundedSemaphore(2)


class Mode(StrEnum):
    """What happens to a table that is there already."""

    #: it is an error
    CREATE = "create"
    #: the new one takes its place when it is complete
    REPLACE = "replace"
    #: the rows are added to it
    APPEND = "append"


@dataclass(frozen=True)
class Loaded:
    """A loaded table; ``notes`` tell what was decided about the file."""

    table: str
    rows: int
    columns: list[Column]
    rejected: int = 0
    notes: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """The envelope's ``data``."""
        return asdict(self)


def _silent(done: int, total: int | None, note: str) -> None: ...


def load(
    app: Address,
    home: Path,
    principal: Principal,
    path: Path,
    name: str,
    *,
    table: str = "",
    mode: Mode = Mode.CREATE,
    types: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    zone: str = "UTC",
    progress: Progress = _silent,
) -> Loaded:
    """The table after all rows of the file at ``path``, called ``name`` by its owner, are in it.

    Blocks. All or nothing: an error (``InputError``, ``RowsRejected``, ``Conflict``, ``Refused``,
    ``StorageFull`` or what ``progress`` raises) and the end of any process leave what was there.
    ``table`` is ``T``, ``my.T`` or ``schema.T``; "" makes one of the file's name. ``progress`` may be
    called from another thread.
    """
    if not principal.may(Permission.LOAD):
        raise Refused(f"The role {principal.role.value!r} may not load tables.", "Ask an administrator.")
    target = resolve(principal, table or name_for(name))
    with _turn(progress):
        found = _looked_up(app, principal, target, mode)
        expected = found.columns if found is not None and mode is Mode.APPEND else {}
        with ExitStack() as stack:
            with reading(progress, f"reading {name}") as watch:
                given = {"types": types, "expected": expected, "encoding": encoding, "sheet": sheet, "zone": zone}
                file = stack.enter_context(open_file(path, name, home, watch=watch, **given))  # type: ignore[arg-type]
            return _written(app, principal, target, mode, file, progress)


@contextmanager
def _turn(progress: Progress) -> Iterator[None]:
    while not _LOADS.acquire(timeout=0.5):
        progress(0, None, "waiting for other loads")
    try:
        yield
    finally:
        _LOADS.release()


def _looked_up(app: Address, principal: Principal, target: TableName, mode: Mode) -> Existing | None:
    """The table that is there already, once it is clear that ``mode`` goes with it."""
    with explained(target.shown), app.connect(autocommit=True) as connection:
        found = existing(connection, target)
    if found is not None:
        if mode is Mode.CREATE:
            raise Conflict(f"There is a table {target.shown!r} already.", "Use --replace or --append, or another name.")
        found.require_own(principal, target)
    return found


def _written(
    app: Address, principal: Principal, target: TableName, mode: Mode, file: OpenFile, progress: Progress
) -> Loaded:
    inspection = file.inspection()
    if len(inspection.columns) > MAX_COLUMNS:
        raise InputError(f"{inspection.name!r} has {len(inspection.columns):,} columns; a table has {MAX_COLUMNS:,}.")
    with transaction(app, target.shown) as work:
        work.run("set local lock_timeout = '5min'", statements.lock(target))
        found = _looked_up(app, principal, target, mode)  # another load may just have made it
        into = target
        if found is None or mode is Mode.REPLACE:
            into = target if found is None else TableName(target.schema, f"loading_{uuid4().hex}", target.is_personal)
            _create(app, work, principal, into, inspection.columns)
        else:
            _require_same(found, inspection.columns, target)
        rows = work.write(into, file.copy_batches(), inspection.rows, progress)
        progress(rows, inspection.rows, "finishing")
        work.run(statements.analyze(into))
        if into != target:  # the old table answers until the commit
            work.run(statements.drop_table(target), statements.rename_table(into, target))
        if mode is not Mode.APPEND or found is None:
            work.run(statements.record(target, principal))
    return Loaded(target.shown, rows, inspection.columns, notes=inspection.notes)


def _create(app: Address, work: Transaction, principal: Principal, name: TableName, columns: Sequence[Column]) -> None:
    with explained(name.shown), app.connect(autocommit=True) as connection:
        [(is_there,)] = connection.execute("select to_regnamespace(quote_ident(%s)) is not null", (name.schema,))
    if not is_there:
        work.run(*statements.create_schema(name.schema))
    work.run(statements.create_table(name, columns), *statements.protect(name, principal))


def _require_same(found: Existing, columns: Sequence[Column], target: TableName) -> None:
    """``InputError`` unless the file has the table's columns, in any order, with its types."""
    given = {column.name: column.type for column in columns}
    for word, names in (
        ("lacks", found.columns.keys() - given.keys()),
        ("has also", given.keys() - found.columns.keys()),
    ):
        if names:
            raise InputError(
                f"The file {word} {', '.join(sorted(map(repr, names)))}; {target.shown!r} has other columns.",
                f"Its columns: {', '.join(found.columns)}. Or load it with --replace.",
            )
    for column, kind in found.columns.items():
        if given[column] != kind:
            raise InputError(
                f"Column {column!r} is {kind} in {target.shown!r} and {given[column]} in the file.",
                f"Give it the table's type, --types {column}={kind}, or load with --replace.",
            )
