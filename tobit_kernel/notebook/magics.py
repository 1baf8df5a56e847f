"""``%tobit`` and ``%%tobit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import InputError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def register(shell: InteractiveShell) -> None:
    """Gives ``shell`` the magics, their completion and their display. Again does no harm."""
    from tobit_kernel.notebook import display, matcher

    def tobit(line: str, cell: str | None = None) -> Any:
        """``%tobit VERB …`` runs a verb, ``%%tobit VERB …`` one with the text below; ``%tobit help`` lists them."""
        from tobit_kernel.notebook.surroundings import surroundings_of
        from tobit_kernel.verbs.parse import VERBS, bound, without_body, words

        if cell is not None and not line.strip():
            raise InputError("There is no verb.", "`%%tobit sql` runs the text below; `%tobit help` lists the verbs.")
        verb, *rest = words(line) or ["help"]
        if verb not in VERBS:
            unknown = VERBS.unknown(verb)
            raise InputError(unknown.message, unknown.hint)
        if "--help" in rest or "-h" in rest:
            verb, rest = "help", [verb]
        surroundings = surroundings_of(shell)
        if cell is None:
            rest, cell = without_body(verb, rest)
        surroundings.body = cell
        return bound(verb, rest)(surroundings)

    shell.register_magic_function(tobit, "line_cell", "tobit")  # type: ignore[arg-type]
    display.register(shell)
    matcher.register(shell)
