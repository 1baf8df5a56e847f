"""Completion in every other front end than JupyterLab: IPython's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_NAME = "tobit_matcher"


def register(shell: InteractiveShell) -> None:
    """Adds our matcher to the shell's completer, once."""
    completer: Any = getattr(shell, "Completer", None)
    if completer is None or any(getattr(each, "__name__", "") == _NAME for each in completer.custom_matchers):
        return
    from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher

    @context_matcher(identifier=_NAME)  # type: ignore[untyped-decorator]
    def tobit_matcher(context: CompletionContext) -> dict[str, Any]:
        text = context.full_text
        if "%tobit" not in text:
            return {"completions": []}
        from tobit_kernel.notebook.completion import complete, gate_catalog

        lines = text.split("\n")
        offset = sum(len(line) + 1 for line in lines[: context.cursor_line]) + context.cursor_position
        found = complete(text, offset, gate_catalog(), _names(shell))
        return {
            "completions": [SimpleCompletion(text=item.insert, type=item.kind) for item in found.items],
            "matched_fragment": text[found.start : offset],
            "suppress": bool(found.items),
        }

    completer.custom_matchers.append(tobit_matcher)


def _names(shell: InteractiveShell) -> list[str]:
    from tobit_kernel.notebook.surroundings import surroundings_of

    cells = [name for named in surroundings_of(shell).cells.values() for name in named]
    own = [
        name
        for name, value in shell.user_ns.items()
        if not name.startswith("_") and not callable(value) and type(value).__name__ != "module"
    ]
    return [*dict.fromkeys([*cells, *own])]
