"""The registered sources of each tenant, and the live objects made from them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import Conflict, InputError, NotFound, Refused, TobitError
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.identity.refusal import require
from tobit_kernel.server.identity.scopes import Dimension
from tobit_kernel.server.sources.options import checked_options, refuse_secret
from tobit_kernel.server.sources.source import Record, Source
from tobit_kernel.server.sources.table import Row, Table, info
from tobit_kernel.server.sources.trial import TYPES, tested, tried
from tobit_kernel.server.store.secrets import Secrets
from tobit_kernel.wire.sources import SourceChange, SourceDraft, SourceInfo, SourceTest

#: Name of the workbench's own database; nobody registers it.
WORKBENCH = "workbench"
#: The tenant of whoever runs the gate; what a setting names is theirs.
OWN_TENANT = "default"


class BuiltIn(NamedTuple):
    """A source that is always there, by a name that nobody can register."""

    source: Source
    description: str
    #: Whose it is; None: the source itself keeps tenants apart.
    tenant: str | None = None
    #: What its rows are told apart by and can't be limited to: who sees only a part of it sees nothing here.
    whole: frozenset[Dimension] = frozenset()


class Sources:
    """Looks sources up by name for a principal; opens each once and keeps it open."""

    def __init__(self, engine: AsyncEngine, workbench: Source, secrets: Secrets, home: Path) -> None:
        self._table, self._secrets, self._home = Table(engine), secrets, home
        #: By name, in the order they are listed.
        self.built_in: dict[str, BuiltIn] = {WORKBENCH: BuiltIn(workbench, "The workbench's own database")}
        self._open: dict[tuple[str, str], tuple[Record, Source]] = {}

    async def get(self, principal: Principal, name: str) -> Source:
        """The live source; ``NotFound`` names what there is."""
        if not self._visible(principal, name):
            raise await self._unknown(principal, name)
        if name in self.built_in:
            _refuse_part(principal, name, self.built_in[name].whole)
            return self.built_in[name].source
        record = await self._record(principal, name)
        if TYPES[record.type].language != "sql":
            _refuse_part(principal, name, _dimensions(record.options))
        kept = self._open.get((principal.tenant, name))
        if kept is not None and kept[0] == record:
            return kept[1]
        source: Source = TYPES[record.type].of(record)
        self._open[principal.tenant, name] = (record, source)
        if kept is not None:
            await asyncio.to_thread(kept[1].close)
        return source

    def options(self, principal: Principal, name: str) -> Mapping[str, Any]:
        """What a source that ``get`` gave was told beside its address."""
        kept = self._open.get((principal.tenant, name))
        return kept[0].options if kept is not None and name not in self.built_in else {}

    async def known(self, principal: Principal, pattern: str = "") -> list[SourceInfo]:
        """The built-in ones first, then the registered ones by name."""
        own = [
            SourceInfo(name=name, type=each.source.type if name != WORKBENCH else name, description=each.description)
            for name, each in self.built_in.items()
        ]
        known = [*own, *(info(row) for row in await self._table.all(principal.tenant))]
        known[0].state = "up"  # it has just told the others
        wanted = pattern.strip("*").lower()
        return [each for each in known if wanted in each.name and self._visible(principal, each.name)]

    def _visible(self, principal: Principal, name: str) -> bool:
        """Whether the caller may know of a source; one they may not is as if it were not there."""
        if name in self.built_in and self.built_in[name].tenant not in (None, principal.tenant):
            return False
        return principal.may(Permission.READ, f"source/{name}")

    async def add(self, principal: Principal, draft: SourceDraft) -> SourceInfo:
        """Registers a source once it has answered; nothing is kept of one that does not."""
        record = self._drafted(principal, draft)
        if await self._table.one(principal.tenant, draft.name) is not None:
            raise self._taken(draft.name)
        detail = await tried(record)
        row = await self._table.insert(principal.tenant, principal.user, self._values(record, detail=detail[:500]))
        if row is None:
            raise self._taken(draft.name)
        return info(row)

    async def change(self, principal: Principal, name: str, change: SourceChange) -> SourceInfo:
        """The source with ``change``, once it has answered so; a new location needs the password again."""
        row = await self._row(principal, name)
        given = change.model_dump(exclude_unset=True, exclude_none=True)
        password = given.pop("password", None)
        moved = given.get("location", row["location"]) != row["location"]
        if moved and row["secret"] and password is None:
            raise InputError(
                "A new location needs the password again.",
                "Add --password: the stored one is not sent to another place than it was given for.",
            )
        record = replace(self._made(row if password is None else {**row, "secret": None}), **given)
        if password is not None:
            record = replace(record, password=password.get_secret_value() or None)
        self._check(principal, record)
        seen = {each: row[each] for each in ("state", "detail", "checked_at")}
        if set(change.model_fields_set) - {"description"}:
            seen = {"state": "up", "detail": (await tried(record))[:500], "checked_at": datetime.now(UTC)}
        changed = await self._table.change(principal.tenant, principal.user, self._values(record, **seen))
        if changed is None:
            raise await self._unknown(principal, name)
        return info(changed)

    async def remove(self, principal: Principal, name: str) -> None:
        """Forgets a source and its password; the data behind it stays."""
        self._refuse_built_in(name)
        if not self._visible(principal, name) or not await self._table.delete(principal.tenant, name):
            raise await self._unknown(principal, name)
        kept = self._open.pop((principal.tenant, name), None)
        if kept is not None:
            await asyncio.to_thread(kept[1].close)

    async def test(self, principal: Principal, name: str) -> SourceTest:
        """Whether a source answers now; the listing shows it from then on."""
        if name in self.built_in:
            record = Record(principal.tenant, name, name, "", self._home)
            return await tested(record, source=(await self.get(principal, name)))
        return await self._look(await self._row(principal, name))

    async def test_draft(self, principal: Principal, draft: SourceDraft) -> SourceTest:
        """Whether a source that is not registered would answer."""
        return await tested(self._drafted(principal, draft))

    async def look_around(self, within_s: float, most: int) -> None:
        """Asks sources of all tenants that are due, at most ``most`` at a time, how they are."""
        rows = await self._table.claim(within_s, most)
        await asyncio.gather(*(self._look(row) for row in rows))

    async def close(self) -> None:
        """Lets go of every connection."""
        own = [each.source for each in self.built_in.values()]
        for source in [*(source for _, source in self._open.values()), *own]:
            await asyncio.to_thread(source.close)
        self._open.clear()

    # -- steps ---------------------------------------------------------------

    async def _look(self, row: Row) -> SourceTest:
        try:
            test = await tested(self._made(row))
        except TobitError as error:  # a type that is not installed any more, a key that is gone
            test = SourceTest(state="down", detail=error.message, elapsed_ms=0)
        await self._table.note(row["tenant_id"], row["name"], test)
        return test

    async def _row(self, principal: Principal, name: str) -> Row:
        self._refuse_built_in(name)
        row = await self._table.one(principal.tenant, name) if self._visible(principal, name) else None
        if row is None:
            raise await self._unknown(principal, name)
        return row

    async def _record(self, principal: Principal, name: str) -> Record:
        return self._made(await self._row(principal, name))

    def _made(self, row: Row) -> Record:
        tenant = row["tenant_id"]
        password = self._secrets.decrypt(tenant, bytes(row["secret"])) if row["secret"] else None
        return Record(
            tenant,
            row["name"],
            row["type"],
            row["location"],
            self._home,
            row["description"],
            password,
            row["options"],
        )

    def _drafted(self, principal: Principal, draft: SourceDraft) -> Record:
        self._refuse_built_in(draft.name)
        if draft.type == WORKBENCH:
            raise Refused("The workbench's own database is always there.", "Choose another type.")
        record = Record(
            principal.tenant,
            draft.name,
            draft.type,
            draft.location,
            self._home,
            draft.description,
            draft.password.get_secret_value() or None if draft.password else None,
            draft.options,
        )
        self._check(principal, record)
        return record

    def _check(self, principal: Principal, record: Record) -> None:
        if _is_of_this_machine(record.location):
            # It is read with the rights of the gate's own account, which are those of all tenants.
            require(principal, Permission.ADMINISTER)
        refuse_secret(record.location)
        checked_options(TYPES[record.type], record.options)

    def _values(self, record: Record, **more: object) -> Row:
        sealed = self._secrets.encrypt(record.tenant, record.password) if record.password else None
        plain = ("name", "type", "location", "description", "options")
        return {**{each: getattr(record, each) for each in plain}, "secret": sealed, **more}

    def _refuse_built_in(self, name: str) -> None:
        if name in self.built_in:
            raise Refused(f"Source {name!r} is always there and is not registered.", "Choose another name.")

    def _taken(self, name: str) -> Conflict:
        return Conflict(
            f"There is a source {name!r} already.",
            f"`%tobit sources --set {name} …` changes it, `--remove {name}` forgets it.",
        )

    async def _unknown(self, principal: Principal, name: str) -> NotFound:
        names = ", ".join(each.name for each in await self.known(principal))
        return NotFound(f"There is no source {name!r}.", f"There are: {names}; notebook frames: --source local.")


def _is_of_this_machine(location: str) -> bool:
    """Whether an address is a file, folder or socket here: no host, or one that is a path."""
    try:
        address = urlsplit(location)
    except ValueError:  # what can't be read may be anything
        return True
    told = f"{unquote(address.query)} {unquote(address.path)}"
    host = (address.hostname or "").lower()
    paths = [each for each in told.split("host=")[1:] if each.lstrip("'\"").startswith(("/", "@"))]
    named = host and "%2f" not in host and not paths and "unix_socket=" not in told
    return not named or address.scheme.startswith(("file", "sqlite", "duckdb", "unix"))


def _dimensions(options: Mapping[str, Any]) -> frozenset[Dimension]:
    return frozenset(Dimension(each) for limits in options.get("scoped", {}).values() for each in limits)


def _refuse_part(principal: Principal, name: str, dimensions: frozenset[Dimension]) -> None:
    """``Refused`` where the caller sees only some rows and the source can't show only those."""
    lacking = sorted(each.value for each in dimensions if principal.scopes.sees(each) is not None)
    if lacking:
        raise Refused(
            f"Source {name!r} can't be limited to what you see by {', '.join(lacking)}.",
            "Ask the workbench with SQL, which shows your part; or ask a manager for more: `%tobit users --show-rows`.",
        )
