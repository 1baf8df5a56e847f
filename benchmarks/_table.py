"""A table of a benchmark: on the screen, and in docs/benchmarks/ with what it was measured on."""

from __future__ import annotations

import os
import platform
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"


def publish(
    name: str, title: str, about: str, columns: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str],
    packages: Sequence[str],
) -> None:
    """Prints the table and writes it to docs/benchmarks/``name``.md; the first column is text, the others numbers."""
    lines = [
        f"## {title}", "", about, "",
        _line(columns), "|" + "|".join([" :-- ", *([" --: "] * (len(columns) - 1))]) + "|",
        *(_line(row) for row in rows), "", *(f"* {note}" for note in [*notes, _machine(packages)]),
    ]  # fmt: skip
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _show(title, columns, rows, notes)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str]) -> None:
    widths = [max(_width(row[place]) for row in [columns, *rows]) for place in range(len(columns))]
    print(f"\n{title}\n")
    for row in [columns, *rows]:
        cells = [_padded(cell, wide, place > 0) for place, (cell, wide) in enumerate(zip(row, widths, strict=True))]
        print("  ".join(cells).rstrip())
    print("".join(f"\n{note}" for note in notes))


def _padded(cell: str, wide: int, right: bool) -> str:
    space = " " * (wide - _width(cell))
    return space + cell if right else cell + space


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _machine(packages: Sequence[str]) -> str:
    """Cores, load, versions and the day."""
    found = ", ".join(f"{package} {version(package)}" for package in packages)
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), load {load:.1f} at the end;"
        f" {platform.system()}, Python {platform.python_version()}, {found}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def seconds(value: float) -> str:
    """``0.73 s`` or ``4.1 ms``."""
    return f"{value:.2f} s" if value >= 1 else f"{value:.3f} s" if value >= 0.1 else f"{value * 1000:.1f} ms"


def megabytes(value: float) -> str:
    """``74 MB``, of a million bytes."""
    return f"{value / 1e6:,.0f} MB"


def times(value: float) -> str:
    """``1.3×``."""
    return f"{value:.2f}×" if value < 10 else f"{value:.0f}×"
