"""The one JSON shape of every answer under /api/v1."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

from tobit_kernel.errors import TobitError

Data = TypeVar("Data")


class Envelope(BaseModel, Generic[Data]):
    """``{time, code, message, data}``; ``code`` 0 is success, else the HTTP status."""

    time: datetime = Field(default_factory=lambda: datetime.now(UTC))
    code: int = 0
    message: str = "OK"
    data: Data


class Problem(BaseModel):
    """``data`` of a failed answer."""

    error: str
    message: str
    hint: str = ""
    trace_id: str | None = None
    details: dict[str, Any] = {}


class Failure(Envelope[Problem]):
    """A failed answer: ``code`` is the HTTP status."""


def failure(error: TobitError) -> dict[str, Any]:
    """The envelope of ``error``, ready for JSON."""
    problem = Problem(**error.as_data())
    return Failure(code=error.status, message=error.message, data=problem).model_dump(mode="json")
