"""Calendar, shifts and key figures."""

from datetime import date

import pytest

from tobit_kernel.server.factory import reference

#: written down apart from holidays_kr.csv: the day itself of the three lunar holidays, and some announced ones
LUNAR = {
    "설날": "2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-07 2028-01-27"
    " 2029-02-13 2030-02-03",
    "추석": "2020-10-01 2021-09-21 2022-09-10 2023-09-29 2024-09-17 2025-10-06 2026-09-25 2027-09-15 2028-10-03"
    " 2029-09-22 2030-09-12",
    "부처님오신날": "2020-04-30 2021-05-19 2022-05-08 2023-05-27 2024-05-15 2025-05-05 2026-05-24 2027-05-13"
    " 2028-05-02 2029-05-20 2030-05-09",
    "한글날 대체공휴일": "2021-10-11 2022-10-10 2027-10-11",
    "임시공휴일": "2020-08-17 2023-10-02 2025-01-27",
}


@pytest.mark.parametrize("name", LUNAR)
def test_the_calendar_knows_the_holidays_of_korea(name: str) -> None:
    days = [date.fromisoformat(day) for day in LUNAR[name].split()]
    assert all(name in reference.holidays()[day][0] for day in days)
    assert not any(reference.is_workday(day) for day in days)
    assert sum(name in names.split(" · ") for names, _ in reference.holidays().values()) == len(days)


def test_fixed_holidays_are_there_every_year() -> None:
    fixed = [(1, 1), (3, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9), (12, 25)]
    missing = [date(year, *day) for year in range(2020, 2031) for day in fixed]
    assert not [day for day in missing if day not in reference.holidays()]


def test_the_calendar_has_every_day_of_eleven_years_once() -> None:
    rows = list(reference.calendar())
    assert len({row[0] for row in rows}) == len(rows) == 4018
    assert all(row[11] == (not row[7] and not row[8]) for row in rows)


def test_shifts_cover_the_day() -> None:
    assert sum(minutes for _, _, _, minutes, _ in reference.SHIFTS) == 1440
    assert {start.hour for _, _, start, *_ in reference.SHIFTS} == {0, 8, 16}


def test_traffic_lights_run_from_good_to_bad() -> None:
    for _, _, _, target, green, yellow, red, higher, _ in reference.KPIS:
        assert (green > yellow > red) if higher else (green < yellow < red)
        assert target == green
