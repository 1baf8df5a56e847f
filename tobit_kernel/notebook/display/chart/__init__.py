"""Charts of results."""

from tobit_kernel.notebook.display.chart.chart import Chart, chart

__all__ = ["Chart", "chart"]
