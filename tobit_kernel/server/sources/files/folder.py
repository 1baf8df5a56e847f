"""Which files of a folder are which tables; links that lead out of it are not followed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tobit_kernel.errors import SourceUnavailable
from tobit_kernel.server.files.format import EXTENSIONS, Format

_SAMPLE_BYTES = 1 << 18


@dataclass(frozen=True)
class FileTable:
    """A table: one file, or a subfolder whose files all have one format."""

    name: str
    format: Format
    paths: tuple[Path, ...]

    @property
    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Changes when a file does."""
        return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path in self.paths for stat in (path.stat(),))

    @property
    def rows(self) -> int | None:
        """Exact for Parquet, by the size for text, else None."""
        counts = [_rows(path, self.format) for path in self.paths]
        if None in counts:
            return None
        total = sum(count or 0 for count in counts)
        return total if self.format is Format.PARQUET else round(total, -max(len(str(total)) - 2, 0))


def tables_of(location: Path) -> list[FileTable]:
    """The tables of a file or folder, by name; ``SourceUnavailable`` when it is not there."""
    try:
        if location.is_file():
            found: list[tuple[str, tuple[Path, ...]]] = [(location.stem, (location,))] if _format(location) else []
        else:
            found = list(_parts(location))
    except OSError as error:
        raise SourceUnavailable(
            f"{str(location)!r} cannot be read: {error.strerror}.",
            "Look at its path and its rights; the gate reads it as its own user.",
        ) from error
    names = Counter(_name(stem).lower() for stem, _ in found)
    tables = []
    for stem, paths in found:
        name, suffix = _name(stem), paths[0].suffix.lower()
        unique = name if names[name.lower()] == 1 else f"{name}_{suffix[1:]}"
        tables.append(FileTable(unique, EXTENSIONS[suffix], paths))
    return sorted(tables, key=lambda table: table.name.lower())


def _parts(folder: Path) -> Iterator[tuple[str, tuple[Path, ...]]]:
    root = folder.resolve(strict=True)
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or not entry.resolve().is_relative_to(root):
            continue
        if entry.is_file() and _format(entry):
            yield entry.stem, (entry.resolve(),)
        elif entry.is_dir() and not entry.is_symlink():
            paths = [path for path in sorted(entry.iterdir()) if path.is_file() and not path.name.startswith(".")]
            inside = tuple(path.resolve() for path in paths if path.resolve().is_relative_to(root))
            if inside and _format(inside[0]) and len({path.suffix.lower() for path in paths}) == 1:
                yield entry.name, inside


def _format(path: Path) -> Format | None:
    return EXTENSIONS.get(path.suffix.lower())


def _name(stem: str) -> str:
    """A name that needs no quotes in SQL: ``2024 생산`` → ``_2024_생산``."""
    words = re.sub(r"\W+", "_", stem).strip("_") or "file"
    return f"_{words}" if words[0].isdecimal() else words


def _rows(path: Path, format: Format) -> int | None:
    if format is Format.PARQUET:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return int(pq.read_metadata(path).num_rows)
        except pa.ArrowInvalid:
            return None
    if format is not Format.CSV:
        return None  # lines of JSON or cells of a workbook tell nothing without reading them all
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
    lines = len(head.splitlines())
    size = path.stat().st_size
    whole = lines if size <= len(head) else int(size * lines / len(head))
    return max(whole - 1, 0)  # the header
