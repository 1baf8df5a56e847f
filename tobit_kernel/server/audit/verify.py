"""Checks every row against its seal, every seal against the one before it and against the anchor.

One pass over the seals and one over the rows, month by month, both by cursors of the server, in one snapshot:
nothing is kept in memory but what is looked at, and whatever is sealed or dropped meanwhile does not matter.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import psycopg

from tobit_kernel.server.audit import months
from tobit_kernel.server.audit.anchor import Anchor
from tobit_kernel.server.audit.canonical import COVERED, ERASABLE, digest_of, plain_json, row_bytes
from tobit_kernel.server.audit.chain import COLUMNS, NOTHING, Keys, Link, Seal
from tobit_kernel.server.audit.findings import Findings
from tobit_kernel.server.audit.sealing import ROWS, seal_of
from tobit_kernel.server.store.address import Address
from tobit_kernel.wire.audit import Verification

#: Hears how many rows were checked, of how many.
Report = Callable[[int, int], None]
#: Rows that the server sends at a time, and after which progress is told.
FETCH_ROWS = 5000

_MONTH = files(__package__).joinpath("verified.sql").read_text("utf-8").replace("{{rows}}", ROWS)
_SEALS = f"select {', '.join(COLUMNS)} from gate.audit_seal"  # noqa: S608 - our own words
_SPAN = "select min(at), max(at) from gate.audit"
_WIDTH = len(COVERED)
#: Erasable columns that an erasure leaves empty: all but actor and resource.
_EMPTIED = slice(2, None)


@dataclass
class _Chain:
    """What the seals say."""

    seals: int = 0
    anchored: int = 0
    upto: tuple[int, int] = (-1, -1)
    rows: dict[date, int] = field(default_factory=dict)
    dropped: dict[date, datetime] = field(default_factory=dict)


class Verifier:
    """One verification; ``run`` blocks."""

    def __init__(self, app: Address, keys: Keys, anchor: Anchor, report: Report) -> None:
        self._app, self._keys, self._anchor, self._report = app, keys, anchor, report
        self._found = Findings()
        self._chain = _Chain()
        self._rows = self._erased = self._unsealed = 0
        self._unsealed_since: datetime | None = None

    def run(self) -> Verification:
        """What is wrong, if anything. Whatever ``report`` raises ends it."""
        began = time.perf_counter()
        with self._app.connect() as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            connection.execute("set local statement_timeout = 0")
            self._check_seals(connection)
            first, last = connection.execute(_SPAN).fetchone() or (None, None)
            for month in self._months(first, last):
                self._check_month(connection, month)
            connection.rollback()
        chain = self._chain
        return Verification(
            intact=not self._found.total,
            findings=self._found.items,
            rows=self._rows,
            seals=chain.seals,
            anchored=chain.anchored,
            unsealed=self._unsealed,
            unsealed_since=self._unsealed_since,
            erased=self._erased,
            dropped=[f"{month:%Y-%m} on {at:%Y-%m-%d}" for month, at in sorted(chain.dropped.items())],
            first_at=first,
            last_at=last,
            elapsed_ms=(time.perf_counter() - began) * 1000,
        )

    # -- seals ------------------------------------------------------------------

    def _check_seals(self, connection: psycopg.Connection[Any]) -> None:
        chain, before = self._chain, NOTHING
        anchored = _Anchored(self._anchor, self._found)
        for seal in _seals(connection, "seals", f"{_SEALS} order by seq"):
            if seal.seq != chain.seals + 1:
                gap = f"Seals {chain.seals + 1}–{seal.seq - 1} are missing."
                self._found.about("seal", gap)
                before = seal.previous
            if not self._is_ours(seal, before):
                self._found.about("seal", f"Seal {seal.seq} over {seal.named} was changed.", seal)
            chain.seals, before = seal.seq, seal.hmac
            chain.upto = max(chain.upto, seal.upto)
            anchored.compare(seal)
            if seal.kind == "drop":
                chain.dropped[seal.month] = seal.at
            else:
                chain.rows[seal.month] = chain.rows.get(seal.month, 0) + seal.rows
        anchored.end(chain.seals)
        chain.anchored = anchored.last

    def _is_ours(self, seal: Seal, before: bytes) -> bool:
        """Whether the seal follows ``before`` and was made with a key of ours; an unknown key is told here."""
        if seal.key not in self._keys:
            message = f"Seal {seal.seq} was made with the key {seal.key}, which is not here."
            self._found.about("key", message, seal)
            return True
        right = hmac.compare_digest(self._keys.mac(seal.key, seal.content()), seal.hmac)
        return right and seal.previous == before

    # -- rows -------------------------------------------------------------------

    def _months(self, first: datetime | None, last: datetime | None) -> Iterator[date]:
        """Months that have rows or should have, in order."""
        known = {month for month in self._chain.rows if month not in self._chain.dropped}
        if first is not None and last is not None:
            month, end = months.month_of(first), months.month_of(last)
            while month <= end:
                known.add(month)
                month = months.following(month)
        return iter(sorted(known))

    def _check_month(self, connection: psycopg.Connection[Any], month: date) -> None:
        total = sum(rows for month, rows in self._chain.rows.items() if month not in self._chain.dropped)
        gone = month in self._chain.dropped
        wanted = f"{_SEALS} where kind = 'rows' and month = '{month}' order by seq"
        open_ = _Open(self._keys, self._found, iter(()) if gone else _seals(connection, "month", wanted))
        with connection.cursor(name="rows") as cursor:
            cursor.itersize = FETCH_ROWS
            for row in cursor.execute(_MONTH, {"first": _start(month), "next": _start(months.following(month))}):
                self._rows += 1
                if self._rows % FETCH_ROWS == 0:
                    self._report(self._rows, max(total, self._rows))
                self._check_row(open_, row)
        open_.upto(None)

    def _check_row(self, seals: _Open, row: tuple[Any, ...]) -> None:
        number, turn, when = row[0], row[1], row[_WIDTH]
        place = turn, number
        seal = seals.upto(place)
        if seal is not None and place > seal.after:
            seals.link.add(row_bytes(row[:_WIDTH]))
        elif place <= self._chain.upto:
            self._found.row("inserted", "was inserted: it has no seal, though later ones have", number, when)
        else:
            self._unsealed += 1
            self._unsealed_since = min(self._unsealed_since or when, when)
        self._check_content(row, number, when)

    def _check_content(self, row: tuple[Any, ...], number: int, when: datetime) -> None:
        """Whether the row's text is what its digest covers, or was erased by the gate."""
        digest, salt, proof, told = row[_WIDTH - 1], row[_WIDTH + 1], row[_WIDTH + 2], list(row[_WIDTH + 3 :])
        if digest is None:
            self._found.row("inserted", "was inserted past the gate", number, when)
        elif salt is None:
            self._erased += 1
            emptied = all(value is None for value in told[_EMPTIED])
            if proof is None or not emptied or not self._keys.proves(proof, (number, digest, told[0], told[1])):
                self._found.row("edited", "was emptied, and not by the gate", number, when)
        else:
            told[-2:] = [value and plain_json(json.loads(value)) for value in told[-2:]]
            if digest_of(salt, dict(zip(ERASABLE, told, strict=True))).hex() != digest:
                self._found.row("edited", "was edited: its text is not what was written", number, when)


class _Open:
    """The seals of a month, opened one after the other while its rows go by."""

    def __init__(self, keys: Keys, found: Findings, seals: Iterator[Seal]) -> None:
        self._keys, self._found, self._seals = keys, found, seals
        self._seal: Seal | None = None
        self._next()

    def upto(self, place: tuple[int, int] | None) -> Seal | None:
        """The seal that reaches ``place``, those before it closed and compared; None (also at the end) for none."""
        while self._seal is not None and (place is None or place > self._seal.upto):
            if self._seal.key in self._keys and (
                self.link.head != self._seal.head or self.link.rows != self._seal.rows
            ):
                self._found.sealed(self._seal, self.link.rows)
            self._next()
        return self._seal

    def _next(self) -> None:
        self._seal = next(self._seals, None)
        if self._seal is not None:
            key = self._seal.key if self._seal.key in self._keys else self._keys.newest
            self.link = Link(self._keys, key, self._seal.previous)


class _Anchored:
    """The lines of the anchor beside the seals."""

    def __init__(self, anchor: Anchor, found: Findings) -> None:
        self._heads, self._found = anchor.heads(), found
        self._now = next(self._heads, None)
        self.last = 0

    def compare(self, seal: Seal) -> None:
        """Takes all lines up to ``seal``; its own must have its HMAC."""
        while self._now is not None and self._now[0] <= seal.seq:
            number, head, at = self._now
            if number == seal.seq and head != seal.hmac.hex():
                self._found.about("anchor", f"Seal {number} is not the one that was anchored at {at}.", seal)
            elif number < self.last:
                self._found.about("cut off", f"The anchor goes back to seal {number} at {at}: seals were cut off.")
            self.last = max(self.last, number)
            self._now = next(self._heads, None)

    def end(self, last_seal: int) -> None:
        """What is left in the anchor has no seal any more."""
        first = None
        while self._now is not None:
            if self._now[0] > last_seal:
                first = first or self._now
                last = self._now
            self.last = max(self.last, self._now[0])
            self._now = next(self._heads, None)
        if first is not None:
            span = f"{first[0]}–{last[0]} (anchored {first[2]} – {last[2]})"
            self._found.about("cut off", f"The end is cut off: seals {span} are gone with their rows.")


def _seals(connection: psycopg.Connection[Any], name: str, query: str) -> Iterator[Seal]:
    with connection.cursor(name=name) as cursor:
        cursor.itersize = FETCH_ROWS
        for row in cursor.execute(query.encode()):
            yield seal_of(row)


def _start(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=UTC)
