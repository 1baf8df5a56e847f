"""Loads the demo data of the operations model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import psycopg

from tobit_kernel.errors import Conflict, InputError
from tobit_kernel.server.inventory.demo import events, history
from tobit_kernel.server.inventory.demo.metrics import DAY, MINUTES, Floats, minutes_of, series, values
from tobit_kernel.server.inventory.demo.relations import relations
from tobit_kernel.server.inventory.demo.topology import cis, ids
from tobit_kernel.server.store.refill import EPOCH, Progress, Refill, Step, begun_with, write_arrays, write_rows

#: Raised with every change of what is generated; rows of an earlier version are then replaced.
VERSION = 1
#: Days of values that one transaction loads: 1.2 million rows at full scale.
DAYS = 7
#: Emptied before other demo rows come; CIs and metrics stay, because rows of the user's may refer to them.
LEAVES = (
    "ops.metric_value", "ops.event_log", "ops.maintenance", "ops.work_history", "ops.change_history",
    "ops.threshold", "ops.ci_relation",
)  # fmt: skip

Cursor = psycopg.Cursor[Any]


def seed(
    connection: psycopg.Connection[Any], tenant: str, scale: float, end: datetime, progress: Progress
) -> dict[str, int]:
    """Rows per table of the demo for ``tenant``, loaded where they were not yet.

    ``connection`` is one of the app role, in no transaction. ``scale`` in (0, 1] thins the values (one every
    1/scale minutes over the same 62.5 days) and the events; the inventory is whole at every scale. ``end`` is aware;
    the last values lie just before it. ``progress`` gets (rows done, rows in all, what was done).
    Stopped at any point, it goes on at the next call with the same arguments; with others it starts over.
    """
    if not 0 < scale <= 1:
        raise InputError(f"A scale of {scale} does not fit.", "Choose one above 0 and up to 1, such as --scale 0.1.")
    if end.tzinfo is None:
        raise InputError("The end of the demo data needs a time zone.")
    end = end.replace(second=0, microsecond=0)
    refill = Refill(connection, tenant, "ops", f"{VERSION} {scale!r} {end.timestamp():.0f}")
    steps = [*_inventory(tenant, end), *_happenings(tenant, scale, end), *_values(tenant, scale, end)]
    return refill.run(LEAVES, steps, progress)


def made_with(connection: psycopg.Connection[Any], tenant: str) -> tuple[float, datetime] | None:
    """Scale and end of the demo data that ``tenant`` has, complete or not; None when it has none of this version."""
    version, _, rest = begun_with(connection, tenant, "ops").partition(" ")
    if version != str(VERSION):
        return None
    scale, end = rest.split()
    return float(scale), datetime.fromtimestamp(int(end), UTC)


def _inventory(tenant: str, end: datetime) -> Iterator[Step]:
    since = end - timedelta(days=900)

    def load_cis(cursor: Cursor) -> int:
        _names_free(cursor, tenant)
        columns = ("ci_id", "ci_code", "ci_name", "ci_type", "subtype", "status", "owner", "location", "attributes",
                   "tags", "valid_from")  # fmt: skip
        rows = (
            (ids()[ci.code], ci.code, ci.name, ci.type, ci.subtype, "running", ci.owner, ci.location,
             json.dumps({"env": ci.env, "name_en": ci.name_en or ci.name} | ci.attributes, ensure_ascii=False),
             [*ci.tags, "demo"], since)
            for ci in cis()
        )  # fmt: skip
        return write_rows(cursor, "ops.ci", tenant, columns, rows, key=("ci_id",))

    def load_relations(cursor: Cursor) -> int:
        columns = ("relation_id", "from_ci_id", "to_ci_id", "relation_type", "valid_from", "origin", "confidence")
        rows = (
            (number, ids()[one.start], ids()[one.end], one.type, since, one.origin, one.confidence)
            for number, one in enumerate(relations(), start=1)
        )
        return write_rows(cursor, "ops.ci_relation", tenant, columns, rows)

    def load_metrics(cursor: Cursor) -> int:
        columns = ("metric_id", "ci_id", "name", "unit", "description")
        rows = (
            (number, ids()[one.ci], one.name, one.quantity.unit, one.quantity.description)
            for number, one in enumerate(series(), start=1)
        )
        return write_rows(cursor, "ops.metric", tenant, columns, rows, key=("metric_id",))

    yield Step("ops.ci", "CIs", len(cis()), load_cis)
    yield Step("ops.ci_relation", "Relations", len(relations()), load_relations)
    yield Step("ops.metric", "Metrics", len(series()), load_metrics)


def _names_free(cursor: Cursor, tenant: str) -> None:
    """``Conflict`` when the user has a CI of their own under a name of ours."""
    cursor.execute(
        "select string_agg(ci_code, ', ' order by ci_code) from ops.ci"
        " where tenant_id = %s and not is_demo and ci_code = any(%s)",
        (tenant, list(ids())),
    )
    found = cursor.fetchone()
    if found and found[0]:
        raise Conflict(
            f"You have CIs of your own under names that the demo data uses: {found[0]}.",
            "Give them other codes, then run `tobit demo` again.",
        )


def _happenings(tenant: str, scale: float, end: datetime) -> Iterator[Step]:
    tables: tuple[tuple[str, str, str, list[tuple[Any, ...]]], ...] = (
        ("ops.maintenance", "Maintenance", "maintenance_id ci_code starts_at ends_at title description status",
         list(history.maintenance(end))),
        ("ops.work_history", "Work", "work_id ci_id work_type started_at ended_at worker status description",
         list(history.work(end))),
        ("ops.change_history", "Changes",
         "change_id ci_id changed_at change_type field before after changed_by reason", list(history.changes(end))),
        ("ops.threshold", "Thresholds",
         "threshold_id ci_code metric low high low_critical high_critical", list(history.thresholds())),
        ("ops.event_log", "Events", "event_id time ci_id event_type severity message attributes",
         list(events.rows(end, scale))),
    )  # fmt: skip
    for table, name, columns, rows in tables:
        load = partial(write_rows, table=table, tenant=tenant, columns=columns.split(), rows=rows)
        yield Step(table, name, len(rows), load)


def _values(tenant: str, scale: float, end: datetime) -> Iterator[Step]:
    start = end - timedelta(minutes=MINUTES)
    minutes = minutes_of(max(1, round(1 / scale)))

    def partitions(cursor: Cursor) -> int:
        cursor.execute("select ops.ensure_partitions(%s, %s)", (start, end))
        return 0

    def analyze(cursor: Cursor) -> int:
        cursor.execute("select ops.analyze()")
        return 0

    yield Step("", "Partitions", 0, partitions)
    for first in range(0, MINUTES, DAYS * DAY):
        wanted = minutes[(minutes >= first) & (minutes < first + DAYS * DAY)]
        until = min(first + DAYS * DAY, MINUTES) // DAY
        if len(wanted):
            chunks = partial(_chunks, end, wanted)
            yield Step("ops.metric_value", f"Metric values, {until} of {MINUTES // DAY} days",
                       len(wanted) * len(series()), partial(_load_values, tenant=tenant, chunks=chunks))  # fmt: skip
    yield Step("", "Statistics", 0, analyze)


def _load_values(cursor: Cursor, *, tenant: str, chunks: partial[Iterator[dict[str, Any]]]) -> int:
    return write_arrays(cursor, "ops.metric_value", tenant, chunks(), ("time", "value", "metric_id", "ci_id"))


def _chunks(end: datetime, minutes: np.ndarray[Any, np.dtype[np.int64]]) -> Iterator[dict[str, Any]]:
    """Rows of metric_value, day by day, so that memory holds one day and blocks of the table hold one time."""
    start = (end - timedelta(minutes=MINUTES) - EPOCH) // timedelta(microseconds=1)
    metric_ids = np.arange(1, len(series()) + 1, dtype=np.int32)
    ci_ids = np.array([ids()[one.ci] for one in series()], dtype=np.int32)
    for day in range(int(minutes[0]) // DAY, int(minutes[-1]) // DAY + 1):
        own = minutes[minutes // DAY == day]
        if not len(own):
            continue
        found: Floats = values(end, own)
        yield {
            "time": np.tile(start + own * 60_000_000, len(series())),
            "value": found.ravel(),
            "metric_id": np.repeat(metric_ids, len(own)),
            "ci_id": np.repeat(ci_ids, len(own)),
        }
