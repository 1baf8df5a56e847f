"""Rows that Tobit made itself (demo data), loaded so that an interrupted run goes on where it stopped.

A run is a list of steps. Each step is one transaction: its rows and its marker in ``gate.demo_step`` become
visible together or not at all. A run with another signature (generator, scale, end) first removes the rows of
the earlier one. Only rows with ``is_demo`` are ever removed or rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.sql import SQL, Composable, Identifier

from tobit_kernel.errors import Conflict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[int, int, str], None]

#: PostgreSQL counts microseconds from here.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Step:
    """One transaction: ``load`` fills ``table`` and gives the number of rows; ``expected`` is for the progress."""

    table: str
    name: str
    expected: int
    load: Callable[[psycopg.Cursor[Any]], int]


@dataclass(frozen=True)
class Refill:
    """A run for one tenant. ``dataset`` names it, ``signature`` is what its rows were made with."""

    connection: psycopg.Connection[Any]
    tenant: str
    dataset: str
    signature: str

    def run(self, tables: Sequence[str], steps: Sequence[Step], progress: Progress) -> dict[str, int]:
        """Rows per table. ``tables`` are emptied of demo rows first, when another run made them."""
        total = sum(step.expected for step in steps)
        progress(0, total, "Making room")
        self._take(tables)
        counts: dict[str, int] = {}
        done = 0
        for step in steps:
            rows = self._once(step)
            if step.table:
                counts[step.table] = counts.get(step.table, 0) + rows
            done += step.expected
            progress(done, total, step.name)
        return counts

    def _take(self, tables: Sequence[str]) -> None:
        """Make the run ours; the rows of a different one go."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(
                "insert into gate.demo_step (tenant_id, dataset, step, signature) values (%s, %s, '', '')"
                " on conflict do nothing",
                (self.tenant, self.dataset),
            )
            if self._holder(cursor) == self.signature:
                return
            for table in tables:
                delete = SQL("delete from {} where tenant_id = %s and is_demo").format(_name(table))
                cursor.execute(delete, (self.tenant,))
            cursor.execute(
                "delete from gate.demo_step where tenant_id = %s and dataset = %s and step <> ''",
                (self.tenant, self.dataset),
            )
            cursor.execute(
                "update gate.demo_step set signature = %s where tenant_id = %s and dataset = %s and step = ''",
                (self.signature, self.tenant, self.dataset),
            )

    def _once(self, step: Step) -> int:
        """The rows of the step; it runs only when no run with our signature completed it."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            if self._holder(cursor) != self.signature:
                raise Conflict("Another demo run with other settings took over.", "Wait for it: `tobit demo` shows it.")
            cursor.execute(
                "select rows from gate.demo_step where tenant_id = %s and dataset = %s and step = %s",
                (self.tenant, self.dataset, step.name),
            )
            found = cursor.fetchone()
            if found is not None:
                return int(found[0])
            rows = step.load(cursor)
            cursor.execute(
                "insert into gate.demo_step (tenant_id, dataset, step, signature, rows) values (%s, %s, %s, %s, %s)",
                (self.tenant, self.dataset, step.name, self.signature, rows),
            )
            return rows

    def _holder(self, cursor: psycopg.Cursor[Any]) -> str:
        """Signature of the run; its row stays locked to the end of the transaction, so runs take turns."""
        cursor.execute(
            "select signature from gate.demo_step where tenant_id = %s and dataset = %s and step = '' for update",
            (self.tenant, self.dataset),
        )
        found = cursor.fetchone()
        return str(found[0]) if found else ""


def begun_with(connection: psycopg.Connection[Any], tenant: str, dataset: str) -> str:
    """Signature of the run whose rows are there, complete or not; empty when there never was one."""
    found = connection.execute(
        "select signature from gate.demo_step where tenant_id = %s and dataset = %s and step = ''", (tenant, dataset)
    ).fetchone()
    return str(found[0]) if found else ""


def write_rows(
    cursor: psycopg.Cursor[Any],
    table: str,
    tenant: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    key: Sequence[str] = (),
    marked: bool = True,
) -> int:
    """Number of rows written as demo rows of ``tenant``.

    With ``key`` (its columns after tenant_id) a demo row that is there already is rewritten; otherwise a row that is
    there stays as it is. ``marked=False`` is for tables without is_demo: reference data that people may change.
    """
    _stage(cursor, table, columns)
    with cursor.copy(SQL("copy incoming ({}) from stdin").format(_list(columns))) as copy:
        for row in rows:
            copy.write_row(row)
    conflict: Composable = SQL(" on conflict do nothing")
    if key:
        changes = SQL(", ").join(
            SQL("{0} = excluded.{0}").format(Identifier(column)) for column in columns if column not in key
        )
        conflict = SQL(" on conflict (tenant_id, {}) do update set {} where {}.is_demo").format(
            _list(key), changes, _name(table)
        )
    return _move(cursor, table, tenant, columns, conflict, marked)


def write_arrays(
    cursor: psycopg.Cursor[Any],
    table: str,
    tenant: str,
    chunks: Iterable[Mapping[str, NDArray[np.generic]]],
    columns: Sequence[str],
) -> int:
    """Number of rows written as demo rows of ``tenant`` from chunks of equally long arrays, one per column.

    int32, int64 and float64 go to int, bigint and double precision; a timestamptz is int64 microseconds since 2000.
    A row of the user's with the same key stays, and ours is left out.
    """
    _stage(cursor, table, columns)
    with cursor.copy(SQL("copy incoming ({}) from stdin (format binary)").format(_list(columns))) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for chunk in chunks:
            copy.write(_packed([chunk[column] for column in columns]))
        copy.write(b"\xff\xff")
    try:
        # Half the time of the statement below, which is only needed where a user wrote into a demo series.
        with cursor.connection.transaction():
            return _move(cursor, table, tenant, columns, SQL(""), True)
    except psycopg.errors.UniqueViolation:
        return _move(cursor, table, tenant, columns, SQL(" on conflict do nothing"), True)


def _stage(cursor: psycopg.Cursor[Any], table: str, columns: Sequence[str]) -> None:
    """A temporary table to COPY into: PostgreSQL has no COPY into a table with row security."""
    cursor.execute("drop table if exists pg_temp.incoming")
    cursor.execute(
        SQL("create temp table incoming on commit drop as select {} from {} with no data").format(
            _list(columns), _name(table)
        )
    )


def _move(
    cursor: psycopg.Cursor[Any],
    table: str,
    tenant: str,
    columns: Sequence[str],
    conflict: Composable,
    marked: bool,
) -> int:
    mark, value = (SQL("is_demo, "), SQL("true, ")) if marked else (SQL(""), SQL(""))
    cursor.execute(
        SQL("insert into {} (tenant_id, {}{}) select %s, {}{} from incoming{}").format(
            _name(table), mark, _list(columns), value, _list(columns), conflict
        ),
        (tenant,),
    )
    return cursor.rowcount


def _packed(arrays: Sequence[NDArray[np.generic]]) -> bytes:
    """Rows in the binary format of COPY: a count of fields, then length and big-endian bytes of each."""
    import numpy as np

    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for number, array in enumerate(arrays):
        layout += [(f"length{number}", ">i4"), (f"value{number}", f">{array.dtype.kind}{array.itemsize}")]
    rows = np.empty(len(arrays[0]), np.dtype(layout))
    rows["fields"] = len(arrays)
    for number, array in enumerate(arrays):
        rows[f"length{number}"] = array.itemsize
        rows[f"value{number}"] = array
    return rows.tobytes()


def _name(table: str) -> Identifier:
    return Identifier(*table.split("."))


def _list(columns: Sequence[str]) -> Composable:
    return SQL(", ").join(Identifier(column) for column in columns)
