"""What IPython shows for a ``Result``: a grid where our extension is, a plain table elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from tobit_kernel.notebook.display.shelf import Shelf
    from tobit_kernel.verbs.answer import Answer
    from tobit_kernel.wire.stream import Result


def register(shell: InteractiveShell) -> None:
    """Teaches ``shell`` to show results, and a kernel to answer their grids. Again does no harm.

    Nothing heavy is imported until a result is shown.
    """
    bundles = shell.display_formatter.mimebundle_formatter  # type: ignore[union-attr]
    bundles.for_type_by_name("tobit_kernel.wire.stream", "Result", _bundle)
    bundles.for_type_by_name("tobit_kernel.verbs.answer", "Answer", _listing)
    if hasattr(shell, "kernel"):
        from comm import get_comm_manager

        get_comm_manager().register_target("tobit.grid", _serve)


def show(result: Result, shell: InteractiveShell | None = None) -> dict[str, Any]:
    """The mimebundle of ``result``; with a ``shell`` it is displayed there too."""
    from tobit_kernel.notebook.display import grid, static

    bundle: dict[str, Any] = {"text/html": static.html(result), "text/plain": static.text(result)}
    bundle[grid.MIME] = grid.content(result, shelf().put(result))
    if shell is not None:
        shell.display_pub.publish(data=bundle)
    return bundle


@lru_cache(maxsize=1)
def shelf() -> Shelf:
    """The results of this kernel that grids may still ask about."""
    from tobit_kernel.notebook.display.shelf import Shelf

    return Shelf()


def _bundle(result: Result, include: Any = None, exclude: Any = None) -> dict[str, Any]:
    return show(result)


def _listing(answer: Answer, include: Any = None, exclude: Any = None) -> dict[str, Any]:
    from tobit_kernel.notebook.display import listing

    return {"text/html": listing.html(answer), "text/plain": listing.text(answer)}


def _serve(comm: Any, opened: dict[str, Any]) -> None:
    from tobit_kernel.notebook.display import grid

    grid.serve(shelf(), comm, opened)
