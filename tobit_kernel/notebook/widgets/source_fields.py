"""The fields of a source, by its type: what it needs beside a name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tobit_kernel.errors import InputError
from tobit_kernel.notebook.display.words import say
from tobit_kernel.notebook.widgets import pieces


@dataclass(frozen=True)
class Kind:
    """A type: what its location is called and looks like, whether it signs in, options that have a field."""

    location: str
    example: str
    signs_in: bool = True
    #: Option → its field with a value that it may have already.
    options: tuple[tuple[str, Callable[[Any], Any]], ...] = ()


def _prefixes(value: Any) -> Any:
    return pieces.text(say("Key prefixes"), ", ".join(value or []), say("ci:, build: (none: all keys)"))


def _user(value: Any) -> Any:
    return pieces.text(say("Login"), value or "")


def _connections(value: Any) -> Any:
    return pieces.number(say("At a time"), value or 4, 1, 32)


def _auth(value: Any) -> Any:
    return pieces.choice(say("Signs in by"), ["bearer", "basic", "header"], value or "bearer")


def _endpoints(value: Any) -> Any:
    example = '[{"name": "issues", "path": "/api/issues"}]'
    return pieces.lines(say("Endpoints (JSON)"), pieces.pretty(value) if value else "", example)


_ADDRESS, _FOLDER = "Address", "File or folder"

KINDS: dict[str, Kind] = {
    "postgresql": Kind(_ADDRESS, "postgresql://reader@db.plant.kr:5432/plant"),
    "sqlalchemy": Kind(_ADDRESS, "mysql://reader@db.plant.kr/plant", options=(("connections", _connections),)),
    "duckdb": Kind(_FOLDER, "/data/plant.duckdb", signs_in=False),
    "files": Kind(_FOLDER, "/data/logs", signs_in=False),
    "bolt": Kind(_ADDRESS, "bolt://reader@graph.plant.kr:7687"),
    "redis": Kind(_ADDRESS, "redis://reader@cache.plant.kr:6379/0", options=(("prefixes", _prefixes),)),
    "prometheus": Kind(_ADDRESS, "https://metrics.plant.kr", options=(("user", _user),)),
    "rest": Kind(
        _ADDRESS, "https://api.plant.kr", options=(("endpoints", _endpoints), ("auth", _auth), ("user", _user))
    ),
}
#: Any other type that an installed package brings.
OTHER = Kind(_ADDRESS, "")


class Fields:
    """The fields of a type, filled from ``known`` (a source as the gate tells it) or empty."""

    def __init__(self, kind: str, known: dict[str, Any] | None = None) -> None:
        self._kind, self._known = KINDS.get(kind, OTHER), known or {}
        options = dict(self._known.get("options") or {})
        self._own = {name: field(options.pop(name, None)) for name, field in self._kind.options}
        self.location = pieces.text(say(self._kind.location), self._known.get("location", ""), self._kind.example)
        self.description = pieces.text(say("Description"), self._known.get("description", ""))
        kept = say("leave empty to keep the present one") if known else say("encrypted at once, never shown")
        self.password = pieces.secret(say("Password"), kept)
        self.forget = pieces.check(say("forget the present password"))
        rest = pieces.pretty(options) if options else ""
        self.more = pieces.lines(say("Options (JSON)"), rest, '{"scoped": {"mfg.runs": {"line": "line_code"}}}')
        self.widgets: list[Any] = [self.location]
        if self._kind.signs_in:
            self.widgets += [self.password, *([self.forget] if known else [])]
        self.widgets += [*self._own.values(), self.description, self.more]

    def body(self) -> dict[str, Any]:
        """What the gate is told; of a known source only what differs. ``InputError`` for what is no JSON."""
        given: dict[str, Any] = {
            "location": self.location.value.strip(),
            "description": self.description.value.strip(),
            "options": self._options(),
        }
        if self._known:
            given = {name: value for name, value in given.items() if value != self._known.get(name)}
        if self.password.value:
            given["password"] = self.password.value
        elif self.forget.value:
            given["password"] = ""
        return given

    def forget_password(self) -> None:
        """Empties the field once it was sent."""
        self.password.value = ""

    def _options(self) -> dict[str, Any]:
        found = _json(self.more.value, say("Options"), dict) or {}
        before = self._known.get("options") or {}
        for name, field in self._own.items():
            value = field.value.strip() if isinstance(field.value, str) else field.value
            if name == "prefixes":
                value = pieces.words_of(value)
            elif name == "endpoints":
                value = _json(value, say("Endpoints"), list)
            if value and (name in before or not _is_default(name, value)):
                found[name] = value
        return found


def _is_default(name: str, value: Any) -> bool:
    return bool({"connections": 4, "auth": "bearer"}.get(name) == value)


def _json(text: str, what: str, kind: type) -> Any:
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InputError(say("{what}: this is no JSON: {error}.").format(what=what, error=error), "") from None
    if not isinstance(found, kind):
        wanted = "[…]" if kind is list else "{…}"
        raise InputError(say("{what}: write {wanted}.").format(what=what, wanted=wanted), "")
    return found
