"""The page of verbs, from the functions that the entry points name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from cyclopts import App

from tobit_kernel.registry import Registry

HEAD = """# Verbs

A verb is one Python function, and its signature makes all three of its forms:

| where | form |
|---|---|
| a line of a notebook | `%tobit VERB …` |
| a cell, for verbs that take a text | `%%tobit VERB …`, the text below |
| the command line | `tobit VERB …`, the text after it, from `-f FILE` or from stdin |

On the command line `--as json` prints exactly the envelope's `data`; results that are tables also
know `--as table`, `csv`, `parquet` and `xlsx`. Exit codes: 0, 1 for an error (two lines on stderr), 2 for wrong usage.

"""


def page() -> str:
    """A section per verb, in the order of their names."""
    verbs = Registry("tobit.verbs", "verb")
    return HEAD + "\n".join(section(name, verbs[name]) for name in verbs)


def section(name: str, verb: Callable[..., Any]) -> str:
    """What ``tobit NAME --help`` says, as Markdown."""
    app = App(name=f"tobit {name}", help_flags=[], version_flags=[])
    app.default(verb)
    text = app.generate_docs(heading_level=2)
    text = re.sub(r"^## .*$", f"## {name}", text, count=1, flags=re.MULTILINE)
    module = inspect.unwrap(verb).__module__.replace(".", "/")
    return f"{text.strip()}\n\n<small>`{module}.py`</small>\n"
