"""Bodies and answers of the routes, as pydantic models."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: Names of assets, cells, sources (contract).
NAME = r"^[a-z][a-z0-9_-]{0,79}$"
_SURROGATE = re.compile("[\ud800-\udfff]")
ROW_LIMIT = 10_000
TIMEOUT_S = 30.0


def require_keepable(given: Any) -> None:
    """``ValueError`` when a text anywhere in ``given`` is none to any database: NUL, half a surrogate."""
    waiting = [given]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if "\x00" in one or not (one.isascii() or _SURROGATE.search(one) is None):
                raise ValueError("holds letters that no database keeps")
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one


class Asked(BaseModel):
    """A body from outside: an unknown field is an error that names it."""

    model_config = ConfigDict(extra="forbid")


class Strict(Asked):
    """The same of what is kept: its texts are such as a database takes."""

    @model_validator(mode="before")
    @classmethod
    def _keepable(cls, given: Any) -> Any:
        if isinstance(given, dict):
            require_keepable(given)
        return given


class Cell(Asked):
    """A named earlier cell, usable as a table in a later statement."""

    name: str = Field(pattern=r"^[^\W\d]\w{0,62}$")
    statement: str = Field(max_length=1_000_000)
    parameters: dict[str, Any] = {}


class QueryRequest(Asked):
    """A statement to run. ``limit`` None fetches all rows; ``cache_s`` 0 does not cache."""

    language: Literal["sql", "cypher", "redis"] = "sql"
    statement: str = Field(max_length=1_000_000)
    parameters: dict[str, Any] = Field(default={}, description="values of :name, see wire/parameters.py")
    cells: list[Cell] = Field(default=[], max_length=500)
    source: str = Field("workbench", pattern=NAME)
    limit: int | None = Field(ROW_LIMIT, ge=0, le=100_000_000)
    timeout_s: float = Field(TIMEOUT_S, gt=0, le=3600)
    cache_s: float = Field(0, ge=0, le=86_400)


class Column(BaseModel):
    """A result column; ``type`` is the source's own name for its type."""

    name: str
    type: str


class QueryAnswer(BaseModel):
    """A result as JSON rows (times ISO 8601, decimals as text, bytes as hex)."""

    columns: list[Column]
    rows: list[list[Any]]
    row_count: int
    truncated: bool
    cached: bool
    elapsed_ms: float
    trace_id: str


class Plan(BaseModel):
    """How a source would run a statement, and what looks expensive about it."""

    plan: str
    warnings: list[str]


class FormatRequest(Asked):
    """SQL to lay out."""

    statement: str = Field(max_length=1_000_000)
    source: str = Field("workbench", pattern=NAME)


class Formatted(BaseModel):
    """Laid-out SQL."""

    sql: str


class TableInfo(BaseModel):
    """A table, view or file; ``rows`` is a rounded estimate, None when unknown."""

    db_schema: str = Field(serialization_alias="schema", validation_alias="schema")
    name: str
    type: Literal["table", "view", "file", "foreign", "label", "relationship"] = "table"
    rows: int | None = None
    comment: str | None = None

    model_config = ConfigDict(populate_by_name=True)


class TableColumn(BaseModel):
    """A column in the catalog."""

    name: str
    type: str
    nullable: bool = True
    comment: str | None = None
    #: What personal data it was declared to hold.
    sensitive: str | None = None


class TableDetail(TableInfo):
    """A table with its columns."""

    columns: list[TableColumn] = []


class ColumnProfile(BaseModel):
    """What a column holds; ``top`` are its most frequent values with their counts."""

    name: str
    type: str
    nulls: int | None = None
    distinct: int | None = None
    min: str | None = None
    max: str | None = None
    mean: float | None = None
    top: list[tuple[str, int]] = []


class TableProfile(BaseModel):
    """Column statistics over ``rows`` rows; ``sampled`` when the table is larger than that."""

    rows: int
    sampled: bool = False
    columns: list[ColumnProfile]


class PastQuery(BaseModel):
    """One of the user's own earlier queries."""

    at: datetime
    source: str | None
    statement: str
    rows: int | None
    ms: float | None
    cached: bool
    outcome: str
    error: str | None = None
    trace_id: str | None = None


class PastQueries(BaseModel):
    """A page of the history, newest first, with the true total."""

    items: list[PastQuery]
    total: int


class Loaded(BaseModel):
    """What a load made; ``notes`` tell what was decided about the file."""

    table: str
    rows: int
    columns: list[Column]
    rejected: int = 0
    notes: list[str] = []


class Dropped(BaseModel):
    """What a drop removed."""

    table: str
    rows: int


class Me(BaseModel):
    """Who the gate takes the caller for."""

    tenant: str
    user: str
    role: str


class Part(BaseModel):
    """A part of the gate: ``state`` is up, starting or down."""

    name: str
    state: Literal["up", "starting", "down"]
    detail: str = ""


class Status(BaseModel):
    """The gate and its parts."""

    version: str
    home: str
    pid: int
    uptime_s: float
    parts: list[Part]


class Health(BaseModel):
    """For load balancers."""

    status: Literal["up", "down"]
    parts: list[Part]


class Progress(BaseModel):
    """How far long work is; ``total`` 0 when unknown."""

    state: Literal["idle", "running", "done", "failed"] = "running"
    done: int = 0
    total: int = 0
    note: str = ""
    error: str | None = None
    result: dict[str, Any] | None = None


class SpanInfo(BaseModel):
    """A timed piece of work within a trace."""

    span_id: str
    parent_id: str | None
    name: str
    started_at: datetime
    ms: float
    status: str
    attributes: dict[str, Any] = {}


class Trace(BaseModel):
    """All spans of one request, in order of start."""

    trace_id: str
    spans: list[SpanInfo]


class SettingInfo(BaseModel):
    """A setting as it is in force."""

    name: str
    value: Any
    origin: Literal["published", "environment", "default"]
    description: str = ""
    restart_required: bool = True
