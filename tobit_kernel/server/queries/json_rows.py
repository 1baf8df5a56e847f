"""A result as JSON rows."""

from __future__ import annotations

import pyarrow as pa

from tobit_kernel.errors import LimitReached, from_data
from tobit_kernel.server.queries.execution import Execution
from tobit_kernel.wire.models import QueryAnswer
from tobit_kernel.wire.rows import as_data
from tobit_kernel.wire.stream import MEDIA_TYPE, decode

#: JSON takes many times the memory of the rows; larger answers go as Arrow.
SIZE_LIMIT_BYTES = 64 << 20


async def answer(execution: Execution) -> QueryAnswer:
    """All rows of ``execution``, read to its end. Raises what the stream's tail says, or ``LimitReached``."""
    sink = pa.BufferOutputStream()
    try:
        async for piece in execution.stream():
            sink.write(piece)
            if sink.tell() > SIZE_LIMIT_BYTES:
                raise LimitReached(
                    f"JSON answers have at most {SIZE_LIMIT_BYTES >> 20} MiB.",
                    f"Lower the limit, or ask for {MEDIA_TYPE}.",
                )
        table, tail = decode(pa.BufferReader(sink.getvalue()))
    except BaseException as error:
        await execution.finish(error)
        raise
    if tail.error is not None:
        raise from_data(tail.error)
    return QueryAnswer.model_validate(as_data(table, tail))
