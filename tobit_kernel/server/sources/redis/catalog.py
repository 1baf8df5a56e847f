"""What a Redis holds, told from a sample: prefixes of its keys up to the first colon."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tobit_kernel.errors import Refused, SourceUnavailable
from tobit_kernel.server.sources.redis.connection import Connection, Failure
from tobit_kernel.server.sources.redis.rows import text
from tobit_kernel.server.sources.redis.scan import Scan, escaped, steps, within
from tobit_kernel.wire.models import TableColumn

#: Keys and seconds that a sample takes at most.
SAMPLE_KEYS = 20_000
SAMPLE_S = 2.0
#: Prefixes shown; a Redis whose keys have no order has as many as keys.
PREFIXES = 500
_FIELDS = 200


@dataclass
class Prefix:
    """Keys that begin alike; ``types`` counts the sampled ones by type."""

    name: str
    example: bytes
    types: Counter[str] = field(default_factory=Counter)
    #: Estimate of all, exact where everything was seen.
    keys: int = 0

    @property
    def comment(self) -> str:
        counts = ", ".join(f"{count} {kind}" for kind, count in self.types.most_common())
        return f"keys by type in a sample: {counts}"


def prefix_of(key: bytes) -> str:
    """The name under which ``key`` is listed: ``ci:`` for ``ci:build:1``."""
    head, colon, _ = key.partition(b":")
    return f"{text(head)}{colon.decode()}"


def sampled(connection: Connection, prefixes: Sequence[bytes]) -> list[Prefix]:
    """The prefixes of the keys that may be read, by name."""
    keys, complete = _keys(connection, prefixes)
    kinds = connection.ask([[b"TYPE", key] for key in keys])
    found: dict[str, Prefix] = {}
    for key, kind in zip(keys, kinds, strict=True):
        if not isinstance(kind, Failure) and kind != b"none":
            prefix = found.setdefault(prefix_of(key), Prefix(prefix_of(key), key))
            prefix.types[text(kind) or ""] += 1
    factor = 1.0 if complete or prefixes else _size(connection) / max(len(keys), 1)
    for prefix in found.values():
        count = round(prefix.types.total() * factor)
        prefix.keys = count if factor == 1 else round(count, -max(len(str(count)) - 2, 0))
    return sorted(found.values(), key=lambda prefix: (-prefix.keys, prefix.name))[:PREFIXES]


def _keys(connection: Connection, prefixes: Sequence[bytes]) -> tuple[list[bytes], bool]:
    """Keys of a sample, and whether they are all."""
    keys: dict[bytes, None] = {}
    end = time.monotonic() + SAMPLE_S
    patterns: list[bytes | None] = [escaped(prefix) + b"*" for prefix in prefixes]
    for pattern in patterns or [None]:
        for found in steps(connection, Scan(b"SCAN", None, b"0", pattern, None)):
            if isinstance(found, Failure):
                raise _closed(found)
            keys.update(dict.fromkeys(key for key in found if within(key, prefixes)))
            if len(keys) >= SAMPLE_KEYS or time.monotonic() > end:
                return list(keys)[:SAMPLE_KEYS], False
    return list(keys), True


def _size(connection: Connection) -> int:
    [size] = connection.ask([[b"DBSIZE"]])
    return size if isinstance(size, int) else 0


def columns_of(connection: Connection, prefix: Prefix) -> list[TableColumn]:
    """What a key of the prefix holds, by the example: fields of a hash or stream, else its parts."""
    key, kind = prefix.example, prefix.types.most_common(1)[0][0]
    columns = [TableColumn(name="key", type="text", nullable=False, comment=f"such as {text(key)}")]
    if kind == "hash":
        [answer] = connection.ask([[b"HSCAN", key, b"0", b"COUNT", b"%d" % _FIELDS]])
        names = answer[1][::2] if isinstance(answer, list) else []
        return columns + [TableColumn(name=text(name) or "", type="text") for name in names[:_FIELDS]]
    if kind == "stream":
        [answer] = connection.ask([[b"XREVRANGE", key, b"+", b"-", b"COUNT", b"1"]])
        names = answer[0][1][::2] if isinstance(answer, list) and answer else []
        columns.append(TableColumn(name="id", type="text", nullable=False))
        return columns + [TableColumn(name=text(name) or "", type="text") for name in names[:_FIELDS]]
    parts = {
        "zset": [("member", "text"), ("score", "double precision")],
        "set": [("member", "text")],
        "list": [("index", "bigint"), ("value", "text")],
    }.get(kind, [("value", "text")])
    return columns + [TableColumn(name=name, type=type) for name, type in parts]


def _closed(failure: Failure) -> Refused | SourceUnavailable:
    if failure.kind == "NOPERM":
        return Refused("The source's login may not list keys (SCAN).", "Its administrator can allow +scan +type.")
    return SourceUnavailable(f"The Redis can't answer now: {failure.text[:200]}")
