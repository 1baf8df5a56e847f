"""The page of verbs: what `%tobit help VERB` says, from the same signatures and docstrings."""

from __future__ import annotations

import inspect

from tobit_kernel.verbs.parse import VERBS
from tobit_kernel.verbs.usage import Word, synopsis, words_of

HEAD = """# Verbs

A verb is one Python function, and its signature makes all three of its forms:

| where | form |
|---|---|
| a line of a notebook | `%tobit VERB …` |
| a cell, for verbs that take a text | `%%tobit VERB …`, the text below |
| the command line | `tobit VERB …`, the text last, from `-f FILE` or from stdin |

On the command line `--as json` prints exactly the envelope's `data`; results that are tables also know `--as table`,
`csv`, `parquet` and `xlsx`. Exit codes: 0, 1 for an error (two lines on stderr), 2 for wrong usage.

"""


def page() -> str:
    """A section per verb, in the order of their names."""
    return HEAD + "\n".join(section(verb) for verb in sorted(VERBS))


def section(verb: str) -> str:
    """Synopsis, text and parameters of ``verb``."""
    text = (inspect.getdoc(VERBS[verb]) or "").partition("\nParameters\n")[0].strip()
    lines = [f"## {verb}", "", "```text", synopsis(verb), "```", "", text, ""]
    words = words_of(verb)
    if words:
        lines += ["| | | default |", "|---|---|---|", *(_row(word) for word in words), ""]
    return "\n".join(lines)


def _row(word: Word) -> str:
    name = f"--{word.name}" if word.option else word.name.upper()
    about = word.about + (f" ({', '.join(f'`{choice}`' for choice in word.choices)})" if word.choices else "")
    plain = word.required or word.flag or word.repeats or word.default in (None, "")
    default = "required" if word.required else "" if plain else f"`{word.default}`"
    return f"| `{name}` | {about.replace('|', chr(92) + '|')} | {default} |"
