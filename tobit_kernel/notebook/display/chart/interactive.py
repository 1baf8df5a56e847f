"""The drawing as a Bokeh figure: hvPlot lays it out, the finish is ours.

hvPlot is used through its class: ``import hvplot.pandas`` would run HoloViews' notebook
extension, which writes scripts that load from a CDN into the cell. A pie, which hvPlot has not
for Bokeh, is made of wedges.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tobit_kernel.notebook.display.chart.drawing import Drawing
from tobit_kernel.notebook.display.chart.finish import finish, hover
from tobit_kernel.notebook.display.chart.look import FONT_STACK, HEIGHT_PX, PALETTE, TEXT, colour
from tobit_kernel.notebook.display.chart.specification import Kind
from tobit_kernel.notebook.display.words import say

#: Radii of a pie's ring. In pixels, so that it stays round whatever the page's width.
_RING_PX = (54, 104)


def figure_of(drawing: Drawing) -> Any:
    """A responsive figure, 360 px high, that loads nothing."""
    if drawing.frame.empty:
        return _nothing(drawing)
    if drawing.kind is Kind.PIE:
        return _pie(drawing)
    options: dict[str, Any] = {"x": "x", "y": "y", "responsive": True, "min_height": HEIGHT_PX, "grid": True}
    if "by" in drawing.frame:
        options["by"] = "by"
    with _bokeh() as (plot, render):
        made = render(_MAKING[drawing.kind](plot(drawing.frame), drawing, options), backend="bokeh")
    if drawing.kind is Kind.AREA:
        _outline(made, drawing)
    return finish(made, drawing)


def _line(plot: Any, drawing: Drawing, options: dict[str, Any]) -> Any:
    return plot.line(**options, color=_colours(drawing), line_width=1.8)


def _scatter(plot: Any, drawing: Drawing, options: dict[str, Any]) -> Any:
    size, alpha = (7, 0.75) if len(drawing.frame) < 1000 else (5, 0.4)
    return plot.scatter(**options, color=_colours(drawing), size=size**2, alpha=alpha, line_width=0)


def _area(plot: Any, drawing: Drawing, options: dict[str, Any]) -> Any:
    alpha = 0.55 if drawing.stacked else 0.25
    return plot.area(**options, color=_colours(drawing), stacked=drawing.stacked, alpha=alpha, line_width=0)


def _bar(plot: Any, drawing: Drawing, options: dict[str, Any]) -> Any:
    if "by" in drawing.frame:
        options.update(stacked=drawing.stacked, color=list(PALETTE[: len(drawing.series)]))
    else:
        options["color"] = colour(0)
    return plot.bar(**options, line_color=None)


def _heatmap(plot: Any, drawing: Drawing, options: dict[str, Any]) -> Any:
    return plot.heatmap(**{**options, "C": "value", "cmap": "viridis", "colorbar": True, "grid": False})


def _hist(_: Any, drawing: Drawing, options: dict[str, Any]) -> Any:
    """hvPlot's own histogram would want all rows; ours are counted already."""
    import holoviews

    alpha = 0.85 if len(drawing.series) == 1 else 0.45
    parts = {}
    for number, name in enumerate(drawing.series):
        part = drawing.of(name)
        edges = np.append(part["left"].to_numpy(), part["right"].to_numpy()[-1:])
        shown = holoviews.Histogram((edges, part["y"].to_numpy()), kdims=["x"], vdims=["y"])
        parts[name] = shown.opts(backend="bokeh", fill_color=colour(number), fill_alpha=alpha, line_color=None)
    size = {"responsive": True, "min_height": HEIGHT_PX, "show_grid": True}
    if len(parts) == 1 and "by" not in drawing.frame:
        return parts[""].opts(backend="bokeh", **size)
    return holoviews.NdOverlay(parts, kdims=["by"]).opts(backend="bokeh", **size)


_MAKING = {
    Kind.LINE: _line,
    Kind.SCATTER: _scatter,
    Kind.AREA: _area,
    Kind.BAR: _bar,
    Kind.HEATMAP: _heatmap,
    Kind.HIST: _hist,
}


@contextmanager
def _bokeh() -> Iterator[tuple[Any, Any]]:
    """hvPlot's class and HoloViews' ``render`` with Bokeh as backend, whichever the analyst's own plots use."""
    import holoviews
    import holoviews.plotting.bokeh  # registers the backend
    from hvplot.plotting import hvPlotTabular

    before = holoviews.Store.current_backend
    holoviews.Store.set_current_backend("bokeh")
    try:
        yield hvPlotTabular, holoviews.render
    finally:
        if before:
            holoviews.Store.set_current_backend(before)


def _colours(drawing: Drawing) -> Any:
    return [colour(number) for number in range(len(drawing.series))] if "by" in drawing.frame else colour(0)


def _outline(made: Any, drawing: Drawing) -> None:
    """Upper edges of the areas as lines: an area has one corner to hover over, a line has all its points."""
    lines = []
    for number, name in enumerate(drawing.series):
        part = drawing.of(name)
        upper = part["y"].to_numpy()
        if drawing.stacked:
            below = [drawing.of(other)["y"].to_numpy() for other in drawing.series[:number]]
            upper = upper + sum(below, start=np.zeros(len(upper)))
        data = {"x": part["x"].to_numpy(), "upper": upper, "y": part["y"].to_numpy()}
        lines.append(made.line("x", "upper", source=data, name=name, line_color=colour(number), line_width=1.5))
    made.add_tools(hover(drawing, lines))


def _pie(drawing: Drawing) -> Any:
    from bokeh.models import ColumnDataSource, Range1d
    from bokeh.plotting import figure

    values = drawing.frame["y"].to_numpy()
    ends = np.cumsum(values) / values.sum() * 2 * np.pi
    names = drawing.frame["x"].astype(str).to_numpy()
    share = values / values.sum()
    source = ColumnDataSource(
        {
            # Clockwise from the top, the largest first, as a clock is read.
            "start": np.pi / 2 - np.concatenate(([0.0], ends[:-1])),
            "end": np.pi / 2 - ends,
            "x": names,
            "y": values,
            "share": share * 100,
            "colour": [colour(number) for number in range(len(values))],
            "legend": [f"{name}  {part:.1%}" for name, part in zip(names, share, strict=True)],
        }
    )
    made = figure(
        x_range=Range1d(start=-1, end=1), y_range=Range1d(start=-1, end=1), tools="save", min_height=HEIGHT_PX
    )
    wedges = made.annular_wedge(
        x=0, y=0, inner_radius=_RING_PX[0], inner_radius_units="screen", outer_radius=_RING_PX[1],
        outer_radius_units="screen", start_angle="start", end_angle="end", direction="clock",
        fill_color="colour", line_color=None, legend_field="legend", source=source,
    )  # fmt: skip
    made.add_tools(hover(drawing, [wedges], extra=[(say("share"), "@share{0.0} %")]))
    return finish(made, drawing)


def _nothing(drawing: Drawing) -> Any:
    """A picture that says that there is nothing to draw."""
    from bokeh.models import Range1d
    from bokeh.models.annotations import Label
    from bokeh.plotting import figure

    made = figure(x_range=Range1d(start=0, end=1), y_range=Range1d(start=0, end=1), tools="", min_height=HEIGHT_PX)
    font: Any = {"text_font": FONT_STACK, "text_color": TEXT, "text_font_size": "14px"}
    made.add_layout(Label(x=0.5, y=0.5, text=say("No rows to draw"), text_align="center", **font))
    return finish(made, drawing)
