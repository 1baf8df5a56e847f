"""A chart of a result: one drawing, shown interactively where our extension is, as SVG elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tobit_kernel.notebook.display.chart.drawing import Drawing
from tobit_kernel.notebook.display.chart.look import HEIGHT_PX
from tobit_kernel.wire.stream import Result

MIME = "application/vnd.tobit.chart+json"


def chart(result: Result, specification: str) -> Chart:
    """The chart that ``line:x,y[,by]`` asks for; IPython displays it when it is a cell's value.

    InputError when the specification is wrong or a column does not suit the kind.
    """
    from tobit_kernel.notebook.display.chart.preparation import prepare
    from tobit_kernel.notebook.display.chart.specification import parse

    wish = parse(specification, result.columns)
    return Chart(prepare(result, wish), specification)


@dataclass
class Chart:
    """A prepared drawing; the pictures are made when first asked for."""

    drawing: Drawing
    specification: str
    height_px: int = field(default=HEIGHT_PX)

    def __repr__(self) -> str:
        notes = "".join(f" · {note}" for note in self.drawing.notes)
        return f"<chart {self.specification}: {len(self.drawing.frame):,} drawn{notes}>"

    @cached_property
    def svg(self) -> str:
        """The static picture."""
        from tobit_kernel.notebook.display.chart.picture import svg

        return svg(self.drawing)

    @cached_property
    def item(self) -> dict[str, Any]:
        """The Bokeh document for ``Bokeh.embed.embed_item``."""
        from bokeh.embed import json_item

        from tobit_kernel.notebook.display.chart.interactive import figure_of

        return dict(json_item(figure_of(self.drawing)))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from bokeh import __version__

        shown = {"item": self.item, "bokeh": __version__, "height": self.height_px}
        return {MIME: shown, "image/svg+xml": self.svg, "text/plain": repr(self)}
