"""A Prometheus, or what speaks its HTTP API, as a source."""

from __future__ import annotations

import builtins
import re
import time
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import pyarrow as pa
from pydantic import Field

from tobit_kernel.errors import Refused, SourceUnavailable, StatementError, TimedOut, TobitError
from tobit_kernel.server.sources.fetched.source import Fetched, table_info
from tobit_kernel.server.sources.fetched.wanted import Argument, Wanted
from tobit_kernel.server.sources.fetched.web import Session, Web
from tobit_kernel.server.sources.options import Options, checked_options
from tobit_kernel.server.sources.prometheus.ranges import Query
from tobit_kernel.server.sources.prometheus.samples import empty, table_of
from tobit_kernel.server.sources.source import Record
from tobit_kernel.wire.models import TableInfo

FUNCTION = "promql"
#: How long the list of metrics is good for.
_FRESH_S = 30.0
_PARSE_ERROR = re.compile(r"(?:(?P<line>\d+):)?(?P<column>\d+): parse error: (?P<told>.*)", re.DOTALL)
#: Endings of the series that a histogram or summary consists of.
_PARTS = re.compile(r"_(?:bucket|sum|count|total)$")
_ERRORS = frozenset({400, 422, 503})


class PrometheusOptions(Options):
    """What else can be said about a Prometheus."""

    user: str = Field("", description="login; with one the password is Basic, without one it is a bearer token")
    private: bool = Field(True, description="false: the address may not lead to this machine or an inner network")


class Prometheus(Fetched):
    """The metrics of a Prometheus: ``select * from up``, ``select * from promql('rate(x[5m])', '-1h', 'now')``."""

    type: ClassVar[str] = "prometheus"
    options_model: ClassVar[builtins.type[Options]] = PrometheusOptions

    _known: tuple[float, Mapping[str, TableInfo]] | None = None

    @classmethod
    def of(cls, record: Record) -> Self:
        options = PrometheusOptions.model_validate(checked_options(cls, record.options))
        headers = {}
        if record.password is not None:
            pair = b64encode(f"{options.user}:{record.password}".encode()).decode()
            headers["authorization"] = f"Basic {pair}" if options.user else f"Bearer {record.password}"
        return cls(Web.of(record.location, headers, options.private), record.home)

    def check(self) -> str:
        build = self.quietly(lambda session: self._asked(session, "/api/v1/status/buildinfo"))
        return f"Prometheus {build.get('version', '')}".rstrip() if isinstance(build, dict) else "Prometheus"

    def functions(self) -> frozenset[str]:
        return frozenset({FUNCTION})

    def known(self, session: Session) -> Mapping[str, TableInfo]:
        if self._known is None or self._known[0] < time.monotonic():
            names = self._asked(session, "/api/v1/label/__name__/values")
            try:
                told = self._asked(session, "/api/v1/metadata", {"limit_per_metric": 1})
            except SourceUnavailable:
                told = {}  # others that speak this API know no types and helps
            infos = {str(name).lower(): table_info(str(name), _comment(str(name), told)) for name in names}
            self._known = (time.monotonic() + _FRESH_S, infos)
        return self._known[1]

    def fetch(self, session: Session, wanted: Wanted) -> pa.Table:
        query = self._query(session, wanted)
        return table_of(self._samples(session, query), keep_name=wanted.called)

    def empty(self, session: Session, wanted: Wanted) -> pa.Table:
        if not wanted.called:
            labels = self._asked(session, "/api/v1/labels", {"match[]": self._query(session, wanted).expression})
            return empty([str(label) for label in labels if label != "__name__"])
        query = self._query(session, wanted)  # only Prometheus knows its labels: now is cheaper than a range
        moment = Query(query.expression, query.argument, time.time() if query.end is None else query.end)
        return table_of(self._samples(session, moment), keep_name=True).slice(0, 0)

    def request(self, wanted: Wanted) -> str:
        if not wanted.called:
            return f"query {wanted.name} now"
        query = Query.of(wanted)
        if query.end is None:
            return f"query {query.expression} at {query.start:.0f}"
        return f"query_range {query.expression} from {query.start:.0f} to {query.end:.0f} every {query.step:g} s"

    def _query(self, session: Session, wanted: Wanted) -> Query:
        if wanted.called:
            return Query.of(wanted)
        name = self.known(session)[wanted.name].name.replace("\\", "\\\\").replace('"', '\\"')
        expression = f'{{__name__="{name}"}}'
        return Query(expression, Argument(expression, wanted.position), time.time())

    def _samples(self, session: Session, query: Query) -> Any:
        asked: dict[str, Any] = {"query": query.expression, "timeout": f"{session.left_s:.0f}s"}
        path = "/api/v1/query"
        if query.end is None:
            asked["time"] = f"{query.start:.3f}"
        else:
            path = "/api/v1/query_range"
            asked |= {"start": f"{query.start:.3f}", "end": f"{query.end:.3f}", "step": f"{query.step:g}"}
        return self._asked(session, path, asked, query)

    def _asked(
        self, session: Session, path: str, asked: Mapping[str, Any] | None = None, query: Query | None = None
    ) -> Any:
        answer = session.get(path, asked, expected=_ERRORS)
        data = answer.data if isinstance(answer.data, dict) else {}
        if data.get("status") == "success":
            return data.get("data")
        if "errorType" not in data:
            raise SourceUnavailable(
                f"What answers there ({answer.status}) is no Prometheus.", "Look at the address of the source."
            )
        raise _told(str(data["errorType"]), str(data.get("error", "")), query)


def _comment(name: str, told: Any) -> str | None:
    found = (told.get(name) or told.get(_PARTS.sub("", name))) if isinstance(told, dict) else None
    if not found:
        return None
    return f"{found[0].get('type', '')}: {found[0].get('help', '')}".strip(": ") or None


def _told(kind: str, error: str, query: Query | None) -> TobitError:
    """Our error for Prometheus's; one in the expression has its place in the statement."""
    text = error.replace("\n", " ")[:300]
    if kind in ("timeout", "canceled"):
        return TimedOut()
    if query is None or kind in ("unavailable", "internal"):
        return SourceUnavailable(f"Prometheus can't answer: {text}")
    match = _PARSE_ERROR.search(error)
    if match is None:
        if kind == "unauthorized":
            return Refused(f"Prometheus refuses: {text}")
        return StatementError(text, position=query.argument.position)
    place = _offset(query.expression, int(match["line"] or 1), int(match["column"])) if query.argument.literal else 0
    return StatementError(f"PromQL: {match['told'].strip()[:300]}", position=query.argument.position + place)


def _offset(expression: str, line: int, column: int) -> int:
    """How far into the literal a place of its expression is; Prometheus counts bytes, SQL doubles quotes."""
    lines = expression.split("\n")
    inside = lines[min(line, len(lines)) - 1].encode()[: max(column - 1, 0)].decode(errors="ignore")
    before = "\n".join([*lines[: line - 1], inside])
    return len(before) + before.count("'")
