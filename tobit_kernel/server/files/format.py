"""Which format a file has, by its name and its first bytes, and whether the two agree."""

from __future__ import annotations

from enum import Enum
from pathlib import Path, PurePath

from tobit_kernel.errors import InputError


class Format(Enum):
    """What can be read."""

    #: Comma, semicolon, tab or pipe separated text.
    CSV = "CSV"
    #: One array of objects, or one object per line.
    JSON = "JSON"
    #: Apache Parquet.
    PARQUET = "Parquet"
    #: Arrow IPC, as a file (Feather) or a stream.
    ARROW = "Arrow"
    #: xlsx, xlsm, xlsb, xls and ods.
    EXCEL = "Excel"

    @property
    def is_text(self) -> bool:
        return self in (Format.CSV, Format.JSON)


EXTENSIONS = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), Format.CSV),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), Format.JSON),
    **dict.fromkeys((".parquet", ".pq"), Format.PARQUET),
    **dict.fromkeys((".arrow", ".feather", ".ipc"), Format.ARROW),
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), Format.EXCEL),
}

#: First bytes and what they mean; a str is a kind of file that cannot be read.
_MAGIC: tuple[tuple[bytes, Format | str], ...] = (
    (b"PAR1", Format.PARQUET),
    (b"ARROW1", Format.ARROW),
    (b"\xff\xff\xff\xff", Format.ARROW),
    (b"PK\x03\x04", Format.EXCEL),
    (b"\xd0\xcf\x11\xe0", Format.EXCEL),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\x7fELF", "a program"),
)


def format_of(path: Path, name: str) -> Format:
    """The format of the file at ``path`` that its owner calls ``name``.

    ``InputError`` when it is empty, when its content is something else than its name
    says, or when neither tells a format.
    """
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise InputError(f"{name!r} is empty.", "A file needs at least a line with column names.")
    named = EXTENSIONS.get(PurePath(name).suffix.lower())
    found = _content_of(head)
    if isinstance(found, str):
        raise InputError(f"{name!r} is {found}, not a table.", _advice(found))
    if named is None:
        if found is None:
            known = ", ".join(sorted(EXTENSIONS))
            raise InputError(f"The name {name!r} does not say what kind of file it is.", f"Known endings: {known}.")
        return found
    if named is not found and (found is not None or not named.is_text):
        content = f"a{'n' if found in (Format.ARROW, Format.EXCEL) else ''} {found.value} file" if found else "text"
        raise InputError(
            f"{name!r} is not a{'n' if named in (Format.ARROW, Format.EXCEL) else ''} {named.value} file: "
            f"its content is {content}.",
            "Give the file the ending that fits its content.",
        )
    return named


def _content_of(head: bytes) -> Format | str | None:
    """The format that the first bytes show; None for text, a str for what cannot be read."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return "a web page (HTML)"
    return None


def _advice(kind: str) -> str:
    if "HTML" in kind:
        return "Open it in a spreadsheet and save it as .xlsx or .csv."
    return "Unpack it first." if "archive" in kind else f"Known endings: {', '.join(sorted(EXTENSIONS))}."
