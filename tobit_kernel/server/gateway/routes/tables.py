"""Files in, tables out: bytes come up, a table is there or nothing is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from tobit_kernel.errors import Cancelled, InputError, TobitError
from tobit_kernel.server.audit.record import Event
from tobit_kernel.server.gateway.callers import Loading, TheGate, caller
from tobit_kernel.server.gateway.errors import translated
from tobit_kernel.server.gateway.gate import Gate
from tobit_kernel.server.gateway.spool import spooled
from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.server.tables.drop import drop
from tobit_kernel.server.tables.load import Mode, load
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import Dropped, Loaded

router = APIRouter(tags=["tables"])
log = structlog.get_logger(__name__)

_EVENTS = "text/event-stream"
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/tables", response_model=Envelope[Loaded], openapi_extra=_BODY, responses={200: {"content": {_EVENTS: {}}}}
)
async def post(
    gate: TheGate,
    principal: Loading,
    request: Request,
    name: Annotated[
        str, Query(min_length=1, max_length=255, description="the file's name; its ending tells the format")
    ],
    table: Annotated[str, Query(max_length=200)] = "",
    mode: Mode = Mode.CREATE,
    types: Annotated[str, Query(max_length=30_000, description='JSON, {"column": "type"}')] = "{}",
    encoding: Annotated[str | None, Query(max_length=40)] = None,
    sheet: Annotated[str | None, Query(max_length=200)] = None,
) -> Any:
    """Loads the body, a CSV, JSON, Parquet, Arrow or Excel file, into a table: all or nothing.

    ``Accept: text/event-stream`` tells the progress while it works.
    """
    options = {"table": table, "mode": mode, "types": _types(types), "encoding": encoding, "sheet": sheet}
    work = _Load(gate, caller(request, principal), Path(name).name, options)
    if _EVENTS not in request.headers.get("accept", ""):
        async with spooled(gate.settings.home, request) as path:
            return Envelope(data=await work.run(path))
    # The body must be read before the answer begins: most clients write first and listen then.
    spool = spooled(gate.settings.home, request)
    path = await spool.__aenter__()
    return _Events(work, path, spool)


@router.delete("/tables/{table}")
async def delete(gate: TheGate, principal: Loading, request: Request, table: str) -> Envelope[Dropped]:
    """Removes a loaded table of one's own."""
    gone = await asyncio.to_thread(drop, gate.store.addresses.app, principal, table)
    await gate.cache.forget(principal)
    await gate.audit.record(_event(caller(request, principal), "drop", gone.table, gone.rows))
    return Envelope(data=Dropped(table=gone.table, rows=gone.rows))


def _types(text: str) -> dict[str, str]:
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise InputError("types is not a JSON object of column: type.", field="types")
    return given


def _event(who: Caller, action: str, resource: str, rows: int | None, error: TobitError | None = None) -> Event:
    return Event(
        who.principal,
        action,
        resource=resource,
        rows=rows,
        outcome=type(error).__name__ if error else "ok",
        error=error.message if error else None,
        ip=who.ip,
        agent=who.agent,
        trace_id=who.trace_id or None,
    )


class _Load:
    """One load; ``events`` hears ``("progress", {...})`` while it works."""

    def __init__(self, gate: Gate, who: Caller, name: str, options: dict[str, Any]) -> None:
        self._gate, self._who, self._name, self._options = gate, who, name, options
        self.events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def run(self, path: Path) -> Loaded:
        loop = asyncio.get_running_loop()

        def progress(done: int, total: int | None, note: str) -> None:
            if self._who.gone.is_set():
                raise Cancelled("The client went away; nothing was loaded.")
            loop.call_soon_threadsafe(
                self.events.put_nowait, ("progress", {"done": done, "total": total or 0, "note": note})
            )

        gate, principal = self._gate, self._who.principal
        try:
            made = await asyncio.to_thread(
                load,
                gate.store.addresses.app,
                gate.settings.home,
                principal,
                path,
                self._name,
                **self._options,
                progress=progress,
            )
        except TobitError as error:
            await gate.audit.record(_event(self._who, "load", self._options["table"] or self._name, None, error))
            raise
        await gate.cache.forget(principal)
        await gate.audit.record(_event(self._who, "load", made.table, made.rows))
        return Loaded.model_validate(made.as_data())

    async def told(self, path: Path) -> None:
        """``run``, with its end as an event too."""
        try:
            result = await self.run(path)
            await self.events.put(("result", result.model_dump(mode="json")))
        except Exception as error:
            told = translated(error, "/api/v1/tables")
            told.trace_id = self._who.trace_id
            if not isinstance(error, TobitError):
                log.error("a load failed", exc_info=error)
            await self.events.put(("error", told.as_data()))


class _Events(StreamingResponse):
    """Progress as server-sent events; the spool goes when the load has ended."""

    def __init__(self, work: _Load, path: Path, spool: Any) -> None:
        super().__init__(self._stream(work, path), media_type=_EVENTS)
        self._work, self._spool = work, spool

    async def __call__(self, *asgi: Any) -> None:
        try:
            await super().__call__(*asgi)
        finally:
            self._work._who.gone.set()
            await asyncio.shield(self._spool.__aexit__(None, None, None))

    async def _stream(self, work: _Load, path: Path) -> AsyncIterator[str]:
        running = asyncio.create_task(work.told(path))
        try:
            while True:
                name, content = await work.events.get()
                yield f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
                if name != "progress":
                    return
        finally:
            work._who.gone.set()
            await asyncio.shield(running)
