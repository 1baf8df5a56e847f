"""The table of patterns of personal data, from the code."""

from __future__ import annotations

from tobit_kernel.server.masking.policy import PATTERNS

HEAD = """# Patterns of personal data

What is looked for in every text that leaves the gate, unless the reader has the permission `see_pii`.
[Mask personal data](../how-to/mask-personal-data.md) tells how to change what is done with a find.

| pattern | set | finds | example | shown |
| :-- | :-- | :-- | :-- | :-- |
"""


def page() -> str:
    """All patterns, in the order in which they are looked for."""
    rows = [
        f"| `{each.name}` | {each.group} | {each.title} | {_code(each.example[0])} | {_code(each.example[1])} |"
        for each in PATTERNS
    ]
    return HEAD + "\n".join(rows) + "\n"


def _code(text: str) -> str:
    return "`" + text.replace("\n", " ").replace("|", "\\|") + "`"
