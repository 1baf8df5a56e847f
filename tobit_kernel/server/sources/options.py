"""What a type of source can be told beside its address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from tobit_kernel.errors import InputError
from tobit_kernel.server.identity.scopes import Dimension

_SECRET = re.compile(r"(?:^|[_-])(?:password|passwd|pwd|secret|token|api_?key|authorization|credentials?)$", re.I)
#: ``user:password@`` before the host. A port is no password: ``host:9090/a@b``.
_USERINFO = re.compile(r"^[^:/?#]+://(?![^/?#@:]*:\d{1,5}(?:[/?#]|$))[^/?#@]*:[^@]+@", re.DOTALL)
_QUERY = re.compile(r"[?&;]([^=&;]+)=")


class Options(BaseModel):
    """Options of a type of source; an unknown one is an error that names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Which rows of which table a person's scopes leave: ``{"schema.table": {"line": "line_code"}}``.
    scoped: dict[str, dict[Dimension, str]] = {}


def checked_options(kind: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """``options`` as they were given; ``InputError`` names the one that the type ``kind`` can't use."""
    for name in _names(options):
        if _SECRET.search(name):
            raise InputError(f"Option {name!r} looks like a secret.", "Give it by --password; it is encrypted then.")
    model: type[BaseModel] = getattr(kind, "options_model", Options)
    try:
        model.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(step) for step in first["loc"])
        unknown = f"A source of type {kind.type!r} has no option {name!r}."
        raise InputError(
            unknown if first["type"] == "extra_forbidden" else f"Option {name!r}: {first['msg']}.",
            f"Its options: {', '.join(model.model_fields) or 'none'}.",
        ) from None
    return dict(options)


def refuse_secret(location: str) -> None:
    """``InputError`` when an address holds a password; it is not repeated."""
    keys = _QUERY.findall(location) if "://" in location else []
    if _USERINFO.match(location) or any(_SECRET.search(key) for key in keys):
        raise InputError(
            "The address holds a password.", "Leave it out; Tobit asks for it (--password) and encrypts it."
        )


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield str(name)
            yield from _names(below)
    elif isinstance(value, list):
        for below in value:
            yield from _names(below)
