"""What is drawn, and the steps that make it small enough to see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tobit_kernel.notebook.display.chart.columns import Axis, Scale
from tobit_kernel.notebook.display.chart.downsample import extremes, sample
from tobit_kernel.notebook.display.chart.specification import Kind
from tobit_kernel.notebook.display.words import count, say

if TYPE_CHECKING:
    import pandas

MOST_POINTS = 20_000
MOST_BARS = 100
MOST_MOMENTS = 1_000
MOST_LABELS = 60
#: Cells of a heatmap along an axis of numbers or times that has more values than ``FEW``.
STEPS = 48
FEW = 24


@dataclass
class Drawing:
    """What both pictures draw, and what must be said of it.

    ``frame`` has the columns ``x`` and ``y`` (a histogram ``left``, ``right``, ``y``; a heatmap also
    ``value``) and ``by``, a category, where the rows fall into several series. ``by`` is the axis
    of the series, or of a heatmap's value.
    """

    kind: Kind
    frame: pandas.DataFrame
    x: Axis
    y: Axis
    by: Axis | None = None
    title: str = ""
    notes: list[str] = field(default_factory=list)
    stacked: bool = False
    #: Width and height of a heatmap's cells in units (ms for time); 1 on an axis of categories.
    cell: tuple[float, float] = (1.0, 1.0)

    @property
    def series(self) -> list[str]:
        """Names of the series in drawing order; one empty name when there is only one."""
        return [str(name) for name in self.frame["by"].cat.categories] if "by" in self.frame else [""]

    def of(self, name: str) -> pandas.DataFrame:
        """The rows of one series."""
        return self.frame[self.frame["by"] == name] if "by" in self.frame else self.frame


def drop_unplaced(drawing: Drawing, columns: list[str]) -> None:
    """Leaves out the rows that have no place in the picture: null or infinite in one of ``columns``."""
    kept = drawing.frame.dropna(subset=columns)
    missing = len(drawing.frame) - len(kept)
    if missing:
        drawing.notes.append(say("{rows} with NULL left out").format(rows=count(missing, "row", "rows")))
    drawing.frame = kept.reset_index(drop=True)


def add_up(drawing: Drawing, counted: bool) -> None:
    """One row per x (and series): the sum of y. Categories stay in the order of the rows, the rest is sorted."""
    by = ["x", "by"] if "by" in drawing.frame else ["x"]
    groups = drawing.frame.groupby(by, observed=True, sort=drawing.x.scale is not Scale.CATEGORY)["y"]
    if not counted and (groups.size() > 1).any():
        drawing.notes.append(say("sum of several rows per {names}").format(names=", ".join(_names(drawing))))
    drawing.frame = groups.sum().reset_index()


def few_bars(drawing: Drawing) -> None:
    """At most 100 bars of categories or numbers, the largest; of 1,000 times, the last."""
    totals = drawing.frame.groupby("x", observed=True, sort=True)["y"].sum()
    moments = drawing.x.scale is Scale.TIME
    most = MOST_MOMENTS if moments else MOST_BARS
    if len(totals) <= most:
        return
    kept = totals.index[-most:] if moments else totals.abs().nlargest(most).index
    note = say("the last {n:,} of {all:,} drawn") if moments else say("the {n:,} largest of {all:,} drawn")
    drawing.notes.append(note.format(n=most, all=len(totals)))
    drawing.frame = drawing.frame[drawing.frame["x"].isin(kept)].reset_index(drop=True)


def as_labels(drawing: Drawing, side: str) -> None:
    """Turns an axis of numbers or times into categories that keep its order."""
    import pandas

    axis, values = getattr(drawing, side), drawing.frame[side]
    if axis.scale is Scale.CATEGORY:
        return
    places = np.sort(values.unique())
    names = pandas.Index(labels(places, axis.scale))
    drawing.frame[side] = pandas.Categorical.from_codes(np.searchsorted(places, values.to_numpy()), names)
    setattr(drawing, side, Axis(axis.name, Scale.CATEGORY, axis.unit))


def labels(places: np.ndarray, scale: Scale) -> list[str]:
    """Short texts of numbers or times: a whole number without point, a midnight without clock."""
    if scale is Scale.NUMBER:
        return [f"{value:,.0f}" if value == round(value) else f"{value:.10g}" for value in places.tolist()]
    if (places == places.astype("datetime64[D]")).all():
        return [str(value) for value in places.astype("datetime64[D]")]
    unit = "m" if (places == places.astype("datetime64[m]")).all() else "ms"
    return [str(value).replace("T", " ") for value in places.astype(f"datetime64[{unit}]")]


def few_cells(drawing: Drawing, side: str) -> None:
    """A heatmap's axis with labels where there are few values, else in 48 equal steps."""
    axis, values = getattr(drawing, side), drawing.frame[side]
    distinct = values.nunique()
    if axis.scale is Scale.CATEGORY:
        if distinct > MOST_LABELS:
            kept = values.value_counts().index[:MOST_LABELS]
            note = say("{n:,} of {all:,} {name} drawn, those with the most rows")
            drawing.notes.append(note.format(n=MOST_LABELS, all=distinct, name=axis.name))
            drawing.frame = drawing.frame[values.isin(kept)].reset_index(drop=True)
        drawing.frame[side] = drawing.frame[side].cat.remove_unused_categories()
        return
    if distinct <= FEW:
        as_labels(drawing, side)
        return
    moments, numbers = axis.scale is Scale.TIME, values.to_numpy()
    if moments:
        numbers = numbers.astype("datetime64[ms]").astype(np.float64)
    least, step = numbers.min(), (numbers.max() - numbers.min()) / STEPS
    middles = least + (np.clip((numbers - least) // step, 0, STEPS - 1) + 0.5) * step
    drawing.frame[side] = middles.astype("datetime64[ms]") if moments else middles
    drawing.cell = (step, drawing.cell[1]) if side == "x" else (drawing.cell[0], step)
    drawing.notes.append(say("{name} in {n} steps").format(name=axis.name, n=STEPS))


def stack(drawing: Drawing) -> None:
    """Marks areas as stacked when adding them up is meant: same x in all, one row each, none below zero."""
    frame = drawing.frame
    if "by" not in frame or frame["y"].isna().any() or (frame["y"] < 0).any():
        return
    sizes = frame.groupby("by", observed=True)["x"].agg(["size", "nunique"])
    drawing.stacked = bool((sizes == frame["x"].nunique()).to_numpy().all())


def thin(drawing: Drawing) -> None:
    """At most 20,000 points: a sample of a scatter, the extremes of lines and areas."""
    frame = drawing.frame
    if len(frame) <= MOST_POINTS:
        return
    drawing.notes.append(say("drawn {n:,} of {rows}").format(n=MOST_POINTS, rows=count(len(frame), "row", "rows")))
    drawing.frame = frame.iloc[thinned(drawing, MOST_POINTS)].reset_index(drop=True)


def thinned(drawing: Drawing, most: int) -> np.ndarray:
    """Positions of at most ``most`` rows of the frame that look like all of them."""
    frame = drawing.frame
    if drawing.kind is Kind.SCATTER:
        return sample(len(frame), most)
    if drawing.stacked:
        totals = frame.groupby("x", sort=True)["y"].sum()
        kept = totals.index[extremes(totals.to_numpy(), most // len(drawing.series))]
        return np.flatnonzero(frame["x"].isin(kept).to_numpy())
    if "by" not in frame:
        return extremes(frame["y"].to_numpy(), most)
    share = most // len(drawing.series)
    codes, values = frame["by"].cat.codes.to_numpy(), frame["y"].to_numpy()
    mine = (np.flatnonzero(codes == code) for code in range(len(drawing.series)))
    return np.sort(np.concatenate([places[extremes(values[places], share)] for places in mine]))


def _names(drawing: Drawing) -> list[str]:
    return [axis.name for axis in (drawing.x, drawing.by) if axis is not None]
