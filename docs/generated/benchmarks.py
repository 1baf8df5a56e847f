"""The page of benchmarks: every table that `make bench` wrote beside it."""

from __future__ import annotations

from pathlib import Path

HEAD = """# Benchmarks

`make bench` measures Tobit and its peers in the same run, on the machine at hand, and writes these tables.
Compare the numbers of one table with each other; those of two machines tell about the machines.

"""
NONE = "No table yet: run `make bench`.\n"


def page(folder: Path) -> str:
    """The tables, one after the other, by file name."""
    tables = [path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("*.md"))]
    return HEAD + ("\n\n".join(tables) + "\n" if tables else NONE)
