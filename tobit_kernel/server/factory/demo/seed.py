"""Loads the demo data of the factory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import psycopg

from tobit_kernel.errors import InputError
from tobit_kernel.server.factory import reference
from tobit_kernel.server.factory.demo import defects, equipment, stock
from tobit_kernel.server.factory.demo.plant import LINES, machines, products
from tobit_kernel.server.factory.demo.production import KOREA, Run, hours, runs
from tobit_kernel.server.store.refill import Progress, Refill, Step, write_rows

#: Raised with every change of what is generated; rows of an earlier version are then replaced.
VERSION = 1
#: Emptied before other demo rows come; dimensions stay, because rows of the user's may refer to them.
FACTS = (
    "mfg.fact_daily_production", "mfg.fact_daily_defect", "mfg.fact_inventory_snapshot", "mfg.fact_equipment_event",
    "mfg.fact_hourly_production",
)  # fmt: skip

Cursor = psycopg.Cursor[Any]


def seed(
    connection: psycopg.Connection[Any], tenant: str, scale: float, end: datetime, progress: Progress
) -> dict[str, int]:
    """Rows per table of the demo for ``tenant``, loaded where they were not yet.

    ``connection`` is one of the app role, in no transaction. 180 days of daily facts and 30 of hourly ones end with
    the last full day in Korea before ``end`` (aware). Facts by the day are small, so ``scale``, in (0, 1] as for the
    operations model, changes nothing. ``progress`` gets (rows done, rows in all, what was done). Stopped at any
    point, it goes on at the next call with the same ``end``; with another one it starts over.
    """
    if not 0 < scale <= 1:
        raise InputError(f"A scale of {scale} does not fit.", "Choose one above 0 and up to 1, such as --scale 0.1.")
    if end.tzinfo is None:
        raise InputError("The end of the demo data needs a time zone.")
    today = end.astimezone(KOREA).date()
    refill = Refill(connection, tenant, "mfg", f"{VERSION} {today}")
    made = list(runs(today))
    steps = [
        *(Step(table, f"Reference {table}", len(rows), partial(reference.fill, tenant=tenant, table=table))
          for table, _, rows in reference.tables()),
        *(_step(tenant, *dimension) for dimension in _dimensions()),
        *(_step(tenant, table, name, "", columns, rows) for table, name, columns, rows in _facts(made, end)),
        Step("", "Statistics", 0, _analyze),
    ]  # fmt: skip
    return refill.run(FACTS, steps, progress)


def _step(tenant: str, table: str, name: str, key: str, columns: str, rows: list[tuple[Any, ...]]) -> Step:
    load = partial(write_rows, table=table, tenant=tenant, columns=columns.split(), rows=rows, key=key.split())
    return Step(table, name, len(rows), load)


def _analyze(cursor: Cursor) -> int:
    cursor.execute("select mfg.analyze()")
    return 0


def _dimensions() -> Iterator[tuple[str, str, str, str, list[tuple[Any, ...]]]]:
    """(table, name, key, columns, rows)"""
    yield (
        "mfg.dim_line", "Lines", "line_code", "line_code line_name factory_code factory_name process manager",
        [(line.code, line.name, line.factory, line.factory_name, line.process, line.manager) for line in LINES],
    )  # fmt: skip
    yield (
        "mfg.dim_product", "Products", "product_code",
        "product_code product_name family unit_cost_krw target_cycle_time_sec",
        [(one.code, one.name, one.family, one.cost_krw, one.cycle_s) for one in products()],
    )  # fmt: skip
    yield (
        "mfg.dim_equipment", "Machines", "equipment_code",
        "equipment_code equipment_name equipment_type line_code maker installed_on",
        [(one.code, one.name, one.type, one.line, one.maker, one.installed_on) for one in machines()],
    )  # fmt: skip


def _facts(made: list[Run], end: datetime) -> Iterator[tuple[str, str, str, list[tuple[Any, ...]]]]:
    """(table, name, columns, rows)"""
    yield (
        "mfg.fact_daily_production", "Daily production",
        "date line_code product_code shift total_qty good_qty defect_qty rework_qty scrap_qty cycle_time_avg"
        " cycle_time_std runtime_minutes downtime_minutes setup_time_minutes planned_qty target_cycle_time_sec"
        " work_order_count operator_count",
        [(run.day, run.line.code, run.product.code, run.shift, run.total, run.total - run.defect, run.defect,
          run.defect - run.scrap, run.scrap, run.cycle_s, run.spread_s, run.runtime, run.downtime, run.setup,
          run.planned, run.target_s, run.orders, run.line.operators) for run in made],
    )  # fmt: skip
    yield (
        "mfg.fact_daily_defect", "Defects",
        "date line_code product_code shift defect_type defect_qty defect_cost root_cause countermeasure"
        " responsible_dept", list(defects.rows(made)),
    )  # fmt: skip
    yield (
        "mfg.fact_inventory_snapshot", "Stock",
        "date product_code location stock_qty safety_stock_qty reserved_qty available_qty in_transit_qty stock_value"
        " avg_daily_usage coverage_days last_receipt_date last_issue_date",
        list(stock.rows(made, end.astimezone(KOREA).date())),
    )  # fmt: skip
    yield (
        "mfg.fact_equipment_event", "Machine events",
        "date equipment_code event_type event_count total_duration_minutes avg_duration_minutes max_duration_minutes"
        " severity_distribution", list(equipment.rows(made)),
    )  # fmt: skip
    yield (
        "mfg.fact_hourly_production", "Hourly production",
        "hour line_code product_code total_qty good_qty defect_qty cycle_time_avg runtime_minutes downtime_minutes",
        list(hours(made)),
    )  # fmt: skip
