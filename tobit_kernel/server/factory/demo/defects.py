"""The defects of each run by type; they add up to its defect_qty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tobit_kernel.server.factory.demo.incidents import INCIDENTS, Kind
from tobit_kernel.server.factory.demo.production import Run, generator, shares

#: per process (defect type, share, root cause, countermeasure, department); few types make most of the defects
TYPES = {
    "press": (("burr", 44, "die clearance", "regrind the die", "성형팀"),
              ("scratch", 26, "handling", "replace gripper pads", "성형팀"),
              ("dimension", 16, "springback", "adjust the stroke", "품질팀"),
              ("crack", 9, "material thickness", "inspect coils on receipt", "구매팀"),
              ("dent", 5, "foreign body", "clean the die", "성형팀")),
    "welding": (("spatter", 38, "current too high", "tune the weld schedule", "차체팀"),
                ("porosity", 27, "shielding gas", "check the gas flow", "차체팀"),
                ("misalignment", 20, "jig wear", "recalibrate the jig", "생산기술팀"),
                ("undercut", 10, "travel speed", "tune the robot path", "생산기술팀"),
                ("missing_weld", 5, "tip stuck", "dress tips more often", "차체팀")),
    "injection": (("short_shot", 34, "injection pressure", "raise the hold pressure", "성형팀"),
                  ("flash", 28, "clamp force", "check parallelism", "성형팀"),
                  ("sink_mark", 20, "cooling time", "lengthen the cooling", "생산기술팀"),
                  ("discoloration", 12, "drying", "dry the resin longer", "성형팀"),
                  ("weld_line", 6, "melt temperature", "raise the barrel", "생산기술팀")),
    "assembly": (("torque", 40, "bit wear", "change bits weekly", "조립팀"),
                 ("missing_part", 25, "picking", "pick to light", "조립팀"),
                 ("scratch", 20, "handling", "cover the jigs", "조립팀"),
                 ("function", 15, "supplied part", "claim to the supplier", "품질팀")),
    "smt": (("solder_bridge", 33, "paste volume", "clean the stencil", "전장팀"),
            ("cold_solder", 24, "reflow profile", "raise the peak", "생산기술팀"),
            ("misplaced", 21, "nozzle wear", "change nozzles", "전장팀"),
            ("tombstone", 13, "pad design", "review the footprint", "개발팀"),
            ("missing_part", 9, "feeder", "maintain feeders", "전장팀")),
    "soldering": (("solder_bridge", 36, "flux", "check the flux density", "전장팀"),
                  ("insufficient", 29, "wave height", "adjust the wave", "전장팀"),
                  ("lifted_pad", 20, "preheat", "slow the preheat", "생산기술팀"),
                  ("function", 15, "supplied part", "claim to the supplier", "품질팀")),
}  # fmt: skip
#: how much of a unit's cost a scrapped and a reworked one cost
SCRAP_COST, REWORK_COST = 1.0, 0.25


def rows(made: Sequence[Run]) -> Iterator[tuple[Any, ...]]:
    """(date, line, product, shift, type, quantity, cost in KRW, root cause, countermeasure, department)."""
    for run in made:
        if not run.defect:
            continue
        kinds = TYPES[run.line.process]
        dice = generator(3, run.back, sum(map(ord, run.line.code + run.product.code + run.shift)))
        extra, extra_type = _of_incident(run)
        usual = shares(run.defect - extra, [kind[1] * dice.uniform(0.6, 1.4) for kind in kinds])
        each = run.product.cost_krw * (run.scrap * SCRAP_COST + (run.defect - run.scrap) * REWORK_COST) / run.defect
        for (name, _, cause, measure, department), count in zip(kinds, usual, strict=True):
            quantity = count + (extra if name == extra_type else 0)
            # Nobody has found the cause of an incident yet, and not of every other defect either.
            known = dice.random() < 0.8 and not (extra and name == extra_type)
            if quantity:
                yield (run.day, run.line.code, run.product.code, run.shift, name, quantity, round(quantity * each, 2),
                       cause if known else None, measure if known else None, department)  # fmt: skip


def _of_incident(run: Run) -> tuple[int, str]:
    """How many of the defects an incident made, and their type."""
    for incident in INCIDENTS:
        strength = incident.strength(run.back)
        if (
            incident.kind in (Kind.WEAR, Kind.MATERIAL)
            and strength
            and incident.touches(run.line.code, run.product.code, run.shift)
        ):
            more = 1 + (incident.size - 1) * strength
            return round(run.defect * (1 - 1 / more)), incident.defect_type
    return 0, ""
