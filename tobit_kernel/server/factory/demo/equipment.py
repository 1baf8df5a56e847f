"""What happened on the machines; per line and day breakdown + idle add up to the downtime of its runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np

from tobit_kernel.server.factory.demo.incidents import INCIDENTS, Incident, Kind
from tobit_kernel.server.factory.demo.plant import LINES, machines
from tobit_kernel.server.factory.demo.production import Run, generator, shares

Row = tuple[Any, ...]


def rows(made: Sequence[Run]) -> Iterator[Row]:
    """(date, machine, event type, count, total, mean and longest minutes, severities as JSON)."""
    numbers = {line.code: number for number, line in enumerate(LINES)}
    for (back, code), group in groupby(made, key=lambda run: (run.back, run.line.code)):
        yield from _line_day(back, numbers[code], [machine.code for machine in machines() if machine.line == code],
                             list(group))  # fmt: skip


def _line_day(back: int, number: int, own: list[str], made: list[Run]) -> Iterator[Row]:
    dice = generator(4, number, back)
    day = made[0].day
    broken = sum(run.breakdown for run in made)
    failure = _failing(back, own)
    # A breakdown stops one or two machines; the incident's machine takes what it broke.
    fixed = int(failure.size) if failure and failure.last == back else 0
    first, second = dice.permutation(len(own))[:2].tolist()
    parts = shares(max(0, broken - fixed), [0.7, 0.3])
    minutes = {own[first]: parts[0]}
    minutes[own[second]] = minutes.get(own[second], 0) + parts[1]
    if failure and fixed:
        minutes[failure.machine] = minutes.get(failure.machine, 0) + min(fixed, broken)
    for machine, total in minutes.items():
        if total:
            yield _row(dice, day, machine, "breakdown", max(1, total // 40), total, "critical")
    if idle := sum(run.idle for run in made):
        yield _row(dice, day, own[0], "idle", len(made), idle, "info")
    if setup := sum(run.setup for run in made):
        yield _row(dice, day, own[0], "setup", len(made), setup, "info")
    for place, machine in enumerate(own):
        alarms = int(dice.poisson(1.1))
        if failure and failure.machine == machine:
            alarms += 3 + 2 * (failure.first - back)
        if alarms:
            yield _row(dice, day, machine, "alarm", alarms, alarms + int(dice.integers(0, 3 * alarms)), "warning")
        # Planned, outside the busy time.
        if (back + 3 * place + 5 * number) % 14 == 0:
            yield _row(dice, day, machine, "maintenance", 1, int(dice.integers(45, 120)), "info")


def _row(dice: np.random.Generator, day: date, machine: str, kind: str, count: int, total: int, severity: str) -> Row:
    count = min(count, total)
    durations = [1 + extra for extra in shares(total - count, dice.uniform(0.5, 1.5, count).tolist())]
    serious = int(count * 0.2) if severity == "warning" else 0
    severities = {severity: count - serious} | ({"critical": serious} if serious else {})
    return day, machine, kind, count, total, round(total / count, 3), max(durations), json.dumps(severities)


def _failing(back: int, own: list[str]) -> Incident | None:
    for incident in INCIDENTS:
        if incident.kind is Kind.BREAKDOWN and incident.machine in own and incident.strength(back):
            return incident
    return None
