"""A Redis as a source: asked in its own commands, of which only those that read are run."""

from __future__ import annotations

import builtins
import uuid
from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Self
from urllib.parse import unquote

from pydantic import Field

from tobit_kernel.errors import InputError, NotFound, SourceUnavailable
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.options import Options, checked_options
from tobit_kernel.server.sources.redis.address import Address
from tobit_kernel.server.sources.redis.catalog import Prefix, columns_of, sampled
from tobit_kernel.server.sources.redis.commands import allowed
from tobit_kernel.server.sources.redis.connection import Connection, Failure, quiet
from tobit_kernel.server.sources.redis.lines import lines_of
from tobit_kernel.server.sources.redis.rows import text
from tobit_kernel.server.sources.redis.run import Call, RedisRun, call_of
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record
from tobit_kernel.wire.models import TableDetail, TableInfo


class RedisOptions(Options):
    """What else can be said about a Redis."""

    prefixes: list[Annotated[str, Field(min_length=1)]] = Field(
        default=[], description="only keys that begin with one of these are read; none: all keys"
    )


class Redis:
    """A Redis by URL: ``redis://``, ``rediss://`` (TLS) or ``unix://``; read-only."""

    type: ClassVar[str] = "redis"
    language: ClassVar[str] = "redis"
    options_model: ClassVar[builtins.type[Options]] = RedisOptions

    def __init__(self, address: Address, password: str | None, prefixes: Sequence[str] = ()) -> None:
        self._address, self._password = address, password
        self._prefixes = tuple(prefix.encode() for prefix in prefixes)

    @classmethod
    def of(cls, record: Record) -> Self:
        options = RedisOptions.model_validate(checked_options(cls, record.options))
        return cls(Address.of(record.location), record.password, options.prefixes)

    @classmethod
    def at(cls, url: str) -> Self:
        """The Redis of a setting, whose URL may hold the password: ``redis://user:password@host/0``."""
        head, marked, rest = url.partition("://")
        login, at, place = rest.rpartition("@")
        user, _, password = login.partition(":")
        try:
            address = Address.of(f"{head}{marked}{user}{at}{place}")
        except InputError as error:
            raise InputError("TOBIT_REDIS_URL is not readable.", error.hint) from None
        return cls(address, unquote(password) or None)

    def check(self) -> str:
        connection = quiet(self._address, self._password)
        try:
            [pong, told] = connection.ask([[b"PING"], [b"INFO", b"server"]])
            if isinstance(pong, Failure) and pong.kind != "NOPERM":
                raise SourceUnavailable(f"The Redis refuses: {pong.text[:200]}", "Give its user and --password.")
            lines = (text(told) or "").splitlines()
            version = next((line.partition(":")[2] for line in lines if line.startswith("redis_version:")), "")
            warning = "; its login can write, give it one of its own" if self._writes(connection) else ", read-only"
            return f"Redis {version}".rstrip() + warning
        finally:
            connection.close()

    def tables(self, principal: Principal, pattern: str = "") -> list[TableInfo]:
        return [TableInfo.model_validate(self._info(each)) for each in self._sample() if self._matches(each, pattern)]

    def table(self, principal: Principal, name: str) -> TableDetail:
        found = {prefix.name.lower(): prefix for prefix in self._sample()}
        wanted = name.lower().removeprefix(f"{self._schema}.")
        prefix = found.get(wanted) or found.get(f"{wanted}:")
        if prefix is None:
            near = get_close_matches(wanted, list(found), n=3, cutoff=0.5)
            hint = "Did you mean " + " or ".join(found[each].name for each in near) + "?" if near else ""
            raise NotFound(f"No key begins with {name!r}.", hint or "`%tobit tables --source …` lists what is there.")
        connection = quiet(self._address, self._password)
        try:
            return TableDetail.model_validate({**self._info(prefix), "columns": columns_of(connection, prefix)})
        finally:
            connection.close()

    def inspect(self, principal: Principal, statement: str) -> list[str]:
        keys: dict[str, None] = {}
        for line in lines_of(statement):
            if all(word.parameter is None for word in line.words):
                call = call_of(line, line.bound({}), self._prefixes)
                keys.update((text(key) or "", None) for key in call.keys)
                if call.scan is not None and call.scan.key is None:
                    keys[text(call.scan.match) or "*"] = None
            else:
                shown = [f":{word.parameter}" if word.parameter else text(word.value) or "" for word in line.words]
                allowed(shown, line.start)
                keys.update((word, None) for word in shown if word.startswith(":"))
        return list(keys)

    def start(self, principal: Principal, prepared: Prepared, cancellation: Cancellation) -> RedisRun:
        calls = self._calls(prepared)
        return RedisRun(
            lambda deadline: Connection(self._address, self._password, deadline),
            calls,
            self._prefixes,
            prepared,
            cancellation,
        )

    def explain(self, principal: Principal, prepared: Prepared) -> str:
        rows = [("command", "cost", "keys")]
        for call in self._calls(prepared):
            name = call.scan.command.decode() if call.scan else call.command.name.replace("|", " ")
            keys = " ".join(text(key) or "" for key in call.keys)
            rows.append((f"{name} in steps" if call.scan else name, call.command.cost, keys))
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        return "\n".join(f"{a.ljust(widths[0])}  {b.ljust(widths[1])}  {c}".rstrip() for a, b, c in rows)

    def close(self) -> None:
        """Connections last as long as a statement."""

    def _calls(self, prepared: Prepared) -> list[Call]:
        lines = lines_of(prepared.statement)
        return [call_of(line, line.bound(prepared.parameters), self._prefixes) for line in lines]

    @property
    def _schema(self) -> str:
        return f"db{self._address.database}"

    def _sample(self) -> list[Prefix]:
        connection = quiet(self._address, self._password)
        try:
            return sampled(connection, self._prefixes)
        finally:
            connection.close()

    def _info(self, prefix: Prefix) -> dict[str, object]:
        return {
            "schema": self._schema, "name": prefix.name, "type": "table", "rows": prefix.keys, "comment": prefix.comment
        }  # fmt: skip

    def _matches(self, prefix: Prefix, pattern: str) -> bool:
        full, wanted = f"{self._schema}.{prefix.name}".lower(), pattern.lower()
        if "*" in wanted or "?" in wanted:
            return fnmatchcase(full if "." in wanted else prefix.name.lower(), wanted)
        return wanted in full

    def _writes(self, connection: Connection) -> bool:
        """Whether the login could write. PERSIST on a key that nobody has changes nothing."""
        [user] = connection.ask([[b"ACL", b"WHOAMI"]])
        key = (self._prefixes[0] if self._prefixes else b"") + f"tobit:{uuid.uuid4()}".encode()
        if isinstance(user, bytes):
            [told] = connection.ask([[b"ACL", b"DRYRUN", user, b"SET", key, b""]])
            if isinstance(told, bytes):
                return told == b"OK"
        [told] = connection.ask([[b"PERSIST", key]])
        return not isinstance(told, Failure)
