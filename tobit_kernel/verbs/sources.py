"""``sources``: where can be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.errors import InputError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def sources(
    pattern: str = "",
    *,
    add: str | None = None,
    url: str | None = None,
    path: Path | None = None,
    password: bool = False,
    description: str = "",
    remove: str | None = None,
    call: Call,
) -> Any:
    """Lists the data sources; administrators add and remove them.

    `--add plant --url postgresql://reader@db/plant --password` registers a PostgreSQL and asks for
    its password (encrypted at once, never shown). `--add logs --path /data/logs` registers a file
    or folder of CSV, Parquet, JSON and Excel files.

    Parameters
    ----------
    pattern
        only names that contain it
    add
        name of a new source
    url
        address of a PostgreSQL, without a password
    path
        file or folder on the gate's machine
    password
        ask for the password
    description
        one line for others
    remove
        forget this source; the data behind it stays
    """
    if remove is not None:
        return Answer(call.gate.delete(path_of("sources", remove)), text=f"Source {remove!r} is forgotten.")
    if add is not None:
        if (url is None) == (path is None):
            raise InputError("A source needs --url or --path.", "--url postgresql://user@host/db, or --path /folder.")
        draft = {
            "name": add,
            "type": "postgresql" if url else "files",
            "location": url or str(path.expanduser().absolute()),  # type: ignore[union-attr]
            "description": description,
        }
        if password:
            draft["password"] = call.ask_secret(f"Password for {url or path}: ")
        data = call.gate.post("/sources", draft)
        return Answer(data, [data], note=f"`%tobit tables --source {add}` shows what it holds.")
    data = call.gate.get("/sources", pattern=pattern)
    return Answer(data, data, empty=f"No source matches {pattern!r}.")
