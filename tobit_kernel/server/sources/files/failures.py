"""What DuckDB's errors mean to the person who asked."""

from __future__ import annotations

import json
import re

from tobit_kernel.errors import Cancelled, LimitReached, Refused, SourceUnavailable, StatementError, TobitError


def translated(error: BaseException, text: str = "", offset: int = 0) -> BaseException:
    """Our error for DuckDB's; other errors come back as they are.

    ``text`` is what DuckDB was given, of which the first ``offset`` characters are ours.
    """
    import duckdb

    error = _from_arrow(error)
    if not isinstance(error, duckdb.Error):
        return error
    details = _details(error)
    message = str(details.get("exception_message") or str(error).partition(": ")[2] or error).strip()
    if isinstance(error, duckdb.InterruptException):
        return Cancelled()
    if isinstance(error, duckdb.PermissionException):
        return Refused("Only the tables of this source can be read.", "`%tobit tables --source …` lists them.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return LimitReached(
            "The statement needs more memory than the gate gives.", "Narrow it down, or aggregate first."
        )
    if isinstance(error, duckdb.IOException):
        return SourceUnavailable(f"The file cannot be read: {message.splitlines()[0]}")
    return _statement_error(message, details, text, offset)


def _from_arrow(error: BaseException) -> BaseException:
    """DuckDB's error that came up while rows streamed: Arrow gives it as one of its own, ``Kind Error: …``."""
    import duckdb
    import pyarrow as pa

    told = re.match(r"([A-Za-z ]+) Error: ", str(error))
    if told is None or not isinstance(error, OSError | pa.ArrowException):
        return error
    kinds = {
        "INTERRUPT": duckdb.InterruptException,
        "Permission": duckdb.PermissionException,
        "Out of Memory": duckdb.OutOfMemoryException,
        "IO": duckdb.IOException,
    }
    return kinds.get(told[1], duckdb.Error)(str(error))


def _details(error: BaseException) -> dict[str, object]:
    """The JSON that ``errors_as_json`` puts behind the kind of error."""
    _, brace, rest = str(error).partition("{")
    try:
        found = json.loads(brace + rest)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _statement_error(message: str, details: dict[str, object], text: str, offset: int) -> TobitError:
    first, *more = message.split("\n")
    hint = " ".join(line.strip() for line in more)[:300]
    if details.get("type") == "Table":
        hint = f"{hint} `%tobit tables --source …` lists what is there.".strip()
    position = details.get("position")
    if not text or position is None:
        return StatementError(first, hint)
    before = text.encode()[: int(str(position))].decode(errors="ignore")  # DuckDB counts bytes
    return StatementError(first, hint, position=max(len(before) - offset, 0))
