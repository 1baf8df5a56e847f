"""Bodies and answers of the routes of sources."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from tobit_kernel.wire.models import NAME, Strict

#: Whether a source answered when it was last asked.
State = Literal["up", "down", "unknown"]


def _kept(value: Any) -> Any:
    """``value``, unless no database can keep it: NUL, half a surrogate."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if "\x00" in text or "\\u0000" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("holds letters that no database keeps")
    if len(text) > 20_000:
        raise ValueError("is too long")
    return value


def _given(value: SecretStr | None) -> SecretStr | None:
    if value is not None:
        _kept(value.get_secret_value())
    return value


Text = Annotated[str, AfterValidator(_kept)]
Options = Annotated[dict[str, Any], Field(max_length=100), AfterValidator(_kept)]
Password = Annotated[SecretStr | None, AfterValidator(_given)]


class SourceInfo(BaseModel):
    """A registered data source and how it was when it was last asked. Nothing here is a secret."""

    name: str
    type: str
    location: str = ""
    description: str = ""
    options: dict[str, Any] = {}
    state: State = "unknown"
    detail: str = ""
    checked_at: datetime | None = None


class SourceDraft(Strict):
    """A data source to register. ``password`` is encrypted at once and never shown again."""

    name: str = Field(pattern=NAME)
    type: str = Field(pattern=NAME)
    location: Text = Field(min_length=1, max_length=4000)
    password: Password = None
    description: Text = Field("", max_length=4000)
    options: Options = {}


class SourceChange(Strict):
    """What to change of a source; what is left out stays. An empty ``password`` forgets the present one."""

    location: Text | None = Field(None, min_length=1, max_length=4000)
    password: Password = None
    description: Text | None = Field(None, max_length=4000)
    options: Options | None = Field(None, description="all of them anew")


class SourceTest(BaseModel):
    """Whether a source answers; ``detail`` is its version or size, or why it does not."""

    state: State
    detail: str
    elapsed_ms: float


class Rotation(BaseModel):
    """How many stored secrets have the newest key now, by table and column."""

    key: int
    changed: dict[str, int]
    #: Keys that no stored secret needs any more.
    unused: list[int]
