"""Run a statement, look at its plan, lay it out."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tobit_kernel.errors import Cancelled, LimitReached
from tobit_kernel.server.gateway.callers import Reading, TheGate, caller, watched
from tobit_kernel.server.gateway.metrics import QUERIES, QUERY_ROWS
from tobit_kernel.server.identity.principal import Permission
from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.server.queries.execution import Execution
from tobit_kernel.server.queries.explain import explained
from tobit_kernel.server.queries.format import formatted
from tobit_kernel.server.queries.json_rows import answer
from tobit_kernel.server.queries.long import reading
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import FormatRequest, Formatted, Plan, QueryAnswer, QueryRequest
from tobit_kernel.wire.stream import MEDIA_TYPE

router = APIRouter(tags=["query"])

#: JSON is for small answers; larger ones go as Arrow.
JSON_ROW_LIMIT = 100_000
#: A client that takes longer for a piece of its answer is let go, and its statement ended.
SLOW_READER_S = 60.0


@router.post("/query", response_model=Envelope[QueryAnswer], responses={200: {"content": {MEDIA_TYPE: {}}}})
async def query(gate: TheGate, principal: Reading, request: Request, body: QueryRequest) -> Any:
    """Runs a SELECT. ``Accept: application/vnd.apache.arrow.stream`` streams it as Arrow.

    Closing the connection ends the statement on the server.
    """
    who = caller(request, principal)
    as_arrow = MEDIA_TYPE in request.headers.get("accept", "")
    if not as_arrow and (body.limit is None or body.limit > JSON_ROW_LIMIT):
        raise LimitReached(
            f"JSON answers have at most {JSON_ROW_LIMIT:,} rows.", f"Lower the limit, or ask for {MEDIA_TYPE}."
        )
    async with watched(request.receive, who.gone):
        execution = await gate.queries.start(body, who)
        if not as_arrow:
            return Envelope(data=await answer(execution))
    return _ArrowResponse(execution, who)


@router.post("/query/explain")
async def explain(gate: TheGate, principal: Reading, request: Request, body: QueryRequest) -> Envelope[Plan]:
    """The plan of a SELECT and what looks expensive in it; runs nothing."""
    plan = await gate.queries.explain(body, caller(request, principal))
    return Envelope(data=explained(plan, exact=principal.may(Permission.ADMINISTER)))


@router.post("/query/format")
async def format_(gate: TheGate, principal: Reading, body: FormatRequest) -> Envelope[Formatted]:
    """The same statement, laid out."""
    source = await gate.sources.get(principal, body.source)
    dialect = getattr(source, "dialect", "")
    return Envelope(data=Formatted(sql=await reading(len(body.statement), lambda: formatted(body.statement, dialect))))


class _ArrowResponse(Response):
    """Streams an execution, and finishes it whatever becomes of the client."""

    media_type = MEDIA_TYPE

    def __init__(self, execution: Execution, who: Caller) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._execution, self._who = execution, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error: BaseException | None = None
        try:
            async with watched(receive, self._who.gone):
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                async for piece in self._execution.stream():
                    if self._who.gone.is_set():
                        raise Cancelled()
                    # who reads nothing keeps a connection of the source: not for ever
                    async with asyncio.timeout(SLOW_READER_S):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            error = Cancelled("The client did not read its answer.")
        except Cancelled as cancelled:
            error = cancelled  # nobody is there to tell
        except BaseException as failure:
            error = failure
            raise
        finally:
            await self._execution.finish(error)
            _count(self._execution)


def _count(execution: Execution) -> None:
    tail, source = execution.tail, execution.source_type
    outcome = "ok" if tail.error is None else str(tail.error["error"])
    QUERIES.labels(source, outcome, str(tail.cached).lower()).inc()
    QUERY_ROWS.labels(source).inc(tail.row_count)
