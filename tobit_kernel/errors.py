"""Every error that crosses the gate.

    TobitError
    ├── InputError              422  a value that the caller gave
    │   ├── ParameterMissing
    │   └── RowsRejected             rows of a file that do not fit
    ├── StatementError          400  the statement, with its place in the cell
    ├── Refused                 403  not allowed, by whom it can be
    ├── Unauthenticated         401
    ├── NotFound                404
    ├── Conflict                409
    │   └── AuditBroken              the audit is not as it was sealed
    ├── LimitReached            413  too many rows or bytes
    ├── RateLimited             429  too often, too many at once, or a quota is used up
    ├── TimedOut                408
    ├── Cancelled               499
    ├── SourceUnavailable       503  a database or file behind the gate
    ├── GateUnavailable         503  no gate answers
    ├── StorageFull             507
    ├── StreamTruncated         502  the answer ended before its end marker
    └── InternalError           500

The docstring of a class is its default message, ``hint`` says what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class TobitError(Exception):
    """Something failed."""

    status: ClassVar[int] = 500
    default_hint: ClassVar[str] = ""

    def __init__(self, message: str = "", hint: str = "", **details: Any) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.hint = hint or self.default_hint
        self.details: dict[str, Any] = details
        self.trace_id: str | None = None
        super().__init__(self.message)

    def __str__(self) -> str:
        """Two lines: what failed, what to do; for a statement the place between them."""
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The message, what belongs to it (a caret, rejected rows), and the hint."""
        return [self.message, *self.illustration(), *([f"→ {self.hint}"] if self.hint else [])]

    def illustration(self) -> list[str]:
        """Lines that show where or what, between message and hint."""
        return []

    def _render_traceback_(self) -> list[str]:
        """What IPython prints instead of a traceback; the output is still an error."""
        first, *rest = self.lines()
        return [f"\x1b[31m{type(self).__name__}\x1b[0m: {first}", *rest]

    def as_data(self) -> dict[str, Any]:
        """The envelope's ``data`` for this error."""
        return {
            "error": type(self).__name__,
            "message": self.message,
            "hint": self.hint,
            "trace_id": self.trace_id,
            "details": self.details,
        }


class InputError(TobitError):
    """A value does not fit."""

    status = 422


class ParameterMissing(InputError):
    """The statement names a parameter that has no value."""


class RowsRejected(InputError):
    """Rows of the file do not fit the table; nothing was loaded."""

    default_hint = "Correct the rows, or give the column another type with --types column=text."

    def illustration(self) -> list[str]:
        return [
            f"  {row['file']}:{row['line']} {row['column']}: {row['value']!r} ({row['reason']})"
            for row in self.details.get("rows", [])[:10]
        ]


class StatementError(TobitError):
    """The statement is wrong.

    ``details`` may hold ``cell`` (name of an earlier cell or None), ``line`` and ``column``
    (both from 1) and ``text`` (that line).
    """

    status = 400

    def illustration(self) -> list[str]:
        text, column, line = (self.details.get(name) for name in ("text", "column", "line"))
        if text is None or column is None or line is None:
            return []
        cell = self.details.get("cell")
        where = f"cell {cell}, line {line}" if cell else f"line {line}"
        before = "".join(letter if letter == "\t" else " " * width_of(letter) for letter in text[: column - 1])
        return [f"  {text}    ({where})", f"  {before}^"]


class Refused(TobitError):
    """This is not allowed."""

    status = 403


class Unauthenticated(TobitError):
    """The gate does not know who is asking."""

    status = 401
    default_hint = "`tobit login` signs in; on your own machine the gate knows you by TOBIT_HOME/token."


class NotFound(TobitError):
    """There is no such thing."""

    status = 404


class Conflict(TobitError):
    """This clashes with what is already there."""

    status = 409


class AuditBroken(Conflict):
    """The audit is not as it was sealed."""

    default_hint = "Keep the database and TOBIT_HOME/audit.anchor as they are, and compare with a backup."


class LimitReached(TobitError):
    """The answer is larger than the gate allows."""

    status = 413


class RateLimited(TobitError):
    """Too much is asked at once."""

    # details["retry_after_s"]: when it is worth another try
    status = 429


class TimedOut(TobitError):
    """It took longer than its time limit and was ended on the server."""

    status = 408
    default_hint = "Narrow it down, or allow more time with --timeout 5m."


class Cancelled(TobitError):
    """It was interrupted and has ended on the server."""

    status = 499


class SourceUnavailable(TobitError):
    """The data source does not answer."""

    status = 503


class GateUnavailable(TobitError):
    """No gate answers."""

    status = 503
    default_hint = "`tobit status` shows its parts."


class StorageFull(TobitError):
    """The disk of the database is full; nothing was changed."""

    status = 507
    default_hint = "Free some space, then run it again."


class StreamTruncated(TobitError):
    """The answer ended before it was complete; its rows were discarded."""

    status = 502
    default_hint = "Run it again; `tobit status` shows whether the gate was restarted."


class InternalError(TobitError):
    """The gate failed in a way that it did not foresee."""

    status = 500
    default_hint = "`tobit trace ID` and the gateway's log say more."


def from_data(data: Mapping[str, Any]) -> TobitError:
    """The error that ``as_data`` described, as an instance of its class."""
    kinds = {kind.__name__: kind for kind in tree(TobitError)}
    kind = kinds.get(str(data.get("error")), TobitError)
    error = kind(str(data.get("message", "")), str(data.get("hint", "")), **dict(data.get("details") or {}))
    error.trace_id = data.get("trace_id")
    return error


def tree(kind: type[TobitError]) -> list[type[TobitError]]:
    """``kind`` and all kinds below it."""
    return [kind, *(below for child in kind.__subclasses__() for below in tree(child))]


def width_of(text: str) -> int:
    """Columns that ``text`` takes in a fixed-width font: Hangul and other wide letters take two."""
    from unicodedata import combining, east_asian_width

    if text.isascii():
        return len(text)
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)
