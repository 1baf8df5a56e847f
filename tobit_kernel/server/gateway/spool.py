"""Bytes that come up, kept on disk while they are read; gone afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Request
from starlette.requests import ClientDisconnect

from tobit_kernel.errors import Cancelled, LimitReached
from tobit_kernel.runtime import unwritable

#: The largest file that is taken.
SIZE_LIMIT_BYTES = 8 << 30
_FOLDER = "spool"


@asynccontextmanager
async def spooled(home: Path, request: Request) -> AsyncIterator[Path]:
    """A file (0600, in ``home/spool``) with the request's body.

    ``StorageFull`` when the disk is, ``LimitReached`` above 8 GiB, ``Cancelled`` when the client leaves.
    """
    folder = home / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            await _received(request, file.write)
        yield path
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _received(request: Request, write: Callable[[bytes], int]) -> None:
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > SIZE_LIMIT_BYTES:
                raise LimitReached("The file is larger than 8 GiB.", "Split it, or register its folder as a source.")
            write(piece)
    except ClientDisconnect:
        raise Cancelled("The client went away before all bytes were there; nothing was loaded.") from None


def clear(home: Path) -> None:
    """Removes what a gate that was killed has left."""
    shutil.rmtree(home / _FOLDER, ignore_errors=True)
