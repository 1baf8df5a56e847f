"""DuckDB that reads the given files and folders and can do nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from tobit_kernel.errors import InputError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_extension_repositories": "forbidden",
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}


def connect(readable: Sequence[Path], scratch: Path, zone: str = "UTC") -> DuckDBPyConnection:
    """A database in memory, open for the ``readable`` files and folders only.

    ``scratch`` takes what does not fit the memory. Times without a zone that become
    timestamptz are taken to be in ``zone``. Our macros of ``casts.sql`` are there.
    ``lock`` it before it runs anything that a user wrote.
    """
    import duckdb

    connection = opened(scratch)
    connection.execute(files(__package__).joinpath("casts.sql").read_text("utf-8"))
    try:
        connection.execute(f"set TimeZone = {literal(zone)}")
    except duckdb.Error:
        raise InputError(f"There is no time zone {zone!r}.", "Give a name such as Asia/Seoul.") from None
    confine(connection, readable)
    return connection


def opened(scratch: Path) -> DuckDBPyConnection:
    """A database in memory with our limits, not confined yet: for what has to be attached first."""
    import duckdb

    return duckdb.connect(config={**_CONFIG, "temp_directory": str(scratch), "max_temp_directory_size": "10GB"})


def confine(connection: DuckDBPyConnection, readable: Sequence[Path] = ()) -> None:
    """From now on only the ``readable`` files and folders can be opened."""
    folders = [f"{path}/" for path in readable if path.is_dir()]
    paths = [str(path) for path in readable if not path.is_dir()]
    connection.execute(f"set allowed_directories = {_list(folders)}")
    connection.execute(f"set allowed_paths = {_list(paths)}")
    connection.execute("set enable_external_access = false")


def lock(connection: DuckDBPyConnection) -> None:
    """No setting can be changed any more."""
    connection.execute("set lock_configuration = true")


def literal(text: str) -> str:
    """``text`` as a string of DuckDB's SQL."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """``name`` as an identifier of DuckDB's SQL."""
    return '"' + name.replace('"', '""') + '"'


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(literal(text) for text in texts) + "]"
