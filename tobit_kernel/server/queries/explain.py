"""What a plan says to a person."""

from __future__ import annotations

import re

from tobit_kernel.wire.models import Plan

#: A scan of more rows than this deserves a word.
LARGE_ROWS = 100_000

_SCAN = re.compile(r"Seq Scan on (?P<table>\S+).*?rows=(?P<rows>\d+)")
_LOOP = re.compile(r"Nested Loop.*?rows=(?P<rows>\d+)")


def explained(plan: str) -> Plan:
    """``plan`` with warnings: full scans of large tables, nested loops that multiply."""
    warnings = [
        f"All of {match['table']} is read (about {int(match['rows']):,} rows): a condition on an indexed column, "
        "such as the time, would spare most of it."
        for match in _SCAN.finditer(plan)
        if int(match["rows"]) > LARGE_ROWS
    ]
    for match in _LOOP.finditer(plan):
        if int(match["rows"]) > LARGE_ROWS and "Join Filter" not in plan and "Index" not in plan:
            warnings.append(f"Every row meets every row (about {int(match['rows']):,}): is a join condition missing?")
    return Plan(plan=plan, warnings=warnings)
