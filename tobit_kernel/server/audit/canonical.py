"""What the chain covers, as bytes that are the same before and after the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

#: What an erasure may empty; the chain covers it by ``digest`` alone. The migration writes the same order.
ERASABLE = ("actor", "resource", "statement", "tables", "error", "reason", "ip", "agent", "before", "after")
#: What the chain covers as it is, in the order of ``rows.sql``.
COVERED = (
    "id", "turn", "at", "tenant_id", "actor_type", "action", "outcome", "source", "rows", "ms", "cached",
    "trace_id", "parent_trace_id", "digest",
)  # fmt: skip
SALT_BYTES = 16
#: Between the names of tables, as in the migration.
_UNIT = "\x1f"


def digest_of(salt: bytes, values: Mapping[str, Any]) -> bytes:
    """SHA-256 of ``salt`` and the erasable ``values``; ``before`` and ``after`` are given as ``plain_json``."""
    tables = values["tables"]
    told = [values[name] for name in ERASABLE]
    told[3] = None if tables is None else _UNIT.join(tables)
    return hashlib.sha256(salt + json.dumps(told, ensure_ascii=False).encode()).digest()


def plain_json(value: Any) -> str | None:
    """``value`` as JSON that PostgreSQL gives back as it took it; None stays None."""
    if value is None:
        return None
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Numbers in one form, because jsonb keeps 1e22 as 10000000000000000000000; what JSON lacks as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {storable(str(key)): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return storable(str(value))


def storable(text: str) -> str:
    """Text that PostgreSQL can keep: no NUL, no half letters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def row_bytes(row: tuple[Any, ...]) -> bytes:
    """The covered columns of a row, as ``rows.sql`` selects them, as bytes; no two rows have the same."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
