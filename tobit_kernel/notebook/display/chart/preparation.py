"""From a result and a specification to a drawing.

Nothing is left out or added up in silence: every step that changes what the rows say leaves
a note, which both pictures show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tobit_kernel.errors import InputError
from tobit_kernel.notebook.display.chart import drawing as steps
from tobit_kernel.notebook.display.chart.columns import NULL, Axis, Scale, read, read_numbers
from tobit_kernel.notebook.display.chart.drawing import Drawing
from tobit_kernel.notebook.display.chart.specification import Kind, Specification
from tobit_kernel.notebook.display.words import say

if TYPE_CHECKING:
    import pandas

    from tobit_kernel.wire.stream import Result

MOST_SERIES = 12
MOST_SLICES = 12
_BINS = 60


def prepare(result: Result, wish: Specification) -> Drawing:
    """The drawing of ``wish`` over ``result``; InputError when a column does not suit the kind."""
    making = {Kind.PIE: _pie, Kind.HEATMAP: _heatmap, Kind.HIST: _hist, Kind.BAR: _bar}.get(wish.kind, _points)
    drawing = making(result, wish.kind, wish.places)
    drawing.title = result.name or ""
    if result.tail.truncated:
        drawing.notes.append(say("the rows were cut off at the limit"))
    return drawing


def _points(result: Result, kind: Kind, places: dict[str, int]) -> Drawing:
    """Line, area and scatter: a point per row, in order of x. A null y is a gap in a line."""
    x, xs = read(result, places["x"])
    y, ys = read_numbers(result, places["y"], kind)
    drawing = Drawing(kind, _frame(x=xs, y=ys), x, y)
    _add_series(drawing, result, places)
    steps.drop_unplaced(drawing, ["x", "y"] if kind is Kind.SCATTER else ["x"])
    if x.scale is Scale.CATEGORY:
        _first_categories(drawing)
    elif kind is not Kind.SCATTER:
        drawing.frame = drawing.frame.sort_values("x", kind="stable", ignore_index=True)
    if kind is Kind.AREA:
        steps.stack(drawing)
    steps.thin(drawing)
    return drawing


def _bar(result: Result, kind: Kind, places: dict[str, int]) -> Drawing:
    x, xs = read(result, places["x"])
    y, ys = _measure(result, kind, places)
    drawing = Drawing(kind, _frame(x=xs, y=ys), x, y)
    _add_series(drawing, result, places)
    steps.drop_unplaced(drawing, ["x", "y"])
    steps.add_up(drawing, counted="y" not in places)
    steps.few_bars(drawing)
    drawing.stacked = "by" in drawing.frame and not (drawing.frame["y"] < 0).any()
    if x.scale is Scale.NUMBER or (x.scale is Scale.TIME and "by" in drawing.frame and not drawing.stacked):
        steps.as_labels(drawing, "x")
    return drawing


def _pie(result: Result, kind: Kind, places: dict[str, int]) -> Drawing:
    import pandas

    x, xs = read(result, places["x"], Scale.CATEGORY)
    y, ys = _measure(result, kind, places)
    drawing = Drawing(kind, _frame(x=_with_null(xs), y=ys), x, y)
    steps.drop_unplaced(drawing, ["y"])
    steps.add_up(drawing, counted="y" not in places)
    if (drawing.frame["y"] < 0).any():
        message = say("A pie cannot show values below zero; {name!r} has some.").format(name=y.name)
        raise InputError(message, say("A bar chart can: bar:{x},{y}.").format(x=x.name, y=y.name))
    frame = drawing.frame.astype({"x": object}).sort_values("y", ascending=False, kind="stable", ignore_index=True)
    if len(frame) > MOST_SLICES:
        rest = frame.iloc[MOST_SLICES - 1 :]
        frame = frame.iloc[: MOST_SLICES - 1]
        others = {"x": [say("{n:,} others").format(n=len(rest))], "y": [rest["y"].sum()]}
        frame = pandas.concat([frame, pandas.DataFrame(others)], ignore_index=True)
        drawing.notes.append(say("the {n:,} smallest drawn as one").format(n=len(rest)))
    drawing.frame = frame[frame["y"] > 0].reset_index(drop=True)
    return drawing


def _heatmap(result: Result, kind: Kind, places: dict[str, int]) -> Drawing:
    x, xs = read(result, places["x"])
    y, ys = read(result, places["y"])
    drawing = Drawing(kind, _frame(x=xs, y=ys), x, y)
    if "value" in places:
        drawing.by, drawing.frame["value"] = read_numbers(result, places["value"], kind)
    else:
        drawing.by, drawing.frame["value"] = Axis(say("rows"), Scale.NUMBER), 1.0
    steps.drop_unplaced(drawing, ["x", "y", "value"])
    if drawing.frame.empty:
        return drawing
    steps.few_cells(drawing, "x")
    steps.few_cells(drawing, "y")
    cells = drawing.frame.groupby(["x", "y"], observed=True, sort=True)["value"]
    if "value" in places and (cells.size() > 1).any():
        drawing.notes.append(say("mean of several rows per cell"))
    drawing.frame = (cells.mean() if "value" in places else cells.sum()).reset_index()
    return drawing


def _hist(result: Result, kind: Kind, places: dict[str, int]) -> Drawing:
    """Bins over all rows, none sampled; the series share their bins."""
    import pandas

    x, xs = read(result, places["x"])
    if x.scale is Scale.CATEGORY:
        hint = say("bar:{name} counts the rows of each value.").format(name=x.name)
        raise InputError(say("A hist chart cannot bin {name!r}: it is text.").format(name=x.name), hint)
    drawing = Drawing(kind, _frame(x=xs), x, Axis(say("rows"), Scale.NUMBER))
    _add_series(drawing, result, places)
    steps.drop_unplaced(drawing, ["x"])
    if drawing.frame.empty:
        return drawing
    moments = x.scale is Scale.TIME
    values = drawing.frame["x"].to_numpy()
    numbers = values.astype("datetime64[ms]").astype(np.float64) if moments else values
    edges = _edges(numbers)
    sides = edges.astype("datetime64[ms]") if moments else edges
    parts = []
    for name in drawing.series:
        mine = numbers[(drawing.frame["by"] == name).to_numpy()] if "by" in drawing.frame else numbers
        part = pandas.DataFrame({"left": sides[:-1], "right": sides[1:], "y": np.histogram(mine, edges)[0]})
        parts.append(part.assign(by=name) if "by" in drawing.frame else part)
    names = drawing.series
    drawing.frame = pandas.concat(parts, ignore_index=True)
    if "by" in drawing.frame:
        drawing.frame["by"] = pandas.Categorical(drawing.frame["by"], names)
    return drawing


def _edges(numbers: np.ndarray) -> np.ndarray:
    """Bin edges: one bin for each whole number where there are few, else as many as the data bear, 60 at most."""
    least, most = numbers.min(), numbers.max()
    if most - least < _BINS and (numbers == np.round(numbers)).all():
        return np.arange(least, most + 2) - 0.5
    # Freedman and Diaconis (1981): twice the quartiles' distance over the cube root of the count.
    low, high = np.percentile(numbers, [25, 75])
    width = 2 * (high - low) / np.cbrt(len(numbers))
    bins = np.ceil((most - least) / width) if width > 0 else np.log2(len(numbers)) + 1
    return np.histogram_bin_edges(numbers, int(np.clip(bins, 1, _BINS)))


def _frame(**columns: pandas.Series) -> pandas.DataFrame:
    import pandas

    return pandas.DataFrame(columns)


def _measure(result: Result, kind: Kind, places: dict[str, int]) -> tuple[Axis, pandas.Series]:
    """The column to add up, or one for each row."""
    import pandas

    if "y" in places:
        return read_numbers(result, places["y"], kind)
    return Axis(say("rows"), Scale.NUMBER), pandas.Series(np.ones(len(result)))


def _add_series(drawing: Drawing, result: Result, places: dict[str, int]) -> None:
    """Splits the rows by a third column into at most 12 series, those with the most rows."""
    if "by" not in places:
        return
    drawing.by, values = read(result, places["by"], Scale.CATEGORY)
    drawing.frame["by"] = values = _with_null(values)
    sizes = values.value_counts()
    if len(sizes) > MOST_SERIES:
        note = say("{n} of {all:,} {name} drawn, those with the most rows")
        drawing.notes.append(note.format(n=MOST_SERIES, all=len(sizes), name=drawing.by.name))
        drawing.frame = drawing.frame[values.isin(sizes.index[:MOST_SERIES])].reset_index(drop=True)
    drawing.frame["by"] = drawing.frame["by"].cat.remove_unused_categories()


def _first_categories(drawing: Drawing) -> None:
    places = drawing.frame["x"].unique()
    if len(places) > steps.MOST_BARS:
        note = say("the first {n:,} of {all:,} drawn").format(n=steps.MOST_BARS, all=len(places))
        drawing.notes.append(note)
        drawing.frame = drawing.frame[drawing.frame["x"].isin(places[: steps.MOST_BARS])].reset_index(drop=True)


def _with_null(values: pandas.Series) -> pandas.Series:
    """Null as a category of its own."""
    if not values.isna().any():
        return values
    return (values if NULL in values.cat.categories else values.cat.add_categories(NULL)).fillna(NULL)
