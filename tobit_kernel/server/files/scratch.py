"""Temporary files of one reading, private to the gate, gone at its end."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from tobit_kernel.errors import StorageFull


@contextmanager
def scratch(home: Path) -> Iterator[Path]:
    """A new folder (0700) under ``home/scratch``, removed at the end with what is in it."""
    parent = home / "scratch"
    with storage():
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with storage(), TemporaryDirectory(dir=parent, prefix="read-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def storage() -> Iterator[None]:
    """Turns a full disk (or quota) under TOBIT_HOME into ``StorageFull``."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The disk that holds TOBIT_HOME is full; nothing was changed.") from error
        raise


def create(path: Path) -> IO[bytes]:
    """A new file that only its owner can read, open for writing."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
