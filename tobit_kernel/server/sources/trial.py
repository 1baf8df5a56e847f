"""Whether a source answers, found out without waiting for ever."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from tobit_kernel.errors import SourceUnavailable, TobitError
from tobit_kernel.registry import Registry
from tobit_kernel.server.sources.source import Record, Source
from tobit_kernel.wire.sources import SourceTest

TYPES = Registry("tobit.sources", "type of source")
#: A source that is silent for longer counts as down.
CHECK_S = 15.0


async def tried(record: Record, limit_s: float = CHECK_S, source: Source | None = None) -> str:
    """Version or size of the source; ``SourceUnavailable`` says in words why there is none.

    ``source`` is asked when it is open already, otherwise one is made for this. In a thread of its own that
    nobody waits for after ``limit_s``: some drivers hang on what does not answer, and neither a request nor
    the end of the gate may hang with them.
    """
    loop, answer = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

    def tell(result: str | None, error: BaseException | None) -> None:
        if not answer.done():
            answer.set_exception(error) if error is not None else answer.set_result(result)

    def work() -> None:
        result, error = None, None
        try:
            result = source.check() if source is not None else _asked(record)
        except BaseException as caught:  # told to whoever waits
            error = caught
        try:
            loop.call_soon_threadsafe(tell, result, error)
        except RuntimeError:  # the gate ended meanwhile
            return

    threading.Thread(target=work, name=f"check {record.name}", daemon=True).start()
    try:
        return str(await asyncio.wait_for(answer, limit_s))
    except TimeoutError:
        raise SourceUnavailable(
            f"Source {record.name!r} does not answer within {limit_s:g} s.", "Check its address and what lies between."
        ) from None
    except TobitError as error:
        raise unspoken(error, record) from None


async def tested(record: Record, limit_s: float = CHECK_S, source: Source | None = None) -> SourceTest:
    """How it is, with the time it took. What makes no sense (an address, an option) raises ``InputError``."""
    began = time.monotonic()
    try:
        state, detail = "up", await tried(record, limit_s, source)
    except SourceUnavailable as error:
        state, detail = "down", error.message
    return SourceTest.model_validate(
        {"state": state, "detail": detail, "elapsed_ms": round((time.monotonic() - began) * 1000, 1)}
    )


def unspoken(error: TobitError, record: Record) -> TobitError:
    """``error`` without the password, should a driver have repeated it."""
    if record.password:
        error.message = error.message.replace(record.password, "…")
        error.hint = error.hint.replace(record.password, "…")
    return error


def _asked(record: Record) -> Any:
    source: Source = TYPES[record.type].of(record)
    try:
        return source.check()
    except TobitError:
        raise
    except Exception as error:  # a driver's own, which tells where it hurts
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise SourceUnavailable(f"Source {record.name!r} does not answer: {said}") from error
    finally:
        source.close()
