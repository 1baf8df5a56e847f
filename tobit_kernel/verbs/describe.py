"""``describe``: a table's columns."""

from __future__ import annotations

from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def describe(table: str, *, source: str = "workbench", call: Call) -> Any:
    """Lists the columns of a table with type and comment.

    Parameters
    ----------
    table
        `schema.name` or `name`
    source
        which source
    """
    data = call.gate.get(path_of("sources", source, "tables", table))
    rows = "unknown" if data["rows"] is None else f"about {data['rows']:,}"
    about = f"{data['schema']}.{data['name']} · {data['type']} · rows: {rows}"
    return Answer(data, data["columns"], note=about + (f" · {data['comment']}" if data["comment"] else ""))
