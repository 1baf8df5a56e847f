"""Answers of Redis as rows: each shape of commands.txt is a function here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pyarrow as pa

from tobit_kernel.server.sources.redis.commands import INFO_HIDDEN
from tobit_kernel.server.sources.redis.connection import Failure, Reply
from tobit_kernel.wire.stream import TYPE_KEY

_ARROW = {
    "text": pa.string(),
    "bigint": pa.int64(),
    "double precision": pa.float64(),
    "timestamptz": pa.timestamp("ms", "UTC"),
}
#: Streams whose entries have more fields than this show them as JSON.
_STREAM_COLUMNS = 100


@dataclass
class Rows:
    """Names of columns and rows of plain values."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def text(value: Reply) -> str | None:
    """A value as text: bytes that are no UTF-8 as ``\\x…`` hexadecimal, lists as JSON."""
    if value is None:
        return None
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return f"\\x{value.hex()}"
    if isinstance(value, list):
        return json.dumps([_plain(each) for each in value], ensure_ascii=False)
    return value.text if isinstance(value, Failure) else str(value)


def _plain(value: Reply) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, int) else text(value)


def _cell(value: Reply) -> Any:
    return value if isinstance(value, int) else text(value)


def _pairs(flat: Sequence[Reply]) -> list[tuple[Reply, Reply]]:
    return list(zip(flat[::2], flat[1::2], strict=False))


def value(arguments: Sequence[bytes], reply: Reply) -> Rows:
    return entries(arguments, reply) if isinstance(reply, list) else Rows(["value"], [(_cell(reply),)])


def score(arguments: Sequence[bytes], reply: Reply) -> Rows:
    return Rows(["score"], [(_number(reply),)])


def entries(arguments: Sequence[bytes], reply: Reply) -> Rows:
    return Rows(["index", "value"], [(number, _cell(each)) for number, each in enumerate(reply or [])])


def members(arguments: Sequence[bytes], reply: Reply) -> Rows:
    return Rows(["member"], [(text(each),) for each in reply or []])


def fields(arguments: Sequence[bytes], reply: Reply) -> Rows:
    return Rows(["field", "value"], [(text(name), _cell(each)) for name, each in _pairs(reply or [])])


def scores(arguments: Sequence[bytes], reply: Reply) -> Rows:
    if not any(each.upper() == b"WITHSCORES" for each in arguments[1:]):
        return members(arguments, reply)
    return Rows(["member", "score"], [(text(name), _number(each)) for name, each in _pairs(reply or [])])


def random(arguments: Sequence[bytes], reply: Reply) -> Rows:
    words = {each.upper() for each in arguments[2:]}
    if b"WITHSCORES" in words:
        return scores(arguments, reply)
    if b"WITHVALUES" in words:
        return fields(arguments, reply)
    return members(arguments, reply if isinstance(reply, list) or reply is None else [reply])


def by_key(arguments: Sequence[bytes], reply: Reply) -> Rows:
    return _named("key", arguments, reply)


def by_field(arguments: Sequence[bytes], reply: Reply) -> Rows:
    return _named("field", arguments[1:], reply)


def by_member(arguments: Sequence[bytes], reply: Reply) -> Rows:
    return _named("member", arguments[1:], reply)


def _named(column: str, names: Sequence[bytes], reply: Reply) -> Rows:
    return Rows([column, "value"], [(text(name), _cell(each)) for name, each in zip(names, reply or [], strict=False)])


def stream(arguments: Sequence[bytes], reply: Reply) -> Rows:
    """Entries with a column per field; ``time`` is what the id says."""
    found = [
        (text(each[0]) or "", {text(name) or "": text(one) for name, one in _pairs(each[1] or [])})
        for each in reply or []
    ]
    names = list(dict.fromkeys(chain.from_iterable(entry for _, entry in found)))
    if len(names) > _STREAM_COLUMNS:
        return Rows(
            ["id", "time", "fields"], [(id, _moment(id), json.dumps(entry, ensure_ascii=False)) for id, entry in found]
        )
    return Rows(
        ["id", "time", *names], [(id, _moment(id), *(entry.get(name) for name in names)) for id, entry in found]
    )


def info(arguments: Sequence[bytes], reply: Reply) -> Rows:
    """Fields of INFO without those that name files of the server."""
    rows, section = [], ""
    for line in (text(reply) or "").splitlines():
        name, colon, said = line.partition(":")
        if line.startswith("#"):
            section = line.strip("# ").lower()
        elif colon and name not in INFO_HIDDEN:
            rows.append((section, name, said))
    return Rows(["section", "field", "value"], rows)


SHAPES: dict[str, Callable[[Sequence[bytes], Reply], Rows]] = {
    "value": value, "score": score, "list": entries, "members": members, "fields": fields, "scores": scores,
    "random": random, "by_key": by_key, "by_field": by_field, "by_member": by_member, "stream": stream, "info": info,
}  # fmt: skip


def _number(reply: Reply) -> float | None:
    try:
        return None if reply is None else float(reply)
    except ValueError:
        return None


def _moment(id: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(id.partition("-")[0]) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def together(answers: Sequence[tuple[str, Rows]], limit: int | None) -> pa.Table:
    """One table of all answers: their columns by name, and the command of each row when there are several."""
    names = list(dict.fromkeys(chain.from_iterable(rows.columns for _, rows in answers)))
    several = len(answers) > 1
    columns: list[list[Any]] = [[] for _ in names]
    commands: list[str] = []
    for command, rows in answers:
        where = [rows.columns.index(name) if name in rows.columns else None for name in names]
        for row in rows.rows:
            if limit is not None and len(commands) > limit:
                break
            commands.append(command)
            for column, place in zip(columns, where, strict=True):
                column.append(None if place is None else row[place])
    fields = [_field(name, column) for name, column in zip(names, columns, strict=True)]
    arrays = [
        pa.array(column if field.type != pa.string() else [text_of(each) for each in column], field.type)
        for field, column in zip(fields, columns, strict=True)
    ]
    if several:
        fields.insert(0, pa.field("command", pa.string(), metadata={TYPE_KEY: "text"}))
        arrays.insert(0, pa.array(commands, pa.string()))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def text_of(value: Any) -> str | None:
    """A cell of a column that also holds texts."""
    return value if value is None or isinstance(value, str) else str(value)


def _field(name: str, column: list[Any]) -> pa.Field:
    kinds = {type(each) for each in column if each is not None}
    kind = "text"
    if kinds == {int} and all(-(2**63) <= each < 2**63 for each in column if each is not None):
        kind = "bigint"
    elif kinds and kinds <= {int, float}:
        kind = "double precision"
    elif kinds == {datetime}:
        kind = "timestamptz"
    elif not kinds:
        kind = {"index": "bigint", "ttl": "bigint", "score": "double precision", "time": "timestamptz"}.get(name, kind)
    return pa.field(name, _ARROW[kind], metadata={TYPE_KEY: kind})
