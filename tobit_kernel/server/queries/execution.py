"""One query under way: cache → source → rows → audit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import structlog
from opentelemetry import trace

from tobit_kernel.errors import InternalError, LimitReached, SourceUnavailable, TobitError
from tobit_kernel.server.audit.record import Audit, Event
from tobit_kernel.server.identity.principal import Permission
from tobit_kernel.server.masking import columns, texts
from tobit_kernel.server.masking.policy import Policy
from tobit_kernel.server.masking.rules import Rules
from tobit_kernel.server.queries import cache as kept_results
from tobit_kernel.server.queries.cache import SIZE_LIMIT_BYTES, Kept, ResultCache
from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.server.queries.checked import Checked, checked
from tobit_kernel.server.queries.limits import Limits
from tobit_kernel.server.queries.shield import Shields
from tobit_kernel.server.queries.slow import Slow
from tobit_kernel.server.queries.threads import Answer, Threads
from tobit_kernel.server.queries.turns import Turn
from tobit_kernel.server.queries.usage import Used
from tobit_kernel.server.sources.records import Sources
from tobit_kernel.server.sources.source import BATCH_ROWS, Cancellation, Prepared, Run, Source
from tobit_kernel.wire.models import QueryRequest
from tobit_kernel.wire.stream import Encoder, Tail

log = structlog.get_logger(__name__)
_tracer = trace.get_tracer(__name__)

#: Larger batches, which means rows, are not copied into an answer.
BATCH_LIMIT_BYTES = 256 << 20
#: Sources send fuller batches than this, but for the last.
_SMALL_BYTES = 1 << 20


@dataclass
class Means:
    """What queries run with."""

    sources: Sources
    cache: ResultCache
    audit: Audit
    threads: Threads
    limits: Limits
    rules: Rules
    shields: Shields


class _NotStarted:
    """What a query has before its source began: no columns, no rows, nothing to close."""

    schema = pa.schema([])

    def batches(self) -> Iterator[pa.RecordBatch]:
        return iter(())

    def close(self) -> None:
        """Nothing to give back."""


_NOT_STARTED = _NotStarted()


class Execution:
    """One query under way. ``stream`` yields the Arrow bytes; the audit row is written before the end marker."""

    def __init__(self, means: Means, request: QueryRequest, caller: Caller) -> None:
        self._means, self._request, self._caller = means, request, caller
        self._began = time.perf_counter()
        self._cancellation = Cancellation()
        self._sees_all = caller.principal.may(Permission.SEE_PII)
        self._policy = Policy()
        self._composed: Checked | None = None
        self._run: Run = _NOT_STARTED
        self._rows: Iterator[pa.RecordBatch] = iter(())
        self._ahead: list[pa.RecordBatch] = []
        self._over = False
        self._masks = not self._sees_all
        self._fetching: asyncio.Task[list[pa.RecordBatch]] | None = None
        self._kept: Kept | None = None
        self._key = b""
        self._finished, self._bytes, self._kept_bytes = False, 0, 0
        self._turn: Turn | None = None
        self.tail = Tail(trace_id=caller.trace_id)
        #: Its kind, not its name: what is counted of it is open to everybody.
        self.source_type = "unknown"

    async def open(self) -> None:
        """Looks into the cache, else starts the statement."""
        request, means = self._request, self._means
        self._policy = (await means.rules.of(self._caller.principal.tenant)).policy
        means.limits.quotas.check(self._caller.principal)
        with _tracer.start_as_current_span("compose"):
            source, composed = await checked(means.sources, means.shields, request, self._caller.principal)
        self._composed, self.source_type = composed, source.type
        prepared = composed.prepared(request)
        if request.cache_s:
            self._key = kept_results.key(self._caller.principal, request.source, prepared)
            self._kept = await means.cache.get(self._key)
            if self._kept is not None:
                return
        await self._take_turn()
        with _tracer.start_as_current_span("start"):
            await self._threaded(lambda: self._start(source, prepared))

    async def _take_turn(self) -> None:
        """Waits until the caller may run one more statement, at most as long as it may take."""
        caller, limits = self._caller, self._means.limits
        room = limits.quotas.room(caller.principal)
        self._turn = await limits.turns.take(caller.principal, room, self._request.timeout_s, caller.gone)

    def _start(self, source: Source, prepared: Prepared) -> None:
        """Starts the statement and reads what comes first: one thread for both, and its errors before the answer."""
        self._run = source.start(self._caller.principal, prepared, self._cancellation)
        self._rows = iter(self._run.batches())
        self._ahead = self._some()
        if self._over and self._masks:
            self._ahead, self._masks = self._hidden(self._ahead), False

    def _some(self) -> list[pa.RecordBatch]:
        """The next batches; none at the end. A small one is the last as a rule, so the end is looked for at once."""
        found: list[pa.RecordBatch] = []
        for batch in self._rows:
            found.append(batch)
            if batch.num_rows >= BATCH_ROWS or batch.nbytes >= _SMALL_BYTES:
                return found
        self._over = True
        return found

    def _hidden(self, batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
        return [columns.masked(batch, self._policy) for batch in batches]

    async def stream(self) -> AsyncIterator[memoryview | bytes]:
        """The bytes of the answer. An error half way ends up in the tail, not in an exception."""
        if self._kept is not None:
            encoder, body = self._replayed(self._kept)
            self._bytes = len(body)
            yield body
        else:
            encoder = Encoder(self._run.schema)
            pieces: list[bytes] = []
            async for piece in self._encoded(encoder):
                self._keep(pieces, piece)
                yield piece
            if self._key and self.tail.error is None and pieces:
                await self._store(pieces)
        try:
            await self.finish(None)
        except Exception as failure:
            log.error("an audit row is lost", error=str(failure).split("\n")[0], trace_id=self.tail.trace_id)
            lost = SourceUnavailable("The audit can't be written, so the rows were discarded.")
            self.tail.error = self.tail.error or lost.as_data()
        yield encoder.end(self.tail)

    def _replayed(self, kept: Kept) -> tuple[Encoder, bytes]:
        self.tail.cached, self.tail.truncated = True, kept.truncated
        self.tail.row_count = kept.row_count
        encoder = Encoder(pa.ipc.read_schema(pa.py_buffer(kept.body)))
        encoder.rows = kept.row_count
        return encoder, kept.body

    async def _encoded(self, encoder: Encoder) -> AsyncIterator[memoryview]:
        yield encoder.start()
        with _tracer.start_as_current_span("stream"):
            try:
                async for batch in self.batches():
                    piece = encoder.batch(batch)
                    self._bytes += len(piece)
                    if self._bytes > self._means.limits.answer_bytes:
                        raise LimitReached(
                            f"An answer has at most {self._means.limits.answer_bytes >> 20:,} MiB.",
                            "Aggregate, take fewer columns, or fetch it in parts.",
                        )
                    yield piece
            except TobitError as error:
                error.trace_id = self.tail.trace_id
                self.tail.error = error.as_data()
        self.tail.row_count = encoder.rows

    async def batches(self) -> AsyncIterator[pa.RecordBatch]:
        """The rows, at most ``limit``; sets ``tail.truncated``."""
        left = self._request.limit
        try:
            async for batch in self._read():
                if batch.nbytes > BATCH_LIMIT_BYTES:
                    raise LimitReached("A row is too large.", "Take a part of its text, such as left(x, 1000).")
                if left is not None and batch.num_rows > left:
                    self.tail.truncated = True
                    batch = batch.slice(0, left)
                left = None if left is None else left - batch.num_rows
                if batch.num_rows:
                    yield batch
                if self.tail.truncated:
                    return
        except TobitError as error:
            raise self._told(self._composed.locate(error) if self._composed else error) from error

    def _told(self, error: TobitError) -> TobitError:
        """``error`` without personal data, unless the caller may see it: messages quote values."""
        return error if self._sees_all else texts.told(error, self._policy)

    async def _read(self) -> AsyncIterator[pa.RecordBatch]:
        """The rows as the caller may see them; while some are masked the next are fetched, and no more."""
        while self._ahead:
            over = self._over
            if self._masks:
                self._fetching = None if over else asyncio.ensure_future(self._threaded(self._some))
                self._ahead = await asyncio.to_thread(self._hidden, self._ahead)
            for batch in self._ahead:
                yield batch
            self._ahead = [] if over else await (self._fetching or self._threaded(self._some))

    async def finish(self, error: BaseException | None) -> None:
        """Ends the statement if it still runs, and writes the audit row; once."""
        if self._finished:
            return
        self._finished = True
        self.tail.elapsed_ms = (time.perf_counter() - self._began) * 1000
        if isinstance(error, TobitError):
            self._told(self._composed.locate(error) if self._composed is not None else error)
        ended = asyncio.ensure_future(self._end(error is not None))
        event = self._event(error)
        self._count(event)
        try:
            await asyncio.shield(self._means.audit.record(event))
        except Exception as failure:
            if error is None:
                raise  # no answer without its audit row
            log.error("an audit row is lost", error=str(failure).split("\n")[0], trace_id=self.tail.trace_id)
        finally:
            await asyncio.shield(ended)

    async def _end(self, early: bool) -> None:
        try:
            if self._fetching is not None:
                self._fetching.cancel()
                await asyncio.gather(self._fetching, return_exceptions=True)
            if self._run is not _NOT_STARTED:
                await asyncio.to_thread(self._ended, early)
        finally:
            if self._turn is not None:
                self._means.limits.turns.give_back(self._turn)

    def _ended(self, early: bool) -> None:
        if early:
            self._cancellation.cancel()
        self._run.close()

    def _count(self, event: Event) -> None:
        tail, limits = self.tail, self._means.limits
        used = Used(1, tail.row_count, tail.elapsed_ms, self._bytes, int(event.outcome != "ok"), int(tail.cached))
        limits.usage.note(self._caller.principal, self._request.source, event.tables, used)
        limits.slow.note(Slow(self._request, self._caller, tail.elapsed_ms, tail.row_count, event.outcome))

    def _event(self, error: BaseException | None) -> Event:
        told = self.tail.error
        if error is not None:
            told = error.as_data() if isinstance(error, TobitError) else InternalError(type(error).__name__).as_data()
        composed, caller = self._composed, self._caller
        return Event(
            caller.principal,
            caller.action,
            outcome="ok" if told is None else str(told["error"]),
            resource=caller.resource,
            source=self._request.source,
            statement=self._request.statement,
            tables=composed.tables if composed else [],
            rows=self.tail.row_count,
            ms=self.tail.elapsed_ms,
            cached=self.tail.cached,
            error=None if told is None else str(told["message"]),
            ip=caller.ip,
            agent=caller.agent,
            trace_id=caller.trace_id or None,
            parent_trace_id=caller.parent_trace_id,
        )

    def _keep(self, pieces: list[bytes], piece: memoryview) -> None:
        if self._key:
            pieces.append(bytes(piece))
            self._kept_bytes += len(piece)
            if self._kept_bytes > SIZE_LIMIT_BYTES:
                pieces.clear()
                self._key = b""

    async def _store(self, pieces: list[bytes]) -> None:
        kept = Kept(b"".join(pieces), self.tail.row_count, self.tail.truncated)
        await self._means.cache.put(self._key, self._caller.principal, kept, self._request.cache_s)

    async def _threaded(self, work: Callable[[], Answer]) -> Answer:
        return await self._means.threads.call(work, self._cancellation, self._caller.gone)
