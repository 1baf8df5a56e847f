"""Values as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from tobit_kernel.errors import InputError
from tobit_kernel.notebook.display import entries

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.5", "1234.5"), (" −5 ", "-5"), ("１２", "12"), ("1e3", "1000"), (".5", "0.5"), ("1_000", "1000")],
)
def test_numbers(text: str, value: str) -> None:
    assert entries.number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "1,5", "1,23,456", "abc", "1 2"])
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        entries.number(text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026.11.1", "2026-11-01", "2026-11-02"),
        ("2026/11/01", "2026-11-01", "2026-11-02"),
        ("20261101", "2026-11-01", "2026-11-02"),
        ("2026년 11월 1일", "2026-11-01", "2026-11-02"),
        ("2026년", "2026-01-01", "2027-01-01"),
        ("2026-11-01 09:30", "2026-11-01T09:30", "2026-11-01T09:31"),
        ("2026-11-01T09:30:15", "2026-11-01T09:30:15", "2026-11-01T09:30:16"),
        ("2026-11-01 09:30:15.25", "2026-11-01T09:30:15.25", "2026-11-01T09:30:15.26"),
        ("2026-11-01T09:30Z", "2026-11-01T09:30", "2026-11-01T09:31"),
        ("2026-11-01 09:30+09:00", "2026-11-01T00:30", "2026-11-01T00:31"),
        ("어제", "2026-11-09", "2026-11-10"),
        ("Today", "2026-11-10", "2026-11-11"),
    ],
)
def test_times_cover_what_was_typed(text: str, start: str, end: str) -> None:
    period = entries.period(text, None, now=datetime(2026, 11, 10, 23))
    assert (period.start, period.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


def test_a_time_without_offset_is_of_the_given_zone() -> None:
    assert entries.period("2026-11-01", SEOUL).start == datetime(2026, 10, 31, 15, tzinfo=UTC)
    assert entries.period("2026-11-01 00:00Z", SEOUL).start == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_day_of_a_clock_change_has_its_true_length() -> None:
    day = entries.period("2026-03-29", ZoneInfo("Europe/Berlin"))
    assert (day.end - day.start).total_seconds() == 23 * 3600


@pytest.mark.parametrize("text", ["", "11/01/2026", "2026-13", "2026-02-30", "now()", "9999", "2026-11-01 24:00"])
def test_what_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        entries.period(text, None)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("1h 30m", 5400), ("1.5h", 5400), ("01:30:00", 5400), ("1 day 02:00", 93600), ("1일 2시간", 93600),
     ("-5 ms", Fraction(-1, 200)), ("2 mons", 5184000), ("-00:00:10", -10)],
)  # fmt: skip
def test_durations(text: str, seconds: Fraction) -> None:
    assert entries.span(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "5 apples", "h"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        entries.span(text)


def test_yes_and_no() -> None:
    assert [entries.boolean(text) for text in ("TRUE", "예", "0", "아니오")] == [True, True, False, False]
