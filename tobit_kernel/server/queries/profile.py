"""What the columns of a table hold, asked as the caller through the ordinary path."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.server.queries.json_rows import answer
from tobit_kernel.server.queries.run import Queries
from tobit_kernel.wire.models import ColumnProfile, QueryRequest, TableColumn, TableDetail, TableProfile

#: Larger tables are profiled by their first so many rows.
SAMPLE_ROWS = 200_000
#: Frequent values shown per column.
TOP = 5
_TIMEOUT_S = 120.0

_NUMBERS = ("int", "numeric", "double", "real", "float", "decimal", "smallint", "bigint", "hugeint")
_NO_ORDER = ("json", "point", "xml", "box", "[]", "struct", "map", "bytea", "blob", "bool")


async def profile(queries: Queries, caller: Caller, source: str, name: str) -> TableProfile:
    """Counts, nulls, distinct values, range, mean and most frequent values of every column."""
    caller = replace(caller, action="profile")
    found = await queries.means.sources.get(caller.principal, source)
    table = await asyncio.to_thread(found.table, caller.principal, name)
    rows = await _ask(queries, caller, source, _summary(table))
    columns = [await _column(queries, caller, source, table, number, rows[0]) for number in range(len(table.columns))]
    return TableProfile(rows=rows[0][0], sampled=rows[0][0] >= SAMPLE_ROWS, columns=columns)


async def _ask(queries: Queries, caller: Caller, source: str, statement: str) -> list[list[Any]]:
    request = QueryRequest(statement=statement, source=source, limit=1000, timeout_s=_TIMEOUT_S, cache_s=60)
    return (await answer(await queries.start(request, caller))).rows


def _sample(table: TableDetail) -> str:
    return f"(select * from {_quoted(table.db_schema)}.{_quoted(table.name)} limit {SAMPLE_ROWS}) as sample"  # noqa: S608 - quoted names of the catalog


def _summary(table: TableDetail) -> str:
    parts = ["count(*)"]
    for column in table.columns:
        name = _quoted(column.name)
        ordered = not any(word in column.type.lower() for word in _NO_ORDER)
        number = ordered and any(word in column.type.lower() for word in _NUMBERS)
        parts += [
            f"count({name})",
            f"count(distinct cast({name} as text))",
            f"cast(min({name}) as text)" if ordered else "cast(null as text)",
            f"cast(max({name}) as text)" if ordered else "cast(null as text)",
            f"avg({name})" if number else "cast(null as double precision)",
        ]
    return f"select {', '.join(parts)} from {_sample(table)}"  # noqa: S608 - quoted names of the catalog


async def _column(
    queries: Queries, caller: Caller, source: str, table: TableDetail, number: int, summary: list[Any]
) -> ColumnProfile:
    column: TableColumn = table.columns[number]
    count, distinct, low, high, mean = summary[1 + 5 * number : 6 + 5 * number]
    name = _quoted(column.name)
    top = await _ask(
        queries,
        caller,
        source,
        f"select cast({name} as text), count(*) from {_sample(table)} where {name} is not null"  # noqa: S608
        f" group by 1 order by 2 desc, 1 limit {TOP}",
    )
    return ColumnProfile(
        name=column.name,
        type=column.type,
        nulls=summary[0] - count,
        distinct=distinct,
        min=low,
        max=high,
        mean=mean,
        top=[(value[:200], times) for value, times in top],
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
