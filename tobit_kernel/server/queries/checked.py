"""A statement as its source will run it, checked for its caller."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from tobit_kernel.errors import InputError, StatementError, TobitError
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.queries import unseen
from tobit_kernel.server.queries.compose import Composition, compose, place
from tobit_kernel.server.queries.guard import guard
from tobit_kernel.server.queries.long import reading
from tobit_kernel.server.queries.shield import Shields
from tobit_kernel.server.sources.mapped import Origin
from tobit_kernel.server.sources.records import Sources
from tobit_kernel.server.sources.source import OtherSource, Prepared, Source, SqlSource
from tobit_kernel.wire import parameters
from tobit_kernel.wire.models import QueryRequest


class Checked(Protocol):
    """What may run."""

    @property
    def tables(self) -> list[str]:
        """The tables, labels or keys that are read, as they are written."""

    def prepared(self, request: QueryRequest) -> Prepared:
        """What the source is given."""

    def locate(self, error: TobitError) -> TobitError:
        """``error`` with its ``position`` turned into cell, line, column and that line's text."""


async def checked(
    sources: Sources, shields: Shields, request: QueryRequest, principal: Principal, only_plan: bool = False
) -> tuple[Source, Checked]:
    """The source and the statement for it, which shows the caller nothing that they may not see.

    Raises ``Refused``, ``StatementError`` or ``InputError``.
    """
    source = await sources.get(principal, request.source)
    if source.language != request.language:
        raise InputError(
            f"Source {request.source!r} is asked in {source.language}, not in {request.language}.",
            f"Write `%%tobit {source.language} --source {request.source}`.",
        )
    if source.language == "sql":
        composed = await _sql(cast(SqlSource, source), request, principal)
        await shields.cover(composed, cast(SqlSource, source), request.source, principal, only_plan)
        return source, composed
    return source, await _other(cast(OtherSource, source), request, principal)


async def _sql(source: SqlSource, request: QueryRequest, principal: Principal) -> Composition:
    schemas: dict[str, str] = getattr(source, "schemas", lambda _: {})(principal)
    letters = len(request.statement) + sum(len(cell.statement) for cell in request.cells)
    composed = await reading(
        letters,
        lambda: compose(request.statement, request.parameters, request.cells, source.dialect, schemas),
    )
    if isinstance(composed.reading, TobitError):
        raise await _told(source, composed, principal, composed.reading)
    guard(composed.reading, principal, source.dialect, schemas.get("my", ""))
    neighbours = getattr(source, "neighbours", None)
    if neighbours is not None:
        unseen.refuse_looking_up(composed.statement, principal)
        places = [each for each in unseen.named(composed.statement) if unseen.folded(each[0]) != schemas.get("my")]
        if places:
            found = await asyncio.to_thread(neighbours, principal)
            composed.change(unseen.hiding(places, found))
    return composed


async def _told(source: SqlSource, composed: Composition, principal: Principal, own: TobitError) -> TobitError:
    """The source's own words about a text that sqlglot could not follow; ours when it could."""
    try:
        await asyncio.to_thread(source.parse, principal, composed.statement)
    except StatementError as error:
        return composed.locate(error)
    own.hint = own.hint or "Tobit must understand a statement to check it, and does not follow here."
    return composed.locate(own)


@dataclass
class _Plain:
    """A statement in a language that only its source understands; parameters go by name."""

    statement: str
    parameters: Mapping[str, Any]
    tables: list[str] = field(default_factory=list)

    def prepared(self, request: QueryRequest) -> Prepared:
        return Prepared(self.statement, [], request.limit, request.timeout_s, self.parameters)

    def locate(self, error: TobitError) -> TobitError:
        position = error.details.pop("position", None)
        if position is not None:
            error.details.update(place(self.statement, Origin(None, position)))
        return error


async def _other(source: OtherSource, request: QueryRequest, principal: Principal) -> _Plain:
    given = {name: parameters.decode(value) for name, value in request.parameters.items()}
    plain = _Plain(request.statement, given)
    try:
        plain.tables = await asyncio.to_thread(source.inspect, principal, request.statement)
    except TobitError as error:
        raise plain.locate(error) from error
    return plain
