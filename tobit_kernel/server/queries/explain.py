"""What a plan says to a person."""

from __future__ import annotations

import re

from tobit_kernel.wire.models import Plan

#: A scan of more rows than this deserves a word.
LARGE_ROWS = 100_000

_SCAN = re.compile(r"Seq Scan on (?P<table>\S+).*?rows=(?P<rows>\d+)")
_LOOP = re.compile(r"Nested Loop.*?rows=(?P<rows>\d+)")


#: What the planner believes of each step; it counts the rows of all tenants.
_ESTIMATE = re.compile(r"\(cost=[\d.]+ rows=(?P<rows>\d+) width=\d+\)")


def explained(plan: str, *, exact: bool) -> Plan:
    """``plan`` with warnings: full scans of large tables, nested loops that multiply.

    Estimates come from all tenants' rows; unless ``exact``, only their order of magnitude is shown, and no cost.
    """
    if not exact:
        plan = _ESTIMATE.sub(lambda match: f"(rows={magnitude(int(match['rows']))})", plan)
    warnings = [
        f"All of {match['table']} is read (about {int(match['rows']):,} rows): a condition on an indexed column, "
        "such as the time, would spare most of it."
        for match in _SCAN.finditer(plan)
        if int(match["rows"]) >= LARGE_ROWS
    ]
    for match in _LOOP.finditer(plan):
        if int(match["rows"]) >= LARGE_ROWS and "Join Filter" not in plan and "Index" not in plan:
            warnings.append(f"Every row meets every row (about {int(match['rows']):,}): is a join condition missing?")
    return Plan(plan=plan, warnings=warnings)


def magnitude(rows: int) -> int:
    """The power of ten that ``rows`` comes nearest to from below; everything small is 1."""
    return int(10 ** max(len(str(rows)) - 1, 0)) if rows >= 1000 else 1
