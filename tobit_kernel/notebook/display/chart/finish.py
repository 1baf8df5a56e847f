"""The look of a Bokeh figure: type, axes, numbers, tooltips, legend, notes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from tobit_kernel.notebook.display.chart.columns import Axis, Scale
from tobit_kernel.notebook.display.chart.drawing import Drawing, labels
from tobit_kernel.notebook.display.chart.look import FONT_STACK, FRAME, GAP, HEIGHT_PX, TEXT, decimals, literal
from tobit_kernel.notebook.display.chart.specification import Kind

if TYPE_CHECKING:
    from bokeh.models import HoverTool

_LEGEND_COLUMNS = 4
_LONG_LABELS = 60


def finish(made: Any, drawing: Drawing) -> Any:
    """``made`` with our look; its own hover tools, titles and ranges' margins replaced."""
    made.sizing_mode = "stretch_width"
    if drawing.frame.empty or drawing.kind is Kind.PIE:
        made.axis.visible = made.grid.visible = False
    elif drawing.kind is Kind.AREA and (drawing.frame["y"].dropna() >= 0).all():
        made.y_range.update(start=0, end=made.y_range.end * 1.05)
    elif drawing.kind is Kind.HEATMAP and drawing.y.scale is Scale.CATEGORY:
        made.y_range.factors = made.y_range.factors[::-1]  # read from the top
    made.height = made.min_height = HEIGHT_PX
    made.background_fill_alpha = made.border_fill_alpha = 0
    made.outline_line_color = None
    _titles(made, drawing)
    _axes(made, drawing)
    _tools(made, drawing)
    _legend(made, drawing)
    _colour_bar(made, drawing)
    return made


def hover(drawing: Drawing, renderers: Sequence[Any], extra: Sequence[tuple[str, str]] = ()) -> HoverTool:
    """A tooltip with the names, formatted values and units of what the pointer is over."""
    from bokeh.models import HoverTool

    rows = [*_tooltip(drawing), *extra]
    moments = [side for side, axis in (("x", drawing.x), ("y", drawing.y)) if axis.scale is Scale.TIME]
    moments += ["left", "right"] if "x" in moments else []
    # The tooltips of several lines that cross would cover each other.
    follow = drawing.kind in (Kind.LINE, Kind.AREA) and (drawing.stacked or len(renderers) == 1)
    tool = HoverTool(
        tooltips=[(literal(name), value) for name, value in rows],
        formatters={f"@{name}": "datetime" for name in moments},
        renderers=list(renderers),
        mode="vline" if follow else "mouse",
        point_policy="snap_to_data",
        line_policy="nearest",
    )
    tool.visible = False
    tool.tags = ["tobit"]
    return tool


def number_format(axis: Axis, values: np.ndarray, field: str) -> str:
    """``@y{0,0.[00]} ms``: thousands separated, as many decimals as tell the values apart."""
    digits = decimals(values.astype(np.float64))
    pattern = "0.[0000]e+0" if digits is None else "0,0" + (f".[{'0' * digits}]" if digits else "")
    return f"@{field}{{{pattern}}}" + (f" {escape(axis.unit)}" if axis.unit else "")


def _tooltip(drawing: Drawing) -> list[tuple[str, str]]:
    x, y, frame = drawing.x, drawing.y, drawing.frame
    if drawing.kind is Kind.HIST:
        pattern = {Scale.TIME: "{%F %T}", Scale.NUMBER: "{0,0.[0000]}"}[x.scale]
        rows = [(x.name, f"@left{pattern} … @right{pattern}"), (y.name, "@top{0,0}")]
        return [*rows, *([(drawing.by.name, "$name")] if drawing.by else [])]
    rows = [(x.name, _value(x, frame["x"].to_numpy(), "x"))]
    if drawing.kind is Kind.HEATMAP and drawing.by:
        value = number_format(drawing.by, frame["value"].to_numpy(), "zvalues")
        return [*rows, (y.name, _value(y, frame["y"].to_numpy(), "y")), (drawing.by.name, value)]
    rows.append((y.name, _value(y, frame["y"].to_numpy(), "y")))
    if drawing.by:
        rows.append((drawing.by.name, "@by" if drawing.kind is Kind.BAR else "$name"))
    return rows


def _value(axis: Axis, values: Any, field: str) -> str:
    if axis.scale is Scale.NUMBER:
        return number_format(axis, values, field)
    if axis.scale is Scale.CATEGORY:
        return f"@{field}"
    if (values == values.astype("datetime64[D]")).all():
        return f"@{field}{{%F}}"
    return f"@{field}{{%F %H:%M}}" if (values == values.astype("datetime64[m]")).all() else f"@{field}{{%F %T}}"


def _titles(made: Any, drawing: Drawing) -> None:
    """Title above, notes below it, both at the left edge of the figure."""
    from bokeh.models.annotations import Title

    font: Any = {"text_font": FONT_STACK, "text_color": TEXT}
    made.title = Title(text="")
    if drawing.notes:
        notes = literal(GAP.join(drawing.notes))
        made.add_layout(Title(text=notes, text_font_size="12px", text_font_style="normal", **font), "above")
    if drawing.title:
        made.add_layout(Title(text=literal(drawing.title), text_font_size="15px", **font), "above")


def _axes(made: Any, drawing: Drawing) -> None:
    from bokeh.models import NoOverlap

    if drawing.frame.empty or drawing.kind is Kind.PIE:
        return
    names = {"below": drawing.x, "left": drawing.y}
    for side, axis in names.items():
        for drawn in getattr(made, side):
            if "Axis" not in type(drawn).__name__:
                continue
            drawn.axis_label = literal(axis.label)
            drawn.update(
                axis_label_text_font=FONT_STACK, axis_label_text_font_size="13px", axis_label_text_font_style="normal",
                axis_label_text_color=TEXT, major_label_text_font=FONT_STACK, major_label_text_font_size="12px",
                major_label_text_color=TEXT, axis_line_color=FRAME, major_tick_line_color=FRAME,
                minor_tick_line_color=None, axis_label_standoff=8,
            )  # fmt: skip
            drawn.major_label_policy = NoOverlap()  # a phone shows fewer of them
            _ticks(drawn, axis, drawing, side)
    for grid in made.grid:
        grid.grid_line_color, grid.grid_line_alpha = FRAME, 0.28
    made.xgrid.grid_line_color = FRAME if drawing.kind is Kind.SCATTER else None


def _ticks(drawn: Any, axis: Axis, drawing: Drawing, side: str) -> None:
    from bokeh.models import DatetimeTickFormatter, NumeralTickFormatter

    if axis.scale is Scale.TIME:
        drawn.ticker.desired_num_ticks = 8
        drawn.formatter = DatetimeTickFormatter(
            microseconds="%H:%M:%S.%3N", milliseconds="%H:%M:%S.%3N", seconds="%H:%M:%S", minsec="%H:%M:%S",
            minutes="%H:%M", hourmin="%H:%M", hours="%H:%M", days="%m-%d", months="%Y-%m", years="%Y",
            context=DatetimeTickFormatter(
                microseconds="%F", milliseconds="%F", seconds="%F", minsec="%F", minutes="%F", hourmin="%F",
                hours="%F", days="%Y", months="", years="", boundary_scaling=True, hide_repeats=True,
            ),
            context_which="start", context_location="below", hide_repeats=False, boundary_scaling=True,
        )  # fmt: skip
    elif axis.scale is Scale.NUMBER:
        most = float(np.abs(_values(drawing, side)).max(initial=0))
        if 1e-3 <= most or most == 0:
            drawn.formatter = NumeralTickFormatter(format="0,0.[0000]" if most < 1e9 else "0.[00]a")
    else:
        texts = [str(name) for name in drawing.frame["x" if side == "below" else "y"].unique()]
        if side == "below" and sum(len(text) for text in texts) > _LONG_LABELS:
            drawn.major_label_orientation = 0.8


def _values(drawing: Drawing, side: str) -> np.ndarray:
    column = "right" if drawing.kind is Kind.HIST and side == "below" else "x" if side == "below" else "y"
    values = drawing.frame[column].to_numpy()
    return values[np.isfinite(values.astype(np.float64))].astype(np.float64)


def _tools(made: Any, drawing: Drawing) -> None:
    """A few tools, the wheel only when chosen: a chart must not catch what scrolls the page."""
    from bokeh.models import BoxZoomTool, PanTool, ResetTool, SaveTool, WheelZoomTool

    ours = [tool for tool in made.tools if "tobit" in tool.tags]
    zooms = drawing.kind is not Kind.PIE and not drawing.frame.empty
    made.tools = [*([BoxZoomTool(), PanTool(), WheelZoomTool(), ResetTool()] if zooms else []), SaveTool(), *ours]
    drawn = [one for one in made.renderers if type(one).__name__ == "GlyphRenderer"]
    if not ours and not drawing.frame.empty:
        made.add_tools(hover(drawing, drawn))
    made.toolbar.logo = None
    made.toolbar.autohide = True
    made.toolbar.active_scroll = None
    for one in drawn:
        if type(one.glyph).__name__ == "Rect":
            _cells(one, drawing)


def _cells(renderer: Any, drawing: Drawing) -> None:
    """Equal cells, and none where there are no rows: HoloViews would stretch the neighbours of an
    empty row or column over it, and paint missing cells white."""
    held = renderer.data_source.data
    known = np.isfinite(np.asarray(held["zvalues"], np.float64))
    renderer.data_source.data = {name: np.asarray(values)[known] for name, values in held.items()}
    if drawing.x.scale is not Scale.CATEGORY:
        renderer.glyph.width = drawing.cell[0]
    if drawing.y.scale is not Scale.CATEGORY:
        renderer.glyph.height = drawing.cell[1]


def _colour_bar(made: Any, drawing: Drawing) -> None:
    from bokeh.models import NumeralTickFormatter
    from bokeh.models.annotations import ColorBar

    for bar in made.select(ColorBar):
        bar.update(
            title=literal(drawing.by.label) if drawing.by else None, title_text_font=FONT_STACK, title_text_color=TEXT,
            title_text_font_size="12px", title_text_font_style="normal", major_label_text_font=FONT_STACK,
            major_label_text_color=TEXT, major_label_text_font_size="12px", background_fill_alpha=0, width=12,
            formatter=NumeralTickFormatter(format="0,0.[0000]"), bar_line_color=None, major_tick_line_color=FRAME,
        )  # fmt: skip


def _legend(made: Any, drawing: Drawing) -> None:
    for legend in list(made.legend):
        legend.update(
            label_text_font=FONT_STACK, label_text_font_size="12px", label_text_color=TEXT, background_fill_alpha=0,
            border_line_color=None, title=None, padding=4, spacing=10, glyph_width=14, glyph_height=14,
        )  # fmt: skip
        for place in ("center", "left", "right", "below", "above"):
            if legend in getattr(made, place):
                getattr(made, place).remove(legend)
        if drawing.kind is Kind.PIE:
            made.add_layout(legend, "below")
            legend.update(orientation="horizontal", ncols=3, location="center", spacing=6)
        else:
            legend.orientation, legend.ncols = "horizontal", _LEGEND_COLUMNS
            legend.click_policy = "hide" if drawing.kind in (Kind.LINE, Kind.SCATTER, Kind.HIST) else "none"
            legend.location = "bottom_left"
            made.above.insert(0, legend)  # the first is the innermost: titles stay on top


__all__ = ["finish", "hover", "labels", "number_format"]
