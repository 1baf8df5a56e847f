"""SCAN and its kin: step by step until the rows are there, so that no other client waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tobit_kernel.errors import Refused, StatementError
from tobit_kernel.server.sources.redis.connection import Connection, Failure, Reply
from tobit_kernel.server.sources.redis.rows import Rows, text

#: How much of the keys the server looks at in one step: about a millisecond.
STEP = 1000


@dataclass(frozen=True)
class Scan:
    """What is scanned: the keys (``key`` is None), or what one key holds."""

    command: bytes
    key: bytes | None
    cursor: bytes
    match: bytes | None
    kind: bytes | None

    def step(self, cursor: bytes) -> list[bytes]:
        """The command that goes on from ``cursor``."""
        words = [self.command, *([] if self.key is None else [self.key]), cursor]
        words += [] if self.match is None else [b"MATCH", self.match]
        words += [b"COUNT", b"%d" % STEP]
        return words + ([] if self.kind is None else [b"TYPE", self.kind])


def scan_of(words: Sequence[bytes], position: int) -> Scan:
    """The scan that a line asks for; ``KEYS pattern`` is one too: the blocking KEYS never reaches the server."""
    name, rest = words[0].upper(), list(words[1:])
    if name == b"KEYS":
        if len(rest) != 1:
            raise StatementError("KEYS takes one pattern.", "Such as KEYS ci:*", position=position)
        return Scan(b"SCAN", None, b"0", rest[0], None)
    key = None if name == b"SCAN" else rest.pop(0)
    cursor = rest.pop(0) if rest else b"0"
    options = {word.upper(): given for word, given in zip(rest[::2], rest[1::2], strict=False)}
    if not cursor.isdigit() or len(rest) % 2 or set(options) - {b"MATCH", b"COUNT", b"TYPE"}:
        hint = "SCAN 0 MATCH ci:* TYPE hash" if key is None else f"{name.decode()} key 0 MATCH a*"
        raise StatementError(f"{name.decode()} is not understood.", f"Write {hint}", position=position)
    if b"TYPE" in options and key is not None:
        raise Refused("Only SCAN takes TYPE.", "Leave it out.", position=position)
    return Scan(name, key, cursor, options.get(b"MATCH"), options.get(b"TYPE"))


def steps(connection: Connection, scan: Scan) -> Iterator[list[Reply] | Failure]:
    """What each step brings, until the whole was seen."""
    cursor = scan.cursor
    while True:
        [answer] = connection.ask([scan.step(cursor)])
        if isinstance(answer, Failure):
            yield answer
            return
        cursor, found = answer
        if found:
            yield found
        if cursor == b"0":
            return


def keys_of(connection: Connection, scan: Scan, prefixes: Sequence[bytes], wanted: int | None) -> Rows | Failure:
    """Keys with type and the seconds that they have left; at most ``wanted`` of them."""
    seen: dict[bytes, None] = {}
    rows = Rows(["key", "type", "ttl"], [])
    if scan.match is None and len(prefixes) == 1:
        scan = Scan(scan.command, None, scan.cursor, escaped(prefixes[0]) + b"*", scan.kind)
    for found in steps(connection, scan):
        if isinstance(found, Failure):
            return found
        fresh = [key for key in dict.fromkeys(found) if key not in seen and within(key, prefixes)]
        fresh = fresh[: None if wanted is None else max(wanted - len(seen), 0)]
        seen.update(dict.fromkeys(fresh))
        rows.rows += _described(connection, fresh)
        if wanted is not None and len(seen) >= wanted:
            break
    return rows


def _described(connection: Connection, keys: Sequence[bytes]) -> list[tuple[str | None, str | None, int | None]]:
    answers = connection.ask([[word, key] for key in keys for word in (b"TYPE", b"TTL")])
    kinds, ttls = answers[::2], answers[1::2]
    return [
        (text(key), text(kind) if isinstance(kind, bytes) else None, ttl if isinstance(ttl, int) and ttl >= 0 else None)
        for key, kind, ttl in zip(keys, kinds, ttls, strict=True)
        if kind != b"none"  # gone since
    ]


def inside_of(connection: Connection, scan: Scan, wanted: int | None) -> list[Reply] | Failure:
    """What a key holds, flat as HSCAN gives it; at most ``wanted`` rows and the rest of a step."""
    flat: list[Reply] = []
    width = 1 if scan.command == b"SSCAN" else 2
    for found in steps(connection, scan):
        if isinstance(found, Failure):
            return found
        flat += found
        if wanted is not None and len(flat) >= wanted * width:
            break
    return flat


def within(key: bytes, prefixes: Sequence[bytes]) -> bool:
    """Whether the record lets ``key`` be read; no prefixes allow all."""
    return not prefixes or any(key.startswith(prefix) for prefix in prefixes)


def escaped(prefix: bytes) -> bytes:
    """``prefix`` as a pattern that stands for itself."""
    return b"".join(b"\\" + bytes([byte]) if byte in b"*?[]\\^-" else bytes([byte]) for byte in prefix)
