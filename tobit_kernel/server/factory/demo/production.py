"""What the demo's lines made: daily rows whose figures add up, and the hours of the last month.

Every (line, day) has a generator of its own, keyed by the distance from the end; the calendar says who works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

import numpy as np

from tobit_kernel.server.factory.demo.incidents import INCIDENTS, Kind, factor
from tobit_kernel.server.factory.demo.plant import LINES, Line, Product, products
from tobit_kernel.server.factory.reference import SHIFTS, holidays, is_workday

SEED = 20_261_121
#: days of daily facts, and of hourly ones
DAYS, HOURLY_DAYS = 180, 30
#: minutes of a shift without its planned breaks: the planned busy time (PBT)
BUSY = 450
SHIFT_MINUTES = 480
KOREA = timezone(timedelta(hours=9))


@dataclass(frozen=True)
class Run:
    """One row of mfg.fact_daily_production; ``back`` counts days before the end. Minutes are whole:
    runtime + downtime + setup of all runs of a line and shift are exactly ``BUSY``."""

    back: int
    day: date
    line: Line
    product: Product
    shift: str
    total: int
    defect: int
    scrap: int
    runtime: int
    breakdown: int
    idle: int
    setup: int
    planned: int
    target_s: float
    spread_s: float
    orders: int

    @property
    def busy(self) -> int:
        return self.runtime + self.downtime + self.setup

    @property
    def downtime(self) -> int:
        return self.breakdown + self.idle

    @property
    def cycle_s(self) -> float | None:
        return round(self.runtime * 60 / self.total, 3) if self.total else None


def runs(today: date) -> Iterator[Run]:
    """All runs of the 180 days before ``today``, in the order of days."""
    for back in range(DAYS, 0, -1):
        for number, line in enumerate(LINES):
            yield from _line_day(back, today - timedelta(days=back), number, line)


def generator(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([SEED, *key]))


def _works(line: Line, day: date) -> bool:
    """Everybody on workdays, lines with three shifts also on Saturdays that are no holiday."""
    return is_workday(day) or (len(line.shifts) == 3 and day.weekday() == 5 and day not in holidays())


def _line_day(back: int, day: date, number: int, line: Line) -> Iterator[Run]:
    dice = generator(1, number, back)
    own = [product for product in products() if product.line == line.code]
    for place, shift in enumerate(line.shifts):
        # The draws are made on free days too, so that a holiday shifts nothing.
        second = dice.random() < 0.45
        share = round(BUSY * dice.uniform(0.35, 0.65)) if second else BUSY
        first = own[(back + place) % len(own)]
        parts = [(first, share)] + ([(own[(back + place + 1) % len(own)], BUSY - share)] if second else [])
        made = [_run(dice, back, day, line, shift, product, busy) for product, busy in parts]
        if _works(line, day):
            yield from made


def _run(dice: np.random.Generator, back: int, day: date, line: Line, shift: str, product: Product, busy: int) -> Run:
    setup = int(min(busy * 0.2, dice.uniform(6, 24)))
    breakdown = int(min(busy * 0.3, dice.exponential(busy * 0.06 * line.trouble))) if dice.random() < 0.6 else 0
    idle = int(busy * dice.uniform(0.01, 0.06))
    breakdown = min(breakdown + _failure(back, line, shift), busy - setup - idle - 10)
    runtime = busy - setup - breakdown - idle
    slow = factor(Kind.SLOW, back, line.code, product.code, shift) * (1.03 if shift == "night" else 1.0)
    cycle = product.cycle_s * slow / dice.uniform(line.pace - 0.05, line.pace + 0.05)
    total = int(runtime * 60 / cycle)
    usual = line.defect_rate * float(np.exp(0.25 * dice.standard_normal())) * (1.15 if shift == "night" else 1.0)
    wear = factor(Kind.WEAR, back, line.code, product.code, shift)
    material = factor(Kind.MATERIAL, back, line.code, product.code, shift)
    defect = min(total, round(total * usual * wear * material))
    planned = round(busy * 60 / product.cycle_s * 0.83 / 10) * 10
    wrong = factor(Kind.CYCLE_TIME, back, line.code, product.code, shift)
    return Run(
        back, day, line, product, shift, total, defect, round(defect * dice.uniform(0.2, 0.5)), runtime, breakdown,
        idle, setup, planned, round(product.cycle_s * wrong, 2), round(cycle * dice.uniform(0.03, 0.09), 3),
        int(dice.integers(1, 4)),
    )  # fmt: skip


def _failure(back: int, line: Line, shift: str) -> int:
    """Minutes of a broken machine on the last day of its incident, in the day shift."""
    broken = (one for one in INCIDENTS if one.kind is Kind.BREAKDOWN and one.last == back and line.code in one.lines)
    return int(sum(one.size for one in broken)) if shift == "day" else 0


def hours(made: Sequence[Run]) -> Iterator[tuple[datetime, str, str, int, int, int, float | None, float, float]]:
    """(hour, line, product, total, good, defect, cycle time, runtime, downtime and setup) of the last 30 days.

    The hours of a run add up to it.
    """
    begins = {shift: start for shift, _, start, *_ in SHIFTS}
    used: dict[tuple[date, str, str], int] = {}
    for run in made:
        if run.back > HOURLY_DAYS:
            continue
        key = (run.day, run.line.code, run.shift)
        first = used.get(key, 0)
        used[key] = first + run.busy
        begin = datetime.combine(run.day, time(begins[run.shift].hour), KOREA).astimezone(UTC)
        for place, room, qty, bad, lost in _spread(run, first):
            made_minutes = room - lost
            cycle = round(made_minutes * 60 / qty, 3) if qty else None
            yield (begin + timedelta(hours=place), run.line.code, run.product.code, qty, qty - bad, bad, cycle,
                   round(made_minutes, 4), round(lost, 4))  # fmt: skip


def _spread(run: Run, first: int) -> Iterator[tuple[int, float, int, int, float]]:
    """(hour of the shift, busy minutes, units, defects, minutes lost); ``first`` minutes went to an earlier product."""
    per_hour = BUSY / (SHIFT_MINUTES / 60)
    rooms = [
        max(0.0, min((place + 1) * per_hour, first + run.busy) - max(place * per_hour, first))
        for place in range(SHIFT_MINUTES // 60)
    ]
    dice = generator(2, run.back, sum(map(ord, run.line.code + run.product.code + run.shift)))
    losses, left = [0.0] * len(rooms), float(run.downtime + run.setup)
    for place in dice.permutation(len(rooms)).tolist():
        losses[place] = min(left, rooms[place] * dice.uniform(0.2, 1.0))
        left -= losses[place]
    for place, room in enumerate(rooms):
        more = min(left, room - losses[place])
        losses[place], left = losses[place] + more, left - more
    quantities = shares(run.total, [room - lost for room, lost in zip(rooms, losses, strict=True)])
    defects = shares(run.defect, [float(quantity) for quantity in quantities])
    for place, room in enumerate(rooms):
        if room > 0:
            yield place, room, quantities[place], defects[place], losses[place]


def shares(whole: int, weights: Sequence[float]) -> list[int]:
    """``whole`` cut into whole parts by weight; they add up to it, and none exceeds its weight's share by 1."""
    total = sum(weights)
    if total <= 0:
        return [whole, *[0] * (len(weights) - 1)]
    edges = np.floor(np.cumsum(weights) / total * whole + 0.5).astype(int).tolist()
    edges[-1] = whole
    return [high - low for low, high in zip([0, *edges[:-1]], edges, strict=True)]
