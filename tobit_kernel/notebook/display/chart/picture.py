"""The drawing as a static SVG for readers without JavaScript: GitHub, e-mail, PDF.

Text stays text in the viewer's own font, so Hangul needs no font on this machine. The same
drawing gives the same bytes. matplotlib's settings and pyplot are not touched.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from tobit_kernel.errors import width_of
from tobit_kernel.notebook.display.chart.columns import Axis, Scale
from tobit_kernel.notebook.display.chart.drawing import Drawing, thinned
from tobit_kernel.notebook.display.chart.look import FONTS, FRAME, GAP, PALETTE, TEXT, colour
from tobit_kernel.notebook.display.chart.specification import Kind
from tobit_kernel.notebook.display.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Points of lines: two for each of about a thousand columns of the picture.
_MOST_POINTS = 2_000
#: Points above which a scatter goes into the SVG as a bitmap.
_MOST_MARKS = 1_500
_INCHES = (8.0, 3.8)


def svg(drawing: Drawing) -> str:
    """An SVG document, 8 × 3.8 inches, on white."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with _quiet(), rc_context(_settings()):
        figure = Figure(figsize=_INCHES, layout="constrained", facecolor="white")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        if drawing.frame.empty:
            axes.text(0.5, 0.5, say("No rows to draw"), ha="center", va="center", color=TEXT, transform=axes.transAxes)
            axes.set_axis_off()
        else:
            _MAKING[drawing.kind](axes, _smaller(drawing))
            if drawing.kind is not Kind.PIE:
                _axes(axes, drawing)
        _titles(figure, axes, drawing)
        file = StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, dpi=144)
    return file.getvalue()


@lru_cache(maxsize=1)
def _settings() -> Any:
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return {
        "svg.fonttype": "none",
        "svg.hashsalt": "tobit",
        "font.family": ["sans-serif"],
        "font.sans-serif": [*[font for font in FONTS if font in installed], "DejaVu Sans"],
        "font.size": 10,
        "text.parse_math": False,
        "axes.unicode_minus": False,
        "path.simplify": True,
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """No words about letters that this machine's fonts lack: the viewer's have them."""
    log = logging.getLogger("matplotlib.font_manager")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
            yield
    finally:
        log.setLevel(before)


def _smaller(drawing: Drawing) -> Drawing:
    if drawing.kind not in (Kind.LINE, Kind.AREA) or len(drawing.frame) <= _MOST_POINTS:
        return drawing
    from dataclasses import replace

    return replace(drawing, frame=drawing.frame.iloc[thinned(drawing, _MOST_POINTS)])


def _line(axes: Axes, drawing: Drawing) -> None:
    for number, name in enumerate(drawing.series):
        part = drawing.of(name)
        axes.plot(_xs(drawing, part), part["y"].to_numpy(), color=colour(number), linewidth=1.4, label=_label(name))


def _scatter(axes: Axes, drawing: Drawing) -> None:
    many = len(drawing.frame) > _MOST_MARKS
    for number, name in enumerate(drawing.series):
        part = drawing.of(name)
        axes.scatter(
            _xs(drawing, part), part["y"].to_numpy(), color=colour(number), label=_label(name), linewidths=0,
            s=8 if many else 22, alpha=0.35 if many else 0.75, rasterized=many,
        )  # fmt: skip


def _area(axes: Axes, drawing: Drawing) -> None:
    base: Any = 0.0
    for number, name in enumerate(drawing.series):
        part = drawing.of(name)
        xs, upper = _xs(drawing, part), part["y"].to_numpy() + base
        axes.fill_between(xs, base, upper, color=colour(number), linewidth=0, alpha=0.55 if drawing.stacked else 0.25)
        axes.plot(xs, upper, color=colour(number), linewidth=1.2, label=_label(name))
        base = upper if drawing.stacked else 0.0


def _bar(axes: Axes, drawing: Drawing) -> None:
    import pandas

    moments = drawing.x.scale is Scale.TIME
    places = list(dict.fromkeys(drawing.frame["x"]))
    if moments:
        positions = np.array(places, "datetime64[ms]").astype(np.float64) / 86_400_000
        step = np.diff(np.sort(positions)).min() if len(places) > 1 else 1.0
    else:
        positions, step = np.arange(len(places), dtype=np.float64), 1.0
    bottom, series = np.zeros(len(places)), drawing.series
    share = step * 0.8 / (1 if drawing.stacked else len(series))
    for number, name in enumerate(series):
        part = drawing.of(name)
        heights = pandas.Series(part["y"].to_numpy(), list(part["x"])).reindex(places).fillna(0).to_numpy()
        shift = 0 if drawing.stacked else (number - (len(series) - 1) / 2) * share
        axes.bar(positions + shift, heights, share, bottom=bottom, color=colour(number), label=_label(name))
        bottom = bottom + heights if drawing.stacked else bottom
    if moments:
        axes.xaxis_date()
    else:
        _categories(axes, [str(place) for place in places])


def _hist(axes: Axes, drawing: Drawing) -> None:
    for number, name in enumerate(drawing.series):
        part = drawing.of(name)
        left, right = part["left"].to_numpy(), part["right"].to_numpy()
        alpha = 0.85 if len(drawing.series) == 1 else 0.45
        axes.bar(left, part["y"], right - left, align="edge", color=colour(number), alpha=alpha, label=_label(name))


def _heatmap(axes: Axes, drawing: Drawing) -> None:
    import pandas

    grids: dict[str, list[Any]] = {}
    for side in ("x", "y"):
        values = drawing.frame[side]
        grids[side] = sorted(set(values)) if _placed(drawing, side) else [str(one) for one in values.cat.categories]
    table = pandas.pivot(drawing.frame.astype({"x": object, "y": object}), index="y", columns="x", values="value")
    table = table.reindex(index=grids["y"], columns=grids["x"])
    xs, ys = (_cell_edges(drawing, side, grids[side]) for side in ("x", "y"))
    cells = axes.pcolormesh(xs, ys, np.ma.masked_invalid(table.to_numpy(np.float64)), cmap="viridis", rasterized=True)
    bar = axes.figure.colorbar(cells, ax=axes, pad=0.015)
    bar.outline.set_visible(False)
    bar.set_label(drawing.by.label if drawing.by else "", color=TEXT)
    bar.ax.tick_params(colors=TEXT, length=2)
    bar.ax.yaxis.set_major_formatter(_number)
    for side, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        if not _placed(drawing, side):
            _categories(axes, grids[side], axis)
            if side == "y":
                axes.invert_yaxis()  # read from the top


def _placed(drawing: Drawing, side: str) -> bool:
    """Whether a side of a heatmap is laid out by value, not by label."""
    return bool(getattr(drawing, side).scale is not Scale.CATEGORY)


def _cell_edges(drawing: Drawing, side: str, places: list[Any]) -> Any:
    if not _placed(drawing, side):
        return np.arange(len(places) + 1) - 0.5
    half = drawing.cell[0 if side == "x" else 1] / 2
    if getattr(drawing, side).scale is Scale.TIME:
        middles = np.array(places, "datetime64[ms]").astype(np.float64)
        edges = np.append(middles - half, middles[-1] + half)
        return edges.astype("datetime64[ms]")
    middles = np.array(places, np.float64)
    return np.append(middles - half, middles[-1] + half)


def _pie(axes: Axes, drawing: Drawing) -> None:
    values = drawing.frame["y"].to_numpy()
    share = values / values.sum()
    colours = [colour(number) for number in range(len(values))]
    wedges, *_ = axes.pie(values, colors=colours, startangle=90, counterclock=False, wedgeprops={"width": 0.48})
    names = [f"{name}  {part:.1%}" for name, part in zip(drawing.frame["x"], share, strict=True)]
    axes.legend(wedges, names, loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, labelcolor=TEXT)


_MAKING = {
    Kind.LINE: _line,
    Kind.SCATTER: _scatter,
    Kind.AREA: _area,
    Kind.BAR: _bar,
    Kind.HIST: _hist,
    Kind.HEATMAP: _heatmap,
    Kind.PIE: _pie,
}


def _axes(axes: Axes, drawing: Drawing) -> None:
    for side, axis, scale in (("x", axes.xaxis, drawing.x), ("y", axes.yaxis, drawing.y)):
        axis.set_label_text(scale.label, color=TEXT)
        axis.set_tick_params(colors=FRAME, labelcolor=TEXT, length=3)
        _ticks(axis, scale)
        if side == "y" and drawing.kind is not Kind.HEATMAP:
            axis.grid(True, color=FRAME, alpha=0.28, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[:].set_color(FRAME)
    axes.spines[["top", "right"]].set_visible(False)
    if drawing.kind in (Kind.AREA, Kind.HIST) and (drawing.frame["y"].dropna() >= 0).all():
        axes.set_ylim(bottom=0)
    if drawing.kind in (Kind.LINE, Kind.AREA):
        axes.margins(x=0.01)


def _ticks(axis: Any, scale: Axis) -> None:
    if scale.scale is Scale.NUMBER:
        axis.set_major_formatter(_number)
    elif scale.scale is Scale.TIME:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
        formats = ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S.%f"]
        zero = ["", "%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M"]
        offset = ["", "", "", "%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d %H:%M"]
        axis.set_major_locator(locator)
        style = {"formats": formats, "offset_formats": offset, "zero_formats": zero}
        axis.set_major_formatter(ConciseDateFormatter(locator, **style))  # type: ignore[no-untyped-call]


def _number(value: float, _: object = None) -> str:
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.4g}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _categories(axes: Axes, names: list[str], axis: Any = None) -> None:
    """Labels at 0, 1, 2 …; every n-th where all of them would run into each other."""
    axis = axis or axes.xaxis
    level = axis is axes.yaxis
    every = max(1, -(-len(names) // (24 if level else 30)))
    slanted = not level and sum(len(name) for name in names[::every]) > 60
    turned = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    short = [name if len(name) <= 24 else name[:23] + "…" for name in names]
    axis.set_ticks(range(0, len(names), every), short[::every], **turned)


def _titles(figure: Figure, axes: Axes, drawing: Drawing) -> None:
    handles, names = axes.get_legend_handles_labels()
    if "by" in drawing.frame and names and drawing.kind is not Kind.PIE:
        shown: Any = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "frameon": False, "labelcolor": TEXT}
        legend = axes.legend(handles, names, ncols=_columns(names), borderaxespad=0.2, handlelength=1.2, **shown)
        if drawing.kind is Kind.SCATTER:
            for handle in filter(None, legend.legend_handles):
                handle.set(alpha=1, sizes=[30])
    if drawing.notes:
        figure.supxlabel(GAP.join(drawing.notes), x=0.99, ha="right", fontsize=8.5, color=TEXT)
    if drawing.title:
        figure.suptitle(drawing.title, x=0.01, ha="left", fontsize=12, fontweight="bold", color=TEXT)


def _columns(names: list[str]) -> int:
    """As many columns of the legend as fit into about 500 points: a letter has 6, what stands around a name 40."""
    return max(1, min(len(names), 6, 500 // (40 + 6 * max(map(width_of, names)))))


def _xs(drawing: Drawing, part: Any) -> Any:
    values = part["x"]
    return values.astype(str).to_numpy() if drawing.x.scale is Scale.CATEGORY else values.to_numpy()


def _label(name: str) -> str:
    """matplotlib leaves labels out of a legend that begin with an underscore."""
    return "\u200b" + name if name.startswith("_") else name


__all__ = ["PALETTE", "svg"]
