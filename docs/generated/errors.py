"""The page of errors, from the tree in tobit_kernel/errors.py."""

from __future__ import annotations

from tobit_kernel.errors import TobitError

HEAD = """# Errors

An error of Tobit is two lines: what failed, and what to do next. For a statement a caret shows the
place in between. In a notebook it is a true error output, so papermill and nbval stop at it; on the
command line it goes to stderr with exit code 1; over HTTP it is the envelope with the status below and
`data: {error, message, hint, trace_id, details}`. All of them can be caught as `TobitError`:

```python
from tobit_kernel.errors import TobitError, TimedOut
```

| error | HTTP | it says | and advises |
|---|---|---|---|
"""


def page() -> str:
    """One line per class, children indented below their parent."""
    return HEAD + "\n".join(_rows(TobitError, 0)) + "\n"


def _rows(kind: type[TobitError], depth: int) -> list[str]:
    first = (kind.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    here = f"| {'&emsp;' * depth}`{kind.__name__}` | {kind.status} | {first} | {kind.default_hint or ''} |"
    return [here, *(row for child in kind.__subclasses__() for row in _rows(child, depth + 1))]
