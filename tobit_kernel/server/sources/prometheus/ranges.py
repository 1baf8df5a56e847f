"""The arguments of ``promql``: an expression, and a moment or a range of time."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from tobit_kernel.errors import StatementError
from tobit_kernel.server.sources.fetched.wanted import Argument, Wanted

#: Points of a range whose step was not given: about as many as a chart has pixels.
POINTS = 500
#: What Prometheus itself allows per series.
MOST_POINTS = 11_000

_NAMES = ("query", "start", "end", "step")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+")


@dataclass(frozen=True)
class Query:
    """A PromQL expression and when: ``end`` is None for a moment. Times are seconds since 1970."""

    expression: str
    argument: Argument
    start: float
    end: float | None = None
    step: float = 1.0

    @classmethod
    def of(cls, wanted: Wanted) -> Self:
        """What a call ``promql(query [, moment | start, end [, step]])`` asks; ``StatementError``."""
        given = dict(zip(_NAMES, wanted.arguments, strict=False))
        for name, argument in wanted.named:
            if name not in (*_NAMES, "time") or name in given:
                raise _wrong(wanted, f"promql has no argument {name!r}, or has it twice.")
            given[name] = argument
        if len(wanted.arguments) > len(_NAMES) or "query" not in given or not isinstance(given["query"].value, str):
            raise _wrong(wanted, "promql takes an expression as text, and start, end and step.")
        moment = given.get("time") or (given.get("start") if "end" not in given and "step" not in given else None)
        now = time.time()
        if moment is not None or "start" not in given:
            at = now if moment is None else _moment(moment, now, wanted)
            return cls(given["query"].value, given["query"], at)
        start = _moment(given["start"], now, wanted)
        end = _moment(given["end"], now, wanted) if "end" in given else now
        step = _step(given["step"], wanted) if "step" in given else max(round((end - start) / POINTS), 1)
        if end < start:
            raise _wrong(wanted, "The range ends before it begins.")
        if (end - start) / step > MOST_POINTS:
            raise _wrong(wanted, f"The range has more than {MOST_POINTS:,} points; take a larger step.")
        return cls(given["query"].value, given["query"], start, end, step)


def _wrong(wanted: Wanted, message: str) -> StatementError:
    return StatementError(
        message, "Such as promql('rate(x[5m])', '-6h', 'now', '1m'), or promql('x') for now.", position=wanted.position
    )


def _moment(argument: Argument, now: float, wanted: Wanted) -> float:
    """Seconds since 1970 of a number, a time, ``now``, ``-6h`` or a text in ISO 8601; without a zone it is UTC."""
    value: Any = argument.value
    if isinstance(value, bool):
        raise _wrong(wanted, f"{value!r} is no time.")
    if isinstance(value, int | float) and abs(value) < 1e11:
        return float(value)
    if isinstance(value, str) and value.strip().lower() == "now":
        return now
    if isinstance(value, str) and value.startswith("-") and _DURATION.fullmatch(value[1:]):
        return now - seconds(value[1:])
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        if isinstance(value, date):
            full = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
            return (full if full.tzinfo else full.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        pass
    raise _wrong(wanted, f"{str(argument.value)[:40]!r} is no time.")


def _step(argument: Argument, wanted: Wanted) -> float:
    value: Any = argument.value
    found = 0.0
    if isinstance(value, timedelta):
        found = value.total_seconds()
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    elif isinstance(value, str) and _DURATION.fullmatch(value):
        found = seconds(value)
    if not 0 < found < 1e10:
        raise _wrong(wanted, f"{str(value)[:40]!r} is no step.")
    return found


def seconds(text: str) -> float:
    """Seconds of a duration as Prometheus writes it: ``1h30m``."""
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|[smhdwy])", text))
