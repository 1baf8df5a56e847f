"""``load``: a file becomes a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tobit_kernel.errors import InputError, NotFound
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call, Report, Surroundings, Words

_PIECE_BYTES = 1 << 20


def load(
    file: Path,
    *,
    table: str = "",
    replace: bool = False,
    append: bool = False,
    types: Words = (),
    encoding: str | None = None,
    sheet: str | None = None,
    call: Call,
) -> Any:
    """Loads a CSV, JSON, Parquet, Arrow or Excel file into a table: all rows or none.

    The types of the columns are inferred from all rows and shown. A row that does not fit is
    reported with its line, column and value.

    Parameters
    ----------
    file
        path of the file, here where you work
    table
        `T` in your own schema `my` (default: the file's name), or `schema.T`
    replace
        put it in place of a table that is there
    append
        add the rows to a table that is there
    types
        types of columns that should be other than inferred: `--types code=text at=timestamptz`
    encoding
        of a text file, when it is neither UTF-8 nor CP949
    sheet
        of an Excel file (default: the first)
    """
    path = file.expanduser()
    if not path.is_file():
        near = "" if path.parent.is_dir() else f" There is no folder {str(path.parent)!r} either."
        raise NotFound(f"There is no file {str(path)!r}.{near}", f"Paths start from {str(Path.cwd())!r}.")
    size = path.stat().st_size
    with path.open("rb") as source, call.working(("byte", "bytes")) as report:
        return sent(
            _pieces(source, size, report),
            path.name,
            table,
            mode_of(replace, append),
            call,
            report,
            types=types_of(types),
            encoding=encoding,
            sheet=sheet,
        )


def sent(data: Any, name: str, table: str, mode: str, call: Surroundings, report: Report, **options: Any) -> Answer:
    """The answer about a table that was made from ``data``, the bytes of a file called ``name``."""
    made = call.gate.upload(
        "/tables",
        data,
        lambda event: report(event["done"], event["total"], event["note"]),
        name=name,
        table=table,
        mode=mode,
        **options,
    )
    notes = [_said(made["rows"], made["table"], mode), *made.get("notes", [])]
    return Answer(made, made["columns"], note=" · ".join(notes))


def _said(rows: int, table: str, mode: str) -> str:
    one = rows == 1
    done = ("was added to" if one else "were added to") if mode == "append" else ("is in" if one else "are in")
    return f"{rows:,} {'row' if one else 'rows'} {done} {table}"


def mode_of(replace: bool, append: bool) -> str:
    """The mode's name; ``InputError`` when both are asked for."""
    if replace and append:
        raise InputError("--replace and --append exclude each other.", "Leave one of them out.")
    return "replace" if replace else "append" if append else "create"


def types_of(words: tuple[str, ...]) -> str:
    """``c=t`` words as the JSON that the gate takes."""
    import json

    pairs = [word.partition("=") for word in words]
    if any(not (name and kind) for name, _, kind in pairs):
        raise InputError("--types is not understood.", "Write --types column=type column=type.")
    return json.dumps({name: kind for name, _, kind in pairs})


def _pieces(source: Any, size: int, report: Report) -> Iterator[bytes]:
    done = 0
    while piece := source.read(_PIECE_BYTES):
        yield piece
        done += len(piece)
        report(done, size, "sending")
