"""A result as JSON rows."""

from __future__ import annotations

import pyarrow as pa

from tobit_kernel.errors import from_data
from tobit_kernel.server.queries.run import Execution
from tobit_kernel.wire.models import QueryAnswer
from tobit_kernel.wire.rows import as_data
from tobit_kernel.wire.stream import decode


async def answer(execution: Execution) -> QueryAnswer:
    """All rows of ``execution``, read to its end. Raises what the stream's tail says."""
    sink = pa.BufferOutputStream()
    try:
        async for piece in execution.stream():
            sink.write(piece)
        table, tail = decode(pa.BufferReader(sink.getvalue()))
    except BaseException as error:
        await execution.finish(error)
        raise
    if tail.error is not None:
        raise from_data(tail.error)
    return QueryAnswer.model_validate(as_data(table, tail))
