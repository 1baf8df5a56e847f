"""How results, charts and running work look in a notebook."""

from tobit_kernel.notebook.display.formatter import register, show

__all__ = ["register", "show"]
