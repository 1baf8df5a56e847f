"""Reference data that every factory starts with and may then change: calendar, shifts, key figures."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

import psycopg

from tobit_kernel.server.store.refill import write_rows

FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2030, 12, 31)

#: shift, name, begin, minutes, minutes of planned breaks
SHIFTS = (
    ("day", "주간 (Day)", time(8), 480, 30),
    ("evening", "저녁 (Evening)", time(16), 480, 30),
    ("night", "야간 (Night)", time(0), 480, 30),
)
#: code, name, unit, target, green, yellow, red, higher is better, formula over sums
KPIS = (
    ("oee", "종합설비효율 (OEE)", "%", 85, 85, 70, 60, True, "availability × performance × quality"),
    ("availability", "시간가동률 (Availability)", "%", 90, 90, 80, 70, True,
     "Σ runtime / Σ (runtime + downtime + setup)"),
    ("performance", "성능가동률 (Effectiveness)", "%", 95, 95, 85, 75, True,
     "Σ (target cycle time × total) / Σ runtime; above 100 it means a wrong cycle time"),
    ("quality", "양품률 (Quality)", "%", 99, 99, 97, 95, True, "Σ good / Σ total"),
    ("defect_rate", "불량률 (Defect rate)", "%", 2, 2, 5, 10, False, "Σ defect / Σ total"),
    ("yield_rate", "수율 (Yield)", "%", 98, 98, 95, 90, True, "Σ good / Σ total"),
)  # fmt: skip


@lru_cache(maxsize=1)
def holidays() -> dict[date, tuple[str, str]]:
    """Name in Korean and English of each public holiday of Korea, 2020 to 2030.

    Listed in holidays_kr.csv and not computed, because three of them follow the moon. Source: the package
    ``holidays`` 0.108 (statutory days with their substitutes, elections, days announced up to 2026); the almanac of
    KASI was not at hand to compare. Days that will be announced later are missing: a factory changes mfg.dim_date.
    """
    text = (files("tobit_kernel.server.factory") / "holidays_kr.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {date.fromisoformat(row["date"]): (row["name"], row["name_en"]) for row in rows}


def is_workday(day: date) -> bool:
    """Neither weekend nor public holiday."""
    return day.weekday() < 5 and day not in holidays()


def calendar() -> Iterator[tuple[Any, ...]]:
    """The rows of mfg.dim_date, 2020 to 2030; the fiscal year is the calendar year, as usual in Korea."""
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=offset)
        name, name_en = holidays().get(day, (None, None))
        quarter = (day.month + 2) // 3
        yield (
            day, day.year, quarter, day.month, day.isocalendar().week, day.day, day.isoweekday(),
            day.weekday() >= 5, name is not None, name, name_en, is_workday(day), day.year, quarter,
        )  # fmt: skip


def tables() -> Iterator[tuple[str, str, list[tuple[Any, ...]]]]:
    """(table, columns, rows) of the reference data."""
    yield (
        "mfg.dim_date", "date year quarter month week day weekday is_weekend is_holiday holiday_name holiday_name_en"
        " is_workday fiscal_year fiscal_quarter", list(calendar()),
    )  # fmt: skip
    yield "mfg.dim_shift", "shift shift_name starts_at duration_minutes break_minutes", list(SHIFTS)
    yield (
        "mfg.dim_kpi", "kpi_code kpi_name unit target threshold_green threshold_yellow threshold_red"
        " higher_is_better description", list(KPIS),
    )  # fmt: skip


def fill(cursor: psycopg.Cursor[Any], tenant: str, table: str) -> int:
    """Rows of ``table`` (one of ``tables()``) that were missing and are there now; what people changed stays."""
    columns, rows = next((columns, rows) for name, columns, rows in tables() if name == table)
    return write_rows(cursor, table, tenant, columns.split(), rows, marked=False)
