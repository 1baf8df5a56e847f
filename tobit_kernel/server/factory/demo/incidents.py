"""The incidents that are hidden in the demo's factory, with their root cause; days are counted back from the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What an incident changes in the facts."""

    #: the planned run time per unit is wrong by ``size``; effectiveness goes above 1
    CYCLE_TIME = "cycle_time"
    #: the share of defects grows evenly to ``size`` times the usual
    WEAR = "wear"
    #: the share of defects is ``size`` times the usual from the first day to the last
    MATERIAL = "material"
    #: alarms on the machine for days, then on the last day a breakdown of ``size`` minutes
    BREAKDOWN = "breakdown"
    #: units take ``size`` times as long
    SLOW = "slow"
    #: ``size`` times the usual is issued from stock
    DEMAND = "demand"


@dataclass(frozen=True)
class Incident:
    """From ``first`` to ``last`` days before the end, both included; 1 is the last full day.

    ``root`` says in words what caused it. Empty ``lines``, ``products`` or ``shifts`` mean all.
    ``defect_type`` is the one that the extra defects have.
    """

    name: str
    title: str
    root: str
    kind: Kind
    first: int
    last: int
    size: float
    lines: tuple[str, ...] = field(default=())
    products: tuple[str, ...] = field(default=())
    shifts: tuple[str, ...] = field(default=())
    machine: str = ""
    defect_type: str = ""

    def days(self, today: date) -> tuple[date, date]:
        """First and last day, where ``today`` is the first day without data."""
        return today - timedelta(days=self.first), today - timedelta(days=self.last)

    def strength(self, back: int) -> float:
        """0 outside, 1 inside; a wear grows from 0 to 1."""
        if not self.last <= back <= self.first:
            return 0.0
        return (self.first - back + 1) / (self.first - self.last + 1) if self.kind is Kind.WEAR else 1.0

    def touches(self, line: str, product: str, shift: str) -> bool:
        return (
            line in (self.lines or (line,))
            and product in (self.products or (product,))
            and shift in (self.shifts or (shift,))
        )


INCIDENTS = (
    Incident(
        "wrong-cycle-time", "The target cycle time of P-VENT was entered as 24.5 s instead of 18 s",
        "dim_product P-VENT", Kind.CYCLE_TIME, 75, 61, 24.5 / 18, lines=("L-INJ-1",), products=("P-VENT",),
    ),
    Incident(
        "night-training", "New operators on the night shift of L-SMT-2 work slower",
        "L-SMT-2 night", Kind.SLOW, 55, 46, 1.28, lines=("L-SMT-2",), shifts=("night",),
    ),
    Incident(
        "die-wear", "The die of the door panels wears out until it is changed",
        "EQ-PRS-1-1", Kind.WEAR, 42, 22, 7.0, lines=("L-PRS-1",), products=("P-DOOR-L", "P-DOOR-R"),
        machine="EQ-PRS-1-1", defect_type="burr",
    ),
    Incident(
        "bearing-failure", "A bearing of the arc welding robot fails after a week of alarms",
        "EQ-WLD-1-3", Kind.BREAKDOWN, 34, 27, 310, lines=("L-WLD-1",), machine="EQ-WLD-1-3",
    ),
    Incident(
        "demand-surge", "Orders for the charger triple; its stock falls below the safety stock",
        "P-OBC demand", Kind.DEMAND, 24, 12, 3.5, products=("P-OBC",),
    ),
    Incident(
        "supplier-lot", "A lot of solder paste is too old; both SMT lines use it",
        "solder paste lot SP-2231", Kind.MATERIAL, 11, 7, 5.0, lines=("L-SMT-1", "L-SMT-2"),
        defect_type="cold_solder",
    ),
)  # fmt: skip


def factor(kind: Kind, back: int, line: str, product: str, shift: str) -> float:
    """By how much incidents of this kind multiply the figure of that row; 1 when there is none."""
    found = 1.0
    for incident in INCIDENTS:
        if incident.kind is kind and incident.touches(line, product, shift):
            found *= 1 + (incident.size - 1) * incident.strength(back)
    return found
