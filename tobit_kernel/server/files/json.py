"""JSON: an array of objects, one object per line, or objects one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tobit_kernel.errors import InputError
from tobit_kernel.server.files.encoding import as_utf8
from tobit_kernel.server.files.format import Format
from tobit_kernel.server.files.locked import literal, quoted
from tobit_kernel.server.files.names import column_names, shortened
from tobit_kernel.server.files.relation import Raw, Relation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Bytes of one object.
_OBJECT_BYTES = 1 << 26
_HINT = "Tobit reads an array of objects, or one object per line."


def read_json(connection: DuckDBPyConnection, path: Path, name: str, encoding: str | None, folder: Path) -> Relation:
    """The relation of a JSON file: a column for each key of any object; values are JSON still."""
    import duckdb

    text = as_utf8(path, name, encoding, folder)
    options = f"{literal(str(text.path))}, format = '{_layout(text.path)}', maximum_object_size = {_OBJECT_BYTES}"
    objects = f"read_json_objects({options})"
    try:
        _require_objects(connection, objects, text.path, name)
        keys = _keys(connection, objects)
    except duckdb.Error as error:
        raise _malformed(text.path, name, error) from error
    if not keys:
        raise InputError(f"{name!r} holds no rows.", _HINT)
    names, notes = column_names(keys)
    if len({key.lower() for key in keys}) == len(keys):
        columns = ", ".join(f"{literal(key)}: 'JSON'" for key in keys)
        fields = ", ".join(f"{quoted(key)} as c{number}" for number, key in enumerate(keys))
        sql = f"(select {fields} from read_json({options}, columns = {{{columns}}}))"  # noqa: S608
    else:  # DuckDB does not tell "a" from "A" as columns; slower, key by key
        fields = ", ".join(
            f"json_extract(json, {literal('/' + key.replace('~', '~0').replace('/', '~1'))}) as c{number}"
            for number, key in enumerate(keys)
        )
        sql = f"(select {fields} from {objects})"  # noqa: S608
    raw = [Raw(column, quoted(f"c{number}"), is_json=True) for number, column in enumerate(names)]
    return Relation(name, Format.JSON, sql, raw, _Records(text.path).lines, encoding=text.encoding, notes=notes)


def _layout(path: Path) -> str:
    """DuckDB's name of the layout, by the first value."""
    with path.open("rb") as file:
        first = next((line for line in file if line.strip()), b"").removeprefix(b"\xef\xbb\xbf").strip()
    if first.startswith(b"["):
        return "array"
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return "unstructured"
    return "newline_delimited"


def _require_objects(connection: DuckDBPyConnection, objects: str, path: Path, name: str) -> None:
    other = connection.sql(
        f"select r, t from (select row_number() over () as r, json_type(json) as t from {objects}) "  # noqa: S608
        "where t is distinct from 'OBJECT' limit 1"
    ).fetchall()
    if other:
        row, kind = other[0]
        line = _Records(path).lines([row], "")[0]
        raise InputError(f"{name!r} does not hold rows: at line {line} stands {_spoken(kind)}, not an object.", _HINT)


def _spoken(kind: str | None) -> str:
    names = {"ARRAY": "an array", "VARCHAR": "a text", "BOOLEAN": "a boolean", "NULL": "null", None: "null"}
    return names.get(kind, "a number")


def _keys(connection: DuckDBPyConnection, objects: str) -> list[str]:
    """The keys of all objects in the order of their first appearance."""
    return [
        key
        for key, _ in connection.sql(
            f"select k, min((r, i)) as first from (select r, unnest(keys) as k, unnest(range(len(keys))) as i from "  # noqa: S608
            f"(select row_number() over () as r, json_keys(json) as keys from {objects})) group by k order by first"
        ).fetchall()
    ]


def _malformed(path: Path, name: str, error: Exception) -> InputError:
    """The place of the first mistake; DuckDB counts values, an editor counts lines."""
    try:
        for _ in _values(path):
            pass
    except RecursionError:
        return InputError(f"{name!r} is nested too deeply.", _HINT)
    except json.JSONDecodeError as mistake:
        reason = mistake.msg[:1].lower() + mistake.msg[1:]
        place = f"line {mistake.lineno}, column {mistake.colno}"
        return InputError(f"{name!r} is not valid JSON: {place}: {reason}.", _HINT)
    return InputError(f"{name!r} cannot be read as JSON: {shortened(str(error).splitlines()[0], 200)}", _HINT)


def _values(path: Path) -> Iterator[int]:
    """The offset of each row's value; ``JSONDecodeError`` at the first mistake."""
    text = path.read_text("utf-8-sig")
    decoder = json.JSONDecoder()
    position = _skip(text, 0)
    in_array = text[position : position + 1] == "["
    position = _skip(text, position + 1) if in_array else position
    while position < len(text) and not (in_array and text[position] == "]"):
        yield position
        position = _skip(text, decoder.raw_decode(text, position)[1])
        if in_array and text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        elif in_array and text[position : position + 1] != "]":
            raise json.JSONDecodeError("Expecting ',' or ']'", text, position)


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


class _Records:
    """Where the objects of a file begin."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self, rows: Sequence[int], _column: str) -> list[int | str]:
        """The line at which each row (from 1, ascending) begins."""
        text = self._path.read_text("utf-8-sig")
        found: dict[int, int] = {}
        line, before = 1, 0
        for number, position in enumerate(_values(self._path), 1):
            if number in rows:
                line, before = line + text.count("\n", before, position), position
                found[number] = line
            if number >= max(rows):
                break
        return [found.get(row, row) for row in rows]
