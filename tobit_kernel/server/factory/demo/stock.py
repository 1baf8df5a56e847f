"""Stock of the demo's products: what the lines made goes to the plant's warehouse, on to the distribution centre, out.

Each day's stock is the day before plus receipts minus issues; nothing is ever below zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from tobit_kernel.server.factory.demo.incidents import Kind, factor
from tobit_kernel.server.factory.demo.plant import LINES, Product, products
from tobit_kernel.server.factory.demo.production import DAYS, Run, generator

#: the plant's own warehouse, and where customers are served from
WAREHOUSES = {"ULSAN": "WH-ULSAN", "GUMI": "WH-GUMI"}
CENTRE = "DC-ICHEON"
#: days of usage that are held as safety stock, and that the centre is filled up to
SAFETY_DAYS, TARGET_DAYS = 3.0, 7.0
WINDOW = 30


def rows(made: Sequence[Run], today: date) -> Iterator[tuple[Any, ...]]:
    """(date, product, location, stock, safety, reserved, available, in transit, value, mean daily usage, coverage,
    last receipt, last issue) of every day, also those without production."""
    good: dict[tuple[str, int], int] = {}
    for run in made:
        key = (run.product.code, run.back)
        good[key] = good.get(key, 0) + run.total - run.defect
    factories = {line.code: line.factory for line in LINES}
    for number, product in enumerate(products()):
        made_daily = [good.get((product.code, back), 0) for back in range(DAYS, 0, -1)]
        yield from _flow(number, product, WAREHOUSES[factories[product.line]], made_daily, today)


def _flow(
    number: int, product: Product, warehouse: str, made_daily: list[int], today: date
) -> Iterator[tuple[Any, ...]]:
    dice = generator(5, number)
    usual = max(1.0, sum(made_daily) / len(made_daily))
    plant, centre = _Place(usual, usual * 3), _Place(usual, usual * TARGET_DAYS)
    safety = round(usual * SAFETY_DAYS)
    on_the_way = 0
    for place, made in enumerate(made_daily):
        back = DAYS - place
        day = today - timedelta(days=back)
        surge = factor(Kind.DEMAND, back, "", product.code, "")
        # More is sold while much is in stock; so neither warehouse grows without end.
        pull = min(1.4, max(0.5, centre.stock / (usual * TARGET_DAYS)))
        demand = round(usual * surge * pull * dice.uniform(0.75, 1.2) * (0.5 if day.weekday() >= 5 else 1.2))
        arrived, on_the_way = on_the_way, 0
        plant.book(day, made, 0)
        centre.book(day, arrived, min(demand, centre.stock + arrived))
        on_the_way = min(plant.stock, round(max(0.0, usual * TARGET_DAYS - centre.stock) * 0.5 + 0.1 * plant.stock))
        plant.book(day, 0, on_the_way)
        plant.close(day)
        centre.close(day)
        yield _row(day, product, warehouse, plant, round(safety / 3), 0, dice.uniform(0.0, 0.1))
        yield _row(day, product, CENTRE, centre, safety, on_the_way, dice.uniform(0.05, 0.2))


class _Place:
    """Stock of one product at one place; ``usual`` stands for the issues before the first day."""

    def __init__(self, usual: float, stock: float) -> None:
        self.stock = round(stock)
        self.issues = [usual] * WINDOW
        self.received: date | None = None
        self.issued: date | None = None
        self._today = 0

    def book(self, day: date, receipts: int, issues: int) -> None:
        self.stock += receipts - issues
        self._today += issues
        self.received = day if receipts else self.received
        self.issued = day if issues else self.issued

    def close(self, day: date) -> None:
        """The day is over: its issues go into the mean."""
        self.issues = [*self.issues[1:], float(self._today)]
        self._today = 0


def _row(
    day: date, product: Product, location: str, place: _Place, safety: int, on_the_way: int, reserved_share: float
) -> tuple[Any, ...]:
    reserved = int(place.stock * reserved_share)
    available = place.stock - reserved
    usage = round(sum(place.issues) / WINDOW, 3)
    return (
        day, product.code, location, place.stock, safety, reserved, available, on_the_way,
        place.stock * product.cost_krw, usage, round(available / usage, 2) if usage else None,
        place.received, place.issued,
    )  # fmt: skip
