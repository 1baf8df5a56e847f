"""``profile``: what a table's columns hold."""

from __future__ import annotations

from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def profile(table: str, *, source: str = "workbench", call: Call) -> Any:
    """Shows nulls, distinct values, range, mean and most frequent values of every column.

    Parameters
    ----------
    table
        `schema.name` or `name`
    source
        which source
    """
    gate = call.gate
    with call.working() as report:
        report(0, None, f"reading {table}")
        data = gate.get(path_of("sources", source, "tables", table, "profile"))
    rows = [
        {**column, "top": ", ".join(f"{value} ({count:,})" for value, count in column["top"])}
        for column in data["columns"]
    ]
    note = f"the first {data['rows']:,} rows" if data["sampled"] else f"{data['rows']:,} rows"
    return Answer(data, rows, note=note)
