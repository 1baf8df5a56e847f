"""``tables``: what can be asked for."""

from __future__ import annotations

from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def tables(pattern: str = "", *, source: str = "workbench", browse: bool = False, call: Call) -> Any:
    """Lists the tables, views and files of a source with a rounded number of rows.

    Parameters
    ----------
    pattern
        part of the name, or with `*`: `ops.*`
    source
        which source
    browse
        opens an explorer of all sources, in a notebook
    """
    if browse:
        return call.browse("explorer", text=pattern, source=source)
    data = call.gate.get(path_of("sources", source, "tables"), pattern=pattern)
    rows = [
        {
            "table": f"{item['schema']}.{item['name']}",
            "type": item["type"],
            "rows": item["rows"],
            "comment": item["comment"],
        }
        for item in data
    ]
    empty = f"No table matches {pattern!r}." if pattern else "No tables yet: `%tobit demo`, or `%tobit load FILE`."
    return Answer(data, rows, empty=empty)
