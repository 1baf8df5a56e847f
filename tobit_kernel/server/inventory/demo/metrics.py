"""The 120 series of the demo: one value per minute for 62.5 days, 10.8 million in all.

A value is base + swing × load + slow drift + noise, then what the incidents do to it. The load follows the clock
in Korea (hour, weekday) and is shared by everything that serves the same system, so series correlate as they do in
life. The random numbers depend on the distance from the end alone: each (series, day) has a generator of its own,
so any part can be made by itself, and a coarser scale has the same values at the minutes that it keeps.
Values are rounded, which also hides the last bit in which the sine of two machines may differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tobit_kernel.server.inventory.demo.incidents import INCIDENTS, Incident, Shape, Symptom
from tobit_kernel.server.inventory.demo.relations import host_of
from tobit_kernel.server.inventory.demo.topology import SYSTEMS

SEED = 20_261_120
#: minutes of one series at full scale
MINUTES = 90_000
DAY = 1440
KOREA = timedelta(hours=9)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: share of the peak load at each hour in Korea
CURVES = {
    "online": (22, 14, 9, 7, 6, 9, 18, 34, 50, 62, 70, 74, 80, 72, 68, 66, 67, 70, 76, 86, 97, 100, 78, 46),
    "office": (5, 4, 4, 4, 4, 6, 14, 40, 82, 100, 98, 90, 52, 88, 96, 94, 88, 70, 36, 22, 16, 12, 9, 6),
    "factory": (70, 69, 68, 68, 69, 70, 74, 82, 96, 100, 99, 97, 78, 96, 99, 98, 92, 86, 84, 84, 83, 80, 76, 72),
    "night": (88, 97, 100, 96, 84, 66, 40, 26, 24, 30, 34, 32, 26, 30, 34, 36, 34, 30, 24, 22, 24, 34, 52, 72),
}
#: curve and share of the weekday's load at a weekend, per system
LOADS = {
    "ORDER": ("online", 1.12),
    "PAY": ("online", 1.08),
    "PORTAL": ("online", 0.92),
    "MES": ("factory", 0.55),
    "ERP": ("office", 0.18),
    "WMS": ("factory", 0.35),
    "HR": ("office", 0.12),
    "DATA": ("night", 0.8),
}


@dataclass(frozen=True)
class Quantity:
    """What a metric of this name looks like; in its unit."""

    unit: str
    description: str
    base: float
    swing: float
    noise: float
    drift: float
    high: float
    decimals: int


QUANTITIES = {
    "cpu_usage": Quantity("%", "CPU time in use", 16, 44, 2.6, 2.2, 100, 1),
    "memory_usage": Quantity("%", "memory in use", 50, 12, 0.5, 1.6, 100, 1),
    "disk_usage": Quantity("%", "space in use on the data volume", 38, 0, 0.05, 0.1, 100, 2),
    "query_latency_ms": Quantity("ms", "mean time of a statement", 3.2, 5.5, 0.6, 0.4, 60_000, 2),
    "connections": Quantity("count", "open connections, of 300", 34, 96, 4, 5, 300, 0),
    "latency_ms": Quantity("ms", "mean time of a request", 58, 60, 6, 5, 60_000, 1),
    "error_rate": Quantity("%", "requests that failed", 0.18, 0.16, 0.05, 0.03, 100, 3),
    "requests_per_min": Quantity("count/min", "requests", 140, 2100, 36, 30, 1e6, 0),
    "heap_usage": Quantity("%", "Java heap in use after collection", 38, 12, 1.4, 1.2, 98, 1),
    "throughput_mbps": Quantity("Mbit/s", "traffic, both ways", 260, 1500, 45, 40, 10_000, 1),
    "packet_loss": Quantity("%", "packets lost", 0.02, 0.01, 0.008, 0.004, 100, 3),
    "io_latency_ms": Quantity("ms", "mean time of a read or write", 0.9, 1.1, 0.12, 0.08, 1000, 2),
    "temperature_c": Quantity("°C", "temperature of the room", 22.4, 0.9, 0.12, 0.2, 60, 2),
    "days_left": Quantity("d", "days until the certificate expires", 0, 0, 0, 0, 400, 2),
}


@dataclass(frozen=True)
class Series:
    """One row of ops.metric. ``systems`` are indexes into SYSTEMS: whose load drives it."""

    ci: str
    name: str
    systems: tuple[int, ...]

    @property
    def quantity(self) -> Quantity:
        return QUANTITIES[self.name]


@lru_cache(maxsize=1)
def series() -> tuple[Series, ...]:
    """All series; the metric_id of one is its place, from 1."""
    everything = tuple(range(len(SYSTEMS)))
    found: list[Series] = []
    for host in range(1, 21):
        guests = tuple(sorted({min((vm - 1) // 7, 7) for vm in range(1, 61) if host_of(vm) == host}))
        found += [Series(f"HOST-{host:02d}", name, guests) for name in ("cpu_usage", "memory_usage")]
    for index, (code, *_) in enumerate(SYSTEMS):
        mine = {
            f"DBH-{index + 1:02d}": ("cpu_usage", "disk_usage"),
            f"DB-{code}": ("query_latency_ms", "connections"),
            f"SVC-{code}-CORE": ("latency_ms", "error_rate", "requests_per_min", *(("heap_usage",) * (index < 6))),
        }
        found += [Series(ci, name, (index,)) for ci, names in mine.items() for name in names]
    for switch in ("SW-CORE-01", "SW-CORE-02", "SW-ACC-01", "SW-ACC-02", "SW-ACC-03", "SW-ACC-04"):
        found += [Series(switch, name, everything) for name in ("throughput_mbps", "packet_loss")]
    found += [Series("STO-01", "io_latency_ms", (0, 4)), Series("STO-02", "io_latency_ms", (1, 5))]
    found += [Series("BAT-05", "cpu_usage", (7,)), Series("BAT-06", "cpu_usage", (7,))]
    found += [Series("CRAC-01", "temperature_c", everything), Series("CERT-01", "days_left", (2,))]
    return tuple(found)


def minutes_of(step: int) -> Integers:
    """Offsets (minutes from the first of 90,000) that a scale with one value every ``step`` minutes keeps."""
    return np.arange(MINUTES - step * (MINUTES // step), MINUTES, step, dtype=np.int64)


def values(end: datetime, minutes: Integers) -> Floats:
    """Values of all series, shape (120, len(minutes)); ``minutes`` must lie in one day of offsets."""
    loads = _loads(end, minutes)
    day = int(minutes[0]) // DAY
    rows = [_plain(number, one, loads, minutes, day) for number, one in enumerate(series())]
    for number, one in enumerate(series()):
        for incident, symptom in _symptoms().get((one.ci, one.name), ()):
            weight = _weight(incident, symptom, minutes)
            rows[number] = rows[number] * (1 + (symptom.factor - 1) * weight) + symptom.add * weight
        quantity = one.quantity
        rounded = np.round(np.clip(rows[number], 0.0, quantity.high), quantity.decimals)
        rows[number] = np.asarray(rounded, dtype=np.float64)
    return np.stack(rows)


def _plain(number: int, one: Series, loads: Floats, minutes: Integers, day: int) -> Floats:
    """One series without incidents."""
    if one.name == "days_left":
        return _days_left(minutes)
    quantity = one.quantity
    personal = np.random.Generator(np.random.PCG64([SEED, 1, number]))
    base, swing = quantity.base * personal.uniform(0.85, 1.2), quantity.swing * personal.uniform(0.8, 1.15)
    white = np.random.Generator(np.random.PCG64([SEED, 2, number, day])).standard_normal(DAY)
    value: Floats = base + swing * np.asarray(loads[list(one.systems)].mean(axis=0), dtype=np.float64)
    noise: Floats = white[minutes - day * DAY]
    # The cube makes the tails heavy: life has outliers that mean nothing.
    value = value + quantity.drift * _drift(number, minutes) + quantity.noise * (noise + 0.1 * noise**3)
    if one.name == "disk_usage":
        # Logs grow for a fortnight and are then cleaned away.
        value = value + (minutes / DAY + 3.7 * number) % 14 * 1.1
    return np.asarray(value, dtype=np.float64)


def _loads(end: datetime, minutes: Integers) -> Floats:
    """Share of its peak load of each system, shape (8, len(minutes))."""
    start = end + KOREA - timedelta(minutes=MINUTES)
    clock = minutes + start.hour * 60 + start.minute
    hour = clock % DAY / 60
    weekend = (clock // DAY + start.weekday()) % 7 >= 5
    rows = []
    for index, (code, *_) in enumerate(SYSTEMS):
        curve, factor = LOADS[code]
        share = np.interp(hour, np.arange(25), [*CURVES[curve], CURVES[curve][0]]) / 100
        # 1000 + index: drifts of the systems, apart from those of the series.
        rows.append(share * np.where(weekend, factor, 1.0) * (1 + 0.06 * _drift(1000 + index, minutes)))
    return np.stack(rows)


@lru_cache(maxsize=256)
def _knots(number: int) -> Floats:
    """One normal number per hour of the span, and one more for the end."""
    return np.random.Generator(np.random.PCG64([SEED, 3, number])).standard_normal(MINUTES // 60 + 2)


def _drift(number: int, minutes: Integers) -> Floats:
    """A wander with standard deviation of about 1 that changes from hour to hour."""
    knots = _knots(number)
    place, rest = minutes // 60, minutes % 60 / 60
    return np.asarray(knots[place] * (1 - rest) + knots[place + 1] * rest, dtype=np.float64)


def _days_left(minutes: Integers) -> Floats:
    """Counts down to the expiry of the certificate, then starts anew with its successor of a year."""
    expiry = next(one for one in INCIDENTS if one.name == "certificate-expired")
    expired, renewed = MINUTES - expiry.before_end, MINUTES - expiry.before_end + expiry.lasts
    return np.where(minutes < renewed, np.maximum(expired - minutes, 0), renewed + 365 * DAY - minutes) / DAY


@lru_cache(maxsize=1)
def _symptoms() -> dict[tuple[str, str], list[tuple[Incident, Symptom]]]:
    found: dict[tuple[str, str], list[tuple[Incident, Symptom]]] = {}
    for incident in INCIDENTS:
        for symptom in incident.symptoms:
            found.setdefault((symptom.ci, symptom.metric), []).append((incident, symptom))
    return found


def _weight(incident: Incident, symptom: Symptom, minutes: Integers) -> Floats:
    """Strength of the symptom at each minute, 0 to 1."""
    start = MINUTES - incident.before_end + symptom.delay
    stop = MINUTES - incident.before_end + incident.lasts
    since, left = (minutes - start).astype(np.float64), (stop - minutes).astype(np.float64)
    if symptom.shape is Shape.RAMP:
        return np.where((since >= 0) & (left > 0), since / (stop - start), 0.0)
    # Five minutes to come and to go; the first minute already shows something.
    return np.clip(np.minimum(since + 1, left) / 5, 0.0, 1.0)
