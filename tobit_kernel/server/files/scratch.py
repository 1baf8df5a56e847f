"""Temporary files of one reading, private to the gate, gone at its end."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import IO

from tobit_kernel.errors import StorageFull


@contextmanager
def scratch(home: Path) -> Iterator[Path]:
    """A new folder (0700) under ``home/scratch``, removed at the end with what is in it."""
    with storage(), new_folder(home) as folder:
        yield Path(folder)


def new_folder(home: Path) -> TemporaryDirectory[str]:
    """A folder as ``scratch`` gives it, removed by its ``cleanup``; also removes those of killed gates."""
    parent = home / "scratch"
    with storage():
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in parent.glob("*-*"):
            owner = left.name.partition("-")[0]
            if owner.isdecimal() and not _lives(int(owner)):
                rmtree(left, ignore_errors=True)
        return TemporaryDirectory(dir=parent, prefix=f"{os.getpid()}-", ignore_cleanup_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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
