"""What PostgreSQL's errors mean to the person who asked."""

from __future__ import annotations

import re
from typing import Any

from adbc_driver_manager import Error

from tobit_kernel.errors import (
    Cancelled,
    LimitReached,
    Refused,
    SourceUnavailable,
    StatementError,
    StorageFull,
    TimedOut,
    TobitError,
)

#: Before the name of a schema that is to be nowhere; a person does not see it.
NOWHERE = "\ue000"
_UNAVAILABLE = ("08", "57P0", "3D", "28", "53300")


def translated(error: Error, offset: int = 0) -> TobitError:
    """Our error for ADBC's. ``offset`` characters of our own stand before the user's statement.

    A ``StatementError`` has ``details["position"]``, from 0, where the server told it.
    """
    # the driver's stubs promise text, it gives bytes
    given: list[tuple[Any, bytes]] = list(error.details or [])
    details = {name.decode() if isinstance(name, bytes) else str(name): value for name, value in given}
    message = _text(details, "PG_DIAG_MESSAGE_PRIMARY") or _first_line(str(error))
    position = _text(details, "PG_DIAG_STATEMENT_POSITION")
    where = max(int(position) - 1 - offset, 0) if position else None
    return meaning(error.sqlstate or "", message, _text(details, "PG_DIAG_MESSAGE_HINT"), where)


def meaning(state: str, message: str, hint: str = "", position: int | None = None) -> TobitError:
    """Our error for an SQLSTATE (empty: the connection broke) and PostgreSQL's message."""
    message, hint = message.replace(NOWHERE, ""), hint.replace(NOWHERE, "")
    if state == "57014":
        return TimedOut() if "statement timeout" in message else Cancelled()
    if state.startswith(_UNAVAILABLE) or not state:
        return SourceUnavailable(
            f"The database does not answer: {_reason(message)}",
            "If it was restarted just now, run the cell again; `%tobit status` shows its state.",
        )
    if state == "25006":
        return Refused("Only reading is allowed here.", "`%tobit load` and `%tobit save` write tables.")
    if state == "42501":
        return Refused(_sentence(message), "An administrator can grant it.")
    if state in ("53100", "58030"):
        return StorageFull("The database ran out of disk space while it worked on this.")
    if state in ("53200", "54000", "53400"):
        return LimitReached(_sentence(message), "Narrow it down with WHERE, or aggregate first.")
    if state == "42703" and (wanted := re.search(r'column "(?:[^".]+\.)?([^".]*[^a-z0-9_".][^".]*)"', hint)):
        hint = f'Did you mean "{wanted[1]}"? A name with capitals, spaces or signs stands in double quotes.'
    where = {} if position is None else {"position": position}
    return StatementError(_sentence(message), hint or _advice(state), sqlstate=state, **where)


def _advice(state: str) -> str:
    return {
        "42P01": "`%tobit tables` lists what is there.",
        "42703": "`%tobit describe TABLE` lists its columns.",
        "42601": "The mark shows where PostgreSQL stopped understanding.",
        "42P18": "Tell its type: `:name::int`, `:name::date`.",
        "22012": "`nullif(x, 0)` makes it null instead.",
    }.get(state, "")


def _text(details: dict[str, bytes], name: str) -> str:
    return details.get(name, b"").decode("utf-8", "replace")


def _reason(message: str) -> str:
    """The server's own words, without the address that the driver puts before them."""
    return message.rsplit("FATAL:", 1)[-1].strip().rstrip(".") + "."


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]


def _first_line(message: str) -> str:
    line = message.strip().split("\n")[0]
    return line.split("] ", 1)[-1] if line.startswith(("IO: [", "INVALID_ARGUMENT: [")) else line
