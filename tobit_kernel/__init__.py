"""Tobit Workbench: the analyst's side (``%tobit``, ``tobit``) and the gate behind it.

``%load_ext tobit_kernel`` in any Jupyter gives the magics; see ``docs/``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Registers ``%tobit``, ``%%tobit``, completion and display in a running IPython."""
    from tobit_kernel.notebook.magics import register

    register(shell)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tobit_kernel.notebook.jupyter_server"}]
