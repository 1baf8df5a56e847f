"""The demo's factory: figures that add up, and the incidents in them."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tobit_kernel.server.factory import reference
from tobit_kernel.server.factory.demo import INCIDENTS, defects, equipment, production, stock
from tobit_kernel.server.factory.demo.plant import LINES, machines, products
from tobit_kernel.server.factory.demo.production import BUSY, DAYS, KOREA, Run, shares

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return list(production.runs(TODAY))


def oee(runs: Iterable[Run]) -> float:
    """Availability × effectiveness × quality of the sums."""
    some = list(runs)
    perfect = sum(run.target_s * run.total for run in some) / 60
    return perfect / sum(run.busy for run in some) * (1 - sum(r.defect for r in some) / sum(r.total for r in some))


def rate(runs: Iterable[Run]) -> float:
    some = list(runs)
    return sum(run.defect for run in some) / sum(run.total for run in some)


def during(name: str, runs: list[Run]) -> tuple[list[Run], list[Run]]:
    """Runs that the incident touches, and the others of the same lines, products and shifts."""
    incident = next(one for one in INCIDENTS if one.name == name)
    touched = [run for run in runs if incident.touches(run.line.code, run.product.code, run.shift)]
    inside = [run for run in touched if incident.strength(run.back)]
    return inside, [run for run in touched if not incident.strength(run.back)]


def test_quantities_of_every_run_fit_together(runs: list[Run]) -> None:
    assert all(0 <= run.scrap <= run.defect <= run.total for run in runs)
    assert all(run.runtime > 0 and run.breakdown >= 0 and run.idle >= 0 and run.setup >= 0 for run in runs)


def test_minutes_of_a_line_and_shift_are_the_busy_time(runs: list[Run]) -> None:
    minutes: Counter[tuple[date, str, str]] = Counter()
    for run in runs:
        minutes[run.day, run.line.code, run.shift] += run.runtime + run.downtime + run.setup
    assert set(minutes.values()) == {BUSY}


def test_oee_of_every_line_is_believable(runs: list[Run]) -> None:
    found = {line.code: oee(run for run in runs if run.line is line) for line in LINES}
    assert all(0.6 < value < 0.9 for value in found.values())
    assert max(found.values()) - min(found.values()) > 0.08


def test_nobody_works_on_holidays_and_sundays(runs: list[Run]) -> None:
    days = {run.day for run in runs}
    assert not days & set(reference.holidays())
    assert 6 not in {day.weekday() for day in days}
    assert max(days) < TODAY and min(days) >= TODAY - timedelta(days=DAYS)


def test_defects_by_type_add_up_to_the_defects_of_the_run(runs: list[Run]) -> None:
    sums: Counter[tuple[date, str, str, str]] = Counter()
    for day, line, product, shift, _, quantity, *_ in defects.rows(runs):
        sums[day, line, product, shift] += quantity
    assert sums == Counter({(r.day, r.line.code, r.product.code, r.shift): r.defect for r in runs if r.defect})


def test_hours_add_up_to_the_runs(runs: list[Run]) -> None:
    sums: dict[tuple[date, str, str], list[float]] = defaultdict(lambda: [0.0] * 5)
    for hour, line, product, total, good, defect, _, made, lost in production.hours(runs):
        assert 0 <= defect <= total == good + defect
        assert made >= 0 and lost >= 0 and made + lost <= 60.001
        for place, value in enumerate((total, good, defect, made, lost)):
            sums[hour.astimezone(KOREA).date(), line, product][place] += value
    wanted: dict[tuple[date, str, str], list[float]] = defaultdict(lambda: [0.0] * 5)
    for run in (run for run in runs if run.back <= production.HOURLY_DAYS):
        figures = (run.total, run.total - run.defect, run.defect, run.runtime, run.downtime + run.setup)
        for place, figure in enumerate(figures):
            wanted[run.day, run.line.code, run.product.code][place] += figure
    assert sums.keys() == wanted.keys()
    assert all(sums[key] == pytest.approx(wanted[key], abs=0.01) for key in wanted)


def test_no_hour_has_a_product_twice_on_a_line(runs: list[Run]) -> None:
    keys = [row[:3] for row in production.hours(runs)]
    assert len(set(keys)) == len(keys)


def test_machine_events_add_up_to_the_downtime_of_the_line(runs: list[Run]) -> None:
    line_of = {machine.code: machine.line for machine in machines()}
    sums: Counter[tuple[date, str, str]] = Counter()
    for day, machine, kind, count, total, average, longest, _ in equipment.rows(runs):
        assert 0 < count and longest <= total and average == pytest.approx(total / count, abs=0.001)
        sums[day, line_of[machine], "down" if kind in ("breakdown", "idle") else kind] += total
    for kind, minutes in (("down", "downtime"), ("setup", "setup")):
        wanted: Counter[tuple[date, str, str]] = Counter()
        for run in runs:
            wanted[run.day, run.line.code, kind] += getattr(run, minutes)
        assert {key: value for key, value in sums.items() if key[2] == kind} == dict(wanted)


def test_stock_is_never_negative_and_covers_every_day(runs: list[Run]) -> None:
    rows = list(stock.rows(runs, TODAY))
    assert len(rows) == DAYS * len(products()) * 2
    for row in rows:
        on_hand, _, reserved, available, _, _, usage, coverage = row[3:11]
        assert on_hand >= reserved >= 0 and available == on_hand - reserved
        assert coverage is None or coverage == pytest.approx(available / usage, abs=0.006)


def test_a_wrong_cycle_time_shows_as_effectiveness_above_one(runs: list[Run]) -> None:
    inside, others = during("wrong-cycle-time", runs)
    effect = [sum(r.target_s * r.total for r in some) / sum(r.runtime * 60 for r in some) for some in (inside, others)]
    assert effect[0] > 1.1 > 1 > effect[1]


def test_slow_beginners_lower_the_effectiveness(runs: list[Run]) -> None:
    inside, others = during("night-training", runs)
    effect = [sum(r.target_s * r.total for r in some) / sum(r.runtime * 60 for r in some) for some in (inside, others)]
    assert effect[0] < 0.85 * effect[1]


def test_a_worn_die_makes_more_and_more_burr(runs: list[Run]) -> None:
    inside, others = during("die-wear", runs)
    assert rate(inside[-6:]) > 4 * rate(others)
    types = Counter[str]()
    for row in defects.rows(inside[-6:]):
        types[row[4]] += row[5]
    assert types.most_common(1)[0][0] == "burr"


def test_a_bad_lot_shows_on_both_lines_at_once(runs: list[Run]) -> None:
    inside, others = during("supplier-lot", runs)
    for line in ("L-SMT-1", "L-SMT-2"):
        here = [run for run in inside if run.line.code == line]
        assert rate(here) > 3 * rate(run for run in others if run.line.code == line)


def test_the_bearing_stops_its_line_after_alarms(runs: list[Run]) -> None:
    inside, others = during("bearing-failure", runs)
    last = [run for run in inside if run.back == 27 and run.shift == "day"]
    assert sum(run.breakdown for run in last) > 280
    alarms = [row[3] for row in equipment.rows(inside) if row[1] == "EQ-WLD-1-3" and row[2] == "alarm"]
    usual = [row[3] for row in equipment.rows(others) if row[1] == "EQ-WLD-1-3" and row[2] == "alarm"]
    assert mean(alarms[-3:]) > 5 * mean(usual)


def test_the_surge_drains_the_charger_below_its_safety_stock(runs: list[Run]) -> None:
    rows = [row for row in stock.rows(runs, TODAY) if row[1] == "P-OBC" and row[2] == stock.CENTRE]
    below = [(TODAY - row[0]).days for row in rows if row[3] < row[4]]
    assert len(below) >= 3
    assert 12 <= max(below) <= 24


def test_the_same_seed_gives_the_same_rows(runs: list[Run]) -> None:
    """The number changes only together with VERSION in seed.py."""
    rows = [*[(r.day, r.product.code, r.shift, r.total, r.defect, r.runtime) for r in runs], *stock.rows(runs, TODAY)]
    assert hashlib.sha256(repr(rows).encode()).hexdigest()[:16] == "da30425ed7b76a47"


@given(st.integers(0, 10**6), st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_shares_add_up_to_the_whole(whole: int, weights: list[float]) -> None:
    parts = shares(whole, weights)
    assert sum(parts) == whole
    assert min(parts) >= 0
    assert len(parts) == len(weights)


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_a_holiday_shifts_nothing_but_itself(today: date) -> None:
    """The figures hang on the distance from the end, so every end tells the same story."""
    line = LINES[0]
    ours = [run.total for run in production._line_day(5, TODAY - timedelta(days=5), 0, line)]
    theirs = [run.total for run in production._line_day(5, today - timedelta(days=5), 0, line)]
    assert theirs in ([], ours)
