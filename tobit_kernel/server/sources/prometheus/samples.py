"""Answers of Prometheus as tables: time, value, and a column per label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from tobit_kernel.errors import LimitReached, SourceUnavailable

#: Samples of one table.
SAMPLES = 1_000_000
#: Labels of one table.
LABELS = 500

_TIME = pa.timestamp("ms", "UTC")
_NAME = "__name__"


def table_of(data: Any, keep_name: bool) -> pa.Table:
    """The samples of an answer's ``data``; ``keep_name`` keeps the metric's name as a column."""
    try:
        return _table(list(_series(data)), keep_name)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SourceUnavailable("What answers there is no Prometheus.", "Look at the address of the source.") from None


def empty(labels: list[str]) -> pa.Table:
    """A table of those labels without samples."""
    return _table([(dict.fromkeys(labels, ""), [])], False).slice(0, 0)


def _series(data: Any) -> Iterator[tuple[dict[str, str], list[Any]]]:
    kind, result = data["resultType"], data["result"]
    if kind in ("scalar", "string"):
        yield {}, [result]
        return
    for series in result:
        yield series["metric"], series.get("values") or ([series["value"]] if "value" in series else [])


def _table(series: list[tuple[dict[str, str], list[Any]]], keep_name: bool) -> pa.Table:
    counts = [len(samples) for _, samples in series]
    if sum(counts) > SAMPLES:
        raise LimitReached(f"That are more than {SAMPLES:,} samples.", "Take a larger step, or aggregate: sum by (…).")
    found = {label for metric, _ in series for label in metric if keep_name or label != _NAME}
    labels = sorted(found, key=lambda label: (label.lower(), label.swapcase()))
    if len(labels) > LABELS:
        raise LimitReached(f"That are more than {LABELS} labels.", "Aggregate: sum by (…).")
    which = pa.array([number for number, count in enumerate(counts) for _ in range(count)], pa.int64())
    times = pa.array([round(float(sample[0]) * 1000) for _, samples in series for sample in samples], _TIME)
    values = pa.array([float(sample[1]) for _, samples in series for sample in samples], pa.float64())
    columns = [times, values]
    for label in labels:
        each = pa.array([metric.get(label) for metric, _ in series], pa.string())
        columns.append(each.take(which))
    return pa.Table.from_arrays(columns, names=["time", "value", *named(labels)])


def named(labels: list[str]) -> list[str]:
    """Names of columns: labels that clash with ours or differ only by capitals get others."""
    taken = {"time", "value"}
    found = []
    for label in labels:
        name = "name" if label == _NAME and "name" not in labels else label
        while name.lower() in taken:
            name = f"label_{name}"
        taken.add(name.lower())
        found.append(name)
    return found
