"""Values as people type them into a filter: numbers, days, times of day, durations, yes and no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from unicodedata import normalize

from tobit_kernel.errors import InputError
from tobit_kernel.notebook.display.words import say

_YES = {"true", "t", "yes", "y", "1", "on", "참", "예", "네"}
_NO = {"false", "f", "no", "n", "0", "off", "거짓", "아니오", "아니요"}
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$")
_DAY = re.compile(r"(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?|(\d{2})(\d{2}))?$")
_OFFSET = re.compile(r"\s*(Z|[+-]\d{2}(?::?\d{2})?)$", re.IGNORECASE)
_AMOUNT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([a-zµ]+|[가-힣]+)\s*")
_CLOCK_SPAN = re.compile(r"([+-]?)(\d+):(\d{2})(?::(\d{2}(?:\.\d+)?))?$")
_HINT_TIME = "Write 2026-11-01, 2026-11-01 09:30, 2026-11, today or yesterday."

#: Seconds of a unit; a month counts 30 days, as PostgreSQL compares intervals.
_UNITS: dict[str, Fraction] = {
    name: Fraction(seconds)
    for seconds, names in {
        Fraction(1, 10**9): "ns",
        Fraction(1, 10**6): "us µs",
        Fraction(1, 1000): "ms",
        Fraction(1): "s sec secs second seconds 초",
        Fraction(60): "m min mins minute minutes 분",
        Fraction(3600): "h hr hour hours 시간",
        Fraction(86400): "d day days 일",
        Fraction(604800): "w week weeks 주",
        Fraction(2592000): "mon mons month months 개월 달",
        Fraction(31104000): "y year years 년",
    }.items()
    for name in names.split()
}


@dataclass(frozen=True)
class Period:
    """What a typed time covers: a day typed without a clock is ``start`` ≤ t < ``end`` of that day."""

    start: datetime
    end: datetime


def number(text: str) -> Decimal:
    """The number in ``text``: ``1,234.5``, ``−5``, ``１２``, ``1e3``, ``NaN``; InputError if it is none."""
    clean = normalize("NFKC", text).replace("\u2212", "-").strip().replace("_", "")
    if _GROUPED.match(clean):
        clean = clean.replace(",", "")
    try:
        return Decimal(clean)
    except InvalidOperation:
        hint = "Write a point before the decimals: 1.5." if "," in clean else "Write digits: 42, -1.5, 1,000 or 1e3."
        raise InputError(say("{text!r} is not a number.").format(text=text), say(hint)) from None


def boolean(text: str) -> bool:
    """True or false from ``true, yes, 1, 참, 예`` and their contraries."""
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise InputError(say("{text!r} is neither true nor false.").format(text=text), say("Write true or false."))
    return word in _YES


def period(text: str, zone: tzinfo | None, now: datetime | None = None) -> Period:
    """What the typed time covers: ``2026``, ``2026-11``, ``2026.11.1``, ``20261101``, ``2026년 11월 1일``,
    ``2026-11-01 09:30``, ``…T09:30:15.5+09:00``, ``today``, ``yesterday``, ``어제``.

    With ``zone`` the answer is aware and a time without offset is of that zone; without, it is naive.
    Month before day (11/01/2026) is refused: half the world reads it the other way.
    """
    clean = normalize("NFKC", text).strip()
    clean = re.sub(r"\s*[년월]\s*", "-", clean).replace("일", "").strip(" -") if re.search("[년월]", clean) else clean
    named = _named_day(clean, zone, now)
    if named:
        return named
    day, _, clock = clean.replace("T", " ").replace("t", " ").partition(" ")
    offset = _OFFSET.search(clock)
    start_day, days = _day(day, text)
    try:
        if not clock.strip():
            return Period(_placed(start_day, zone), _placed(days, zone))
        moment, step = _clock(clock[: offset.start()] if offset else clock, text)
        start = datetime.combine(start_day.date(), moment)
        if offset:
            start = start.replace(tzinfo=_zone(offset[1]))
            start = start if zone else start.astimezone(UTC).replace(tzinfo=None)
        else:
            start = _placed(start, zone)
        return Period(start, start + step)
    except (ValueError, OverflowError):
        raise _no_time(text) from None


def clock(text: str) -> tuple[time, timedelta]:
    """A time of day and what it covers: ``09:30`` a minute, ``09:30:15`` a second."""
    return _clock(normalize("NFKC", text).strip(), text)


def span(text: str) -> Fraction:
    """Seconds of a typed duration: ``90s``, ``1h 30m``, ``2 days 03:00``, ``01:30:00``, ``1일 2시간``."""
    clean = normalize("NFKC", text).replace("\u2212", "-").replace("μ", "µ").strip().lower()
    total, position = Fraction(0), 0
    while match := _AMOUNT.match(clean, position):
        if match[2] not in _UNITS:
            break
        total += Fraction(match[1]) * _UNITS[match[2]]
        position = match.end()
    rest = clean[position:]
    ending = _CLOCK_SPAN.match(rest)
    if ending:
        seconds = int(ending[2]) * 3600 + int(ending[3]) * 60 + Fraction(ending[4] or 0)
        total += -seconds if ending[1] == "-" else seconds
    if not clean or (rest and not ending):
        raise InputError(
            say("{text!r} is not a duration.").format(text=text), say("Write 90s, 1h 30m, 2d or 01:30:00.")
        )
    return total


def _named_day(word: str, zone: tzinfo | None, now: datetime | None) -> Period | None:
    back = {"today": 0, "오늘": 0, "yesterday": 1, "어제": 1}.get(word.casefold())
    if back is None:
        return None
    here = now or datetime.now(zone)
    day = datetime.combine(here.date() - timedelta(days=back), time())
    return Period(_placed(day, zone), _placed(day + timedelta(days=1), zone))


def _day(day: str, typed: str) -> tuple[datetime, datetime]:
    """Midnight of the first day that ``day`` covers, and of the first one that it does not."""
    match = _DAY.match(day)
    if not match:
        raise _no_time(typed)
    year, month, number_of_day = match[1], match[2] or match[4], match[3] or match[5]
    try:
        first = date(int(year), int(month or 1), int(number_of_day or 1))
        if number_of_day:
            after = first + timedelta(days=1)
        elif month:
            after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        else:
            after = date(first.year + 1, 1, 1)
    except (ValueError, OverflowError):
        raise _no_time(typed) from None
    return datetime.combine(first, time()), datetime.combine(after, time())


def _clock(text: str, typed: str) -> tuple[time, timedelta]:
    match = _CLOCK.match(text.strip())
    try:
        if not match:
            raise ValueError
        fraction = (match[4] or "").ljust(6, "0")
        moment = time(int(match[1]), int(match[2]), int(match[3] or 0), int(fraction))
    except ValueError:
        raise _no_time(typed) from None
    if match[4]:
        return moment, timedelta(microseconds=10 ** (6 - len(match[4])))
    return moment, timedelta(seconds=1) if match[3] else timedelta(minutes=1)


def _placed(moment: datetime, zone: tzinfo | None) -> datetime:
    """``moment`` of the wall clock in ``zone``, as an instant (UTC) so that spans across a clock change are right."""
    return moment.replace(tzinfo=zone).astimezone(UTC) if zone else moment


def _zone(offset: str) -> tzinfo:
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if offset[0] == "-" else distance)


def _no_time(text: str) -> InputError:
    return InputError(say("{text!r} is not a time.").format(text=text), say(_HINT_TIME))
