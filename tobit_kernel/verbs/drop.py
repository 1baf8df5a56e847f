"""``drop``: remove a loaded table."""

from __future__ import annotations

from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def drop(table: str, *, call: Call) -> Any:
    """Removes a table that you loaded or saved.

    Parameters
    ----------
    table
        `T` in your own schema `my`, or `schema.T`
    """
    data = call.gate.delete(path_of("tables", table))
    return Answer(data, text=f"{data['table']} is gone ({data['rows']:,} rows).")
