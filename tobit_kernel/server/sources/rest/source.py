"""A web server with JSON as a source."""

from __future__ import annotations

import builtins
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import quote

import pyarrow as pa

from tobit_kernel.errors import InputError, StatementError
from tobit_kernel.server.sources.fetched.source import Fetched, table_info
from tobit_kernel.server.sources.fetched.wanted import Argument, Wanted
from tobit_kernel.server.sources.fetched.web import Session, Web
from tobit_kernel.server.sources.options import Options, checked_options
from tobit_kernel.server.sources.rest.columns import table_of
from tobit_kernel.server.sources.rest.endpoints import Endpoint, Parameter, RestOptions
from tobit_kernel.server.sources.rest.pages import rows_of
from tobit_kernel.server.sources.source import Record
from tobit_kernel.wire.models import TableInfo


class Rest(Fetched):
    """Endpoints as tables: ``select * from lines``, ``select * from issues(state => 'open')``."""

    type: ClassVar[str] = "rest"
    options_model: ClassVar[builtins.type[Options]] = RestOptions

    def __init__(self, web: Web, home: Path, endpoints: Mapping[str, Endpoint]) -> None:
        super().__init__(web, home)
        self._endpoints = endpoints

    @classmethod
    def of(cls, record: Record) -> Self:
        options = RestOptions.model_validate(checked_options(cls, record.options))
        web = Web.of(record.location, _headers(options, record.password), options.private)
        return cls(web, record.home, {endpoint.name: endpoint for endpoint in options.endpoints})

    def check(self) -> str:
        plain = next((endpoint for endpoint in self._endpoints.values() if not endpoint.needs), None)
        if plain is None:
            self.quietly(lambda session: session.reach())
        else:
            self.quietly(lambda session: self._rows(session, plain, Wanted(plain.name, 0), most=1))
        return f"{len(self._endpoints)} endpoint{'' if len(self._endpoints) == 1 else 's'}"

    def functions(self) -> frozenset[str]:
        return frozenset(self._endpoints)

    def known(self, session: Session) -> Mapping[str, TableInfo]:
        return {name: table_info(name, _comment(endpoint)) for name, endpoint in self._endpoints.items()}

    def fetch(self, session: Session, wanted: Wanted) -> pa.Table:
        endpoint = self._endpoints[wanted.name]
        return table_of(endpoint, self._rows(session, endpoint, wanted))

    def empty(self, session: Session, wanted: Wanted) -> pa.Table:
        endpoint = self._endpoints[wanted.name]
        if endpoint.columns or (endpoint.needs and not wanted.called):
            return table_of(endpoint, [])
        return table_of(endpoint, self._rows(session, endpoint, wanted, most=1)).slice(0, 0)

    def request(self, wanted: Wanted) -> str:
        endpoint = self._endpoints[wanted.name]
        paging = f", pages by {endpoint.paging.style}" if endpoint.paging else ""
        return f"GET {endpoint.path}{paging}"

    def _rows(self, session: Session, endpoint: Endpoint, wanted: Wanted, most: int | None = None) -> list[Any]:
        given = _given(endpoint, wanted)
        path = endpoint.path
        for name in endpoint.in_path:
            path = path.replace(f"{{{name}}}", _step(given.pop(name), wanted))
        query = {endpoint.params[name].sent_as or name: value for name, value in given.items()}
        return rows_of(session, self.web, endpoint, path, query, most)


def _headers(options: RestOptions, password: str | None) -> dict[str, str]:
    headers = dict(options.headers)
    if password is None:
        return headers
    if not password.isprintable() or not password.isascii():
        raise InputError("The password has letters that no header can carry.", "Give the token as the server wrote it.")
    if options.auth == "basic":
        return headers | {"authorization": f"Basic {b64encode(f'{options.user}:{password}'.encode()).decode()}"}
    if options.auth == "bearer":
        return headers | {"authorization": f"Bearer {password}"}
    return headers | {options.header.lower(): password}


def _comment(endpoint: Endpoint) -> str | None:
    names = [*endpoint.in_path, *(name for name in endpoint.params if name not in endpoint.in_path)]
    written = ", ".join(f"{name}{'' if name in endpoint.needs else '?'}" for name in names)
    call = f"{endpoint.name}({written})" if written else ""
    return "; ".join(part for part in (endpoint.description, call) if part) or None


def _given(endpoint: Endpoint, wanted: Wanted) -> dict[str, str]:
    """The parameters of a call as texts, with defaults; ``StatementError`` for one that does not fit."""
    names = endpoint.in_path  # their order is the path's; a database does not keep the order of the others
    written = ", ".join(f"{name} => …" for name in endpoint.params)
    usage = f"Write {endpoint.name}({written})." if written else "It takes none."
    if len(wanted.arguments) > len(names):
        raise StatementError(f"{endpoint.name} takes its parameters by name.", usage, position=wanted.position)
    found = {name: parameter.default for name, parameter in endpoint.params.items() if parameter.default is not None}
    texts = {
        name: _text(endpoint.params[name], Argument(value, wanted.position), name) for name, value in found.items()
    }
    for name, argument in [*zip(names, wanted.arguments, strict=False), *wanted.named]:
        if name not in endpoint.params:
            raise StatementError(f"{endpoint.name} has no parameter {name!r}.", usage, position=wanted.position)
        if argument.value is not None:
            texts[name] = _text(endpoint.params[name], argument, name)
    missing = [name for name in endpoint.needs if name not in texts]
    if missing:
        raise StatementError(f"{endpoint.name} needs {missing[0]!r}.", usage, position=wanted.position)
    return texts


def _text(parameter: Parameter, argument: Argument, name: str) -> str:
    value, kind = argument.value, parameter.type
    try:
        if kind == "integer" and not isinstance(value, bool) and int(value) == float(value):
            return str(int(value))
        if kind == "number" and not isinstance(value, bool):
            return f"{float(value):.17g}"
        if kind == "boolean" and isinstance(value, bool):
            return "true" if value else "false"
        if kind == "date":
            return (value if isinstance(value, date) else datetime.fromisoformat(value)).strftime("%Y-%m-%d")
        if kind == "timestamp":
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
        if kind == "text" and isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
    except (ValueError, TypeError, OverflowError):
        pass
    raise StatementError(f"{str(value)[:40]!r} is no {kind} for {name!r}.", position=argument.position)


def _step(value: str, wanted: Wanted) -> str:
    """A value as one step of a path: it can't lead to another path."""
    if value in ("", ".", "..") or not value.isprintable():
        raise StatementError(f"{value[:40]!r} can't stand in a path.", position=wanted.position)
    return quote(value, safe="")
