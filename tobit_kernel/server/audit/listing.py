"""Audit rows that somebody wants to see: pages with a true total, CSV, everything about a person."""

from __future__ import annotations

import csv as csv_
import io
import json
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import astuple, dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.wire.audit import AuditRow

#: Rows per piece of an export.
PIECE_ROWS = 1000
#: Countings that are remembered.
TOTALS = 200

_HERE = files(__package__)
_COLUMNS = _HERE.joinpath("columns.sql").read_text("utf-8")
_PAGE = _HERE.joinpath("page.sql").read_text("utf-8").replace("{{columns}}", _COLUMNS)
#: Conditions: rows by a person, and rows by others about them.
OWN, ABOUT = (_HERE.joinpath(name).read_text("utf-8") for name in ("own.sql", "about.sql"))
#: What was sealed does not change but by retention, which leaves a seal, or erasure, which changes no number.
_SEALED = text(
    "select upto_turn, upto_id, (select count(*) from gate.audit_seal where kind = 'drop') as drops"
    " from gate.audit_seal order by seq desc limit 1"
)
_HEADERS = list(AuditRow.model_fields)
#: A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_CONDITIONS = {
    "tenant": "tenant_id = :tenant",
    "own": "actor = :own",
    "actor": "actor = :actor",
    "action": "(action = :action or action like :below)",
    "outcome": "outcome = :outcome",
    "source": "source = :source",
    "resource": "resource ilike :resource",
    "since": "at >= :since",
    "until": "at < :until",
    "text": "(statement ilike :text or action ilike :text or resource ilike :text or actor ilike :text"
    " or reason ilike :text or cast(before as text) ilike :text or cast(after as text) ilike :text)",
}


@dataclass(frozen=True)
class Wanted:
    """Which rows; empty means any.

    ``tenant`` None is for those who see all. ``action`` takes the ones below too: ``source`` finds ``source.add``.
    ``outcome`` is ``ok``, ``failed`` (any other) or the name of an error. ``own`` is an actor that nobody chooses.
    """

    tenant: str | None
    own: str | None = None
    actor: str | None = None
    action: str | None = None
    outcome: str | None = None
    source: str | None = None
    resource: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None

    def condition(self) -> str:
        """The SQL condition over ``gate.audit``."""
        found = [sql for name, sql in _CONDITIONS.items() if getattr(self, name)]
        if self.outcome == "failed":
            found = [sql if sql != _CONDITIONS["outcome"] else "outcome <> 'ok'" for sql in found]
        return " and ".join(found) or "true"

    def values(self) -> dict[str, Any]:
        """The values of its parameters."""
        given = {name: value for name in _CONDITIONS if (value := getattr(self, name))}
        for name in ("resource", "text"):
            if name in given:
                given[name] = f"%{_escaped(given[name])}%"
        if self.action:
            given["below"] = f"{_escaped(self.action)}.%"
        if self.outcome == "failed":
            del given["outcome"]
        return given


class Totals:
    """Exact numbers of rows, counted once: afterwards only the rows since are."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Any, ...], tuple[tuple[int, int], int]] = OrderedDict()

    async def of(self, connection: AsyncConnection, wanted: Wanted) -> int:
        """How many rows are ``wanted`` in the snapshot of ``connection``."""
        sealed = (await connection.execute(_SEALED)).first()
        place = (sealed.upto_turn, sealed.upto_id) if sealed else (-1, -1)
        key = (*astuple(wanted), sealed.drops if sealed else 0)
        new = await self._count(connection, wanted, place)
        since, counted = self._known.get(key, (None, 0))
        if since is None or since > place:  # nothing counted yet, or another chain: all, from the index alone
            counted = await self._count(connection, wanted, None) - new
        elif since < place:
            counted += await self._count(connection, wanted, since) - new
        self._known[key] = place, counted
        self._known.move_to_end(key)
        if len(self._known) > TOTALS:
            self._known.popitem(last=False)
        return counted + new

    async def _count(self, connection: AsyncConnection, wanted: Wanted, after: tuple[int, int] | None) -> int:
        values = wanted.values()
        condition = wanted.condition()
        if after is not None:
            condition += " and (turn, id) > (:after_turn, :after_id)"
            values |= {"after_turn": after[0], "after_id": after[1]}
        count = text(f"select count(*) from gate.audit where {condition}")  # noqa: S608 - our own words
        return int(await connection.scalar(count, values) or 0)


async def page(
    engine: AsyncEngine, totals: Totals, wanted: Wanted, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Rows, newest first, and how many there are in all, of one moment."""
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
    async with snapshot.connect() as connection:
        total = await totals.of(connection, wanted)
        there = max(0, min(limit, total - offset))
        if not there:
            return [], total
        # The nearer end is where it begins to count off.
        from_end = offset > total // 2
        order, skipped = ("asc", total - offset - there) if from_end else ("desc", offset)
        # Of all tenants there is an index by turn only; that is the order of time, but for moments.
        words = {"conditions": wanted.condition(), "order": order, "by": "at" if wanted.tenant else "turn"}
        found = await connection.execute(
            text(_filled(_PAGE, words)),
            {**wanted.values(), "limit": there, "offset": skipped},
        )
        return [dict(row) for row in found.mappings()], total


async def csv(engine: AsyncEngine, wanted: Wanted) -> AsyncIterator[str]:
    """All rows as CSV with a header, newest first, piece by piece."""
    yield _written([_HEADERS])
    query = f"select {_COLUMNS} from gate.audit a where {wanted.condition()} order by a.at desc, a.id desc"  # noqa: S608
    async with engine.connect() as connection:
        found = await connection.stream(text(query), wanted.values())
        async for rows in found.partitions(PIECE_ROWS):
            yield _written([[_cell(value) for value in row] for row in rows])


async def lines_about(engine: AsyncEngine, tenant: str, person: str) -> AsyncIterator[str]:
    """Rows by or about a person as lines of JSON, oldest first."""
    about = f"({OWN})\nor ({ABOUT})"
    query = f"select {_COLUMNS} from gate.audit a where {about} order by a.at, a.id"  # noqa: S608 - our own words
    async with engine.connect() as connection:
        found = await connection.stream(text(query), {"tenant": tenant, "person": person})
        async for row in found.mappings():
            yield AuditRow.model_validate(dict(row)).model_dump_json() + "\n"


def _filled(template: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        template = template.replace("{{" + name + "}}", word)
    return template


def _written(rows: list[list[Any]]) -> str:
    out = io.StringIO()
    csv_.writer(out).writerows(rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
