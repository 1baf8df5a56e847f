"""What the words of ``sources`` mean to the gate: the body of a registration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tobit_kernel.errors import InputError
from tobit_kernel.verbs.parse import assignments

#: The type of source that a scheme stands for, where there is but one.
SCHEMES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "sqlalchemy",
    "mariadb": "sqlalchemy",
    "sqlite": "sqlalchemy",
    "oracle": "sqlalchemy",
    "mssql": "sqlalchemy",
    "duckdb": "duckdb",
    "bolt": "bolt",
    "neo4j": "bolt",
    "redis": "redis",
    "rediss": "redis",
    "unix": "redis",
}
#: Endings of a file that is a database.
_ENDINGS = {".duckdb": "duckdb", ".ddb": "duckdb"}


def type_of(location: str) -> str:
    """The type that goes with an address or path; ``InputError`` when several could."""
    scheme, marked, _ = location.partition("://")
    if not marked:
        return _ENDINGS.get(Path(location).suffix.lower(), "files")
    plain = scheme.lower().split("+")[0]
    if plain in ("http", "https"):
        raise InputError("An http address may be several types of source.", "Add --type rest or --type prometheus.")
    return SCHEMES.get(plain, "sqlalchemy") if plain in SCHEMES or "+" in scheme else _unknown(scheme)


def _unknown(scheme: str) -> str:
    raise InputError(
        f"Which type of source has {scheme}:// addresses is not known.", "Add --type; any SQLAlchemy URL: sqlalchemy."
    )


def options_of(words: tuple[str, ...], file: Path | None) -> dict[str, Any]:
    """Options of a JSON or TOML file, with ``k=v`` words on top."""
    found: dict[str, Any] = _read(file) if file is not None else {}
    plain, given = assignments(words)
    if plain:
        raise InputError(f"Option {plain[0]!r} has no value.", "Write --option key=value key=value.")
    return {**found, **given}


def _read(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        text = file.expanduser().read_text("utf-8")
        found = tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        raise InputError(f"{str(file)!r} cannot be read: {error.strerror}.", "Give a JSON or TOML file.") from None
    except ValueError as error:
        raise InputError(f"{str(file)!r} is no JSON or TOML: {error}.", "Correct it.") from None
    if not isinstance(found, dict):
        raise InputError(f"{str(file)!r} holds no options.", 'Write {"name": value} or name = value.')
    return found
