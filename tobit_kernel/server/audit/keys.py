"""The keys of the chain at home: what was sealed can be verified after the secrets were rotated."""

from __future__ import annotations

import os
from pathlib import Path

from tobit_kernel.server.audit.chain import Keys

#: All keys that sealed here, in hex, the oldest first (0600).
KEYS_FILE = "audit.keys"
#: What the keys of the chain are derived for.
LABEL = "tobit audit chain"


def keys_of(home: Path, derived: list[bytes]) -> Keys:
    """``derived`` (newest first) and those that were in use before."""
    file = home / KEYS_FILE
    kept = [bytes.fromhex(line) for line in _lines(file)]
    new = [key for key in reversed(derived) if key not in kept]
    if new:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.writelines(f"{key.hex()}\n" for key in new)
            out.flush()
            os.fsync(out.fileno())
    return Keys([*derived, *(key for key in reversed(kept) if key not in derived)])


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text("ascii").split() if len(line) == 64]
    except FileNotFoundError:
        return []
