"""What a record declares about a web server: its endpoints, their parameters, columns and pages."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tobit_kernel.server.sources.options import Options

ColumnType = Literal["text", "bigint", "double", "boolean", "date", "timestamp", "timestamptz", "json"]
ParameterType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]

_NAME = r"^[a-z][a-z0-9_]{0,62}$"
_IN_PATH = re.compile(r"\{(\w+)\}")
#: Headers that decide about the connection or the login, which a record does not set this way.
_CLOSED = frozenset(
    "host authorization proxy-authorization cookie connection content-length transfer-encoding accept-encoding".split()
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameter(_Strict):
    """A parameter of an endpoint; it goes into the path when ``{name}`` stands there, else into the query."""

    type: ParameterType = "text"
    required: bool = False
    default: str | int | float | bool | None = None
    #: What the server calls it, where that is no name of SQL: ``filter[state]``.
    sent_as: str = ""


class Column(_Strict):
    """A column; ``path`` leads to its value within a row, by default its own name."""

    type: ColumnType = "text"
    path: str = ""


class Paging(_Strict):
    """How the server cuts its rows into pages.

    page: ``parameter`` counts 1, 2, … from ``first``; offset: it counts rows; cursor: it takes what stands at
    ``next`` in the answer; link: the header ``Link`` with rel="next" is followed on the same server.
    """

    style: Literal["page", "offset", "cursor", "link"]
    parameter: str = ""
    first: int = 1
    size: int | None = Field(None, ge=1, le=100_000)
    size_parameter: str = ""
    next: str = ""
    most: int = Field(100, ge=1, le=1000, description="pages of one statement; more are an error")

    @model_validator(mode="after")
    def _whole(self) -> Paging:
        if self.style != "link" and not self.parameter:
            raise ValueError(f"paging by {self.style} needs the name of its parameter")
        if self.style == "cursor" and not self.next:
            raise ValueError("paging by cursor needs next: where the answer holds the cursor")
        if self.style == "offset" and self.size is None:
            raise ValueError("paging by offset needs a size")
        return self


class Endpoint(_Strict):
    """A table: what is asked, and where its rows stand in the answer."""

    name: str = Field(pattern=_NAME)
    path: str = Field(pattern=r"^/[^?#\s\\]*$")
    description: str = ""
    params: dict[Annotated[str, Field(pattern=_NAME)], Parameter] = {}
    rows: str = Field("", description="path to the list: data.items; empty: the answer is the list")
    columns: dict[str, Column] = {}
    paging: Paging | None = None

    @field_validator("columns", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """``{"id": "bigint"}`` for ``{"id": {"type": "bigint"}}``; a list of columns with names keeps its order."""
        if isinstance(value, list):
            if not all(isinstance(column, dict) and isinstance(column.get("name"), str) for column in value):
                raise ValueError("each column of a list needs a name")
            return {column["name"]: {key: column[key] for key in column if key != "name"} for column in value}
        if not isinstance(value, dict):
            return value
        return {name: {"type": column} if isinstance(column, str) else column for name, column in value.items()}

    @model_validator(mode="after")
    def _declared(self) -> Endpoint:
        undeclared = set(_IN_PATH.findall(self.path)) - set(self.params)
        if undeclared:
            raise ValueError(f"{{{undeclared.pop()}}} of the path is no parameter")
        if ".." in self.path.split("/"):
            raise ValueError("the path leads upwards")
        return self

    @property
    def in_path(self) -> list[str]:
        """Names of the parameters that stand in the path, in its order."""
        return list(dict.fromkeys(_IN_PATH.findall(self.path)))

    @property
    def needs(self) -> list[str]:
        """Parameters without which it can't be asked."""
        return [
            name
            for name, parameter in self.params.items()
            if parameter.default is None and (parameter.required or name in self.in_path)
        ]


class RestOptions(Options):
    """The endpoints of a server, and how the login goes to it."""

    endpoints: list[Endpoint] = Field(min_length=1, max_length=500)
    auth: Literal["bearer", "basic", "header"] = Field(
        "bearer", description="how the password is sent, if there is one"
    )
    user: str = Field("", description="login of auth basic")
    header: str = Field("X-Key", pattern=r"^[A-Za-z0-9-]{1,64}$", description="name of the header of auth header")
    headers: dict[str, str] = Field({}, description="further headers; no secrets")
    private: bool = Field(True, description="false: the address may not lead to this machine or an inner network")

    @model_validator(mode="after")
    def _sound(self) -> RestOptions:
        names = [endpoint.name for endpoint in self.endpoints]
        if len(set(names)) < len(names):
            raise ValueError("two endpoints have one name")
        for name, value in self.headers.items():
            if name.lower() in _CLOSED or not re.fullmatch(r"[A-Za-z0-9-]{1,64}", name) or not value.isprintable():
                raise ValueError(f"header {name[:64]!r} can't be set")
        return self
