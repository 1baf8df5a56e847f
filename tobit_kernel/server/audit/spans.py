"""Traces: OpenTelemetry spans, kept in the database so that ``trace`` can show them."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import NotFound
from tobit_kernel.server.store.tenancy import Bindable
from tobit_kernel.wire.models import SpanInfo, Trace

#: Spans that wait to be written; when the database is away the oldest give way.
WAITING_LIMIT = 10_000
#: Anybody can ask for an address of 64 KiB, signed in or not.
NAME_LETTERS = 200
#: Days after which a trace is removed.
KEPT_DAYS = 14

_INSERT = text(
    "insert into gate.span (trace_id, span_id, parent_id, tenant_id, name, kind, started_at, ms, status, attributes)"
    " values (:trace_id, :span_id, :parent_id, :tenant, :name, :kind, :started_at, :ms, :status,"
    " cast(:attributes as jsonb)) on conflict do nothing"
)
_SELECT = text(
    "select span_id, parent_id, name, started_at, ms, status, attributes from gate.span"
    " where trace_id = :trace_id and tenant_id = :tenant order by started_at, span_id"
)


class KeptSpans(SpanProcessor):
    """Collects ended spans; ``flush`` writes them."""

    def __init__(self) -> None:
        self._waiting: deque[dict[str, Any]] = deque(maxlen=WAITING_LIMIT)

    def on_end(self, span: ReadableSpan) -> None:
        self._waiting.append(_row(span))

    async def flush(self, engine: AsyncEngine) -> None:
        """Writes what waits, in one statement; on failure it waits again."""
        rows = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not rows:
            return
        try:
            async with engine.begin() as connection:
                await connection.execute(_INSERT, rows)
        except BaseException:
            self._waiting.extendleft(reversed(rows))
            raise


async def expire(engine: AsyncEngine) -> None:
    """Lets go of traces older than ``KEPT_DAYS``."""
    async with engine.begin() as connection:
        await connection.execute(text("select gate.expire_spans(:days)"), {"days": KEPT_DAYS})


async def trace_of(engine: AsyncEngine, principal: Bindable, trace_id: str) -> Trace:
    """All kept spans of a trace; ``NotFound`` when there are none in the caller's tenant."""
    async with engine.connect() as connection:
        found = (await connection.execute(_SELECT, {"trace_id": trace_id, "tenant": principal.tenant})).mappings()
        spans = [SpanInfo.model_validate(dict(row)) for row in found]
    if not spans:
        raise NotFound(
            f"There is no trace {trace_id!r}.", "Every error and result names its own; kept for a while only."
        )
    return Trace(trace_id=trace_id, spans=spans)


def _row(span: ReadableSpan) -> dict[str, Any]:
    context, attributes = span.context, dict(span.attributes or {})
    start, end = span.start_time or 0, span.end_time or 0
    return {
        "trace_id": f"{context.trace_id:032x}",
        "span_id": f"{context.span_id:016x}",
        "parent_id": f"{span.parent.span_id:016x}" if span.parent else None,
        "tenant": str(attributes.pop("tobit.tenant", "default")),
        "name": span.name[:NAME_LETTERS].replace("\0", ""),  # a path may hold what the database can't
        "kind": span.kind.name.lower(),
        "started_at": datetime.fromtimestamp(start / 1e9, UTC),
        "ms": (end - start) / 1e6,
        "status": span.status.status_code.name.lower(),
        "attributes": json.dumps(attributes, default=str).replace("\\u0000", ""),
    }
