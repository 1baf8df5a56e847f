"""What PostgreSQL's refusals mean to somebody who loads a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tobit_kernel.errors import (
    Cancelled,
    Conflict,
    InputError,
    InternalError,
    Refused,
    SourceUnavailable,
    StorageFull,
    TobitError,
)


@contextmanager
def explained(table: str) -> Iterator[None]:
    """Raises the error of ours that fits what the database says about ``table``."""
    import psycopg
    from adbc_driver_manager import Error as AdbcError

    try:
        yield
    except (AdbcError, psycopg.Error) as error:
        raise _meaning(table, error.sqlstate or "", _said(str(error))) from error


def _meaning(table: str, state: str, said: str) -> TobitError:
    if state in ("53100", "58030") or "No space left" in said:
        return StorageFull()
    if state == "55P03":
        return Conflict(f"{table!r} is in use by another load or a long query.", "Run it again when that has ended.")
    if state in ("42P07", "42P06", "23505", "40P01", "40001"):
        return Conflict(f"{table!r} was made by somebody else at the same moment.", "Run it again.")
    if state == "2BP01":
        return Conflict(f"Other objects depend on {table!r}: {said}")
    if state == "42501":
        return Refused(f"The gate may not write {table!r}: {said}", "Its role in the database lacks a right.")
    if state == "57014":
        return Cancelled("The load was interrupted; nothing was changed.")
    if state[:2] in ("22", "23", "54"):
        return InputError(f"{table!r} cannot take the rows: {said}", "Give the column another type with --types.")
    if state[:2] in ("08", "57", "53") or not state:
        return SourceUnavailable(f"The database stopped answering; {table!r} is as it was.", "Run it again.")
    return InternalError(f"{table!r} could not be written: {said}")


def _said(text: str) -> str:
    """PostgreSQL's own sentence in a driver's message."""
    found = re.search(r"ERROR:\s+(.+)", text)
    return (found[1] if found else text.splitlines()[0] if text else "no reason given").strip()
