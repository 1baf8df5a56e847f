"""The only reader of the environment.

Environment names are ``TOBIT_`` and the field's name in capitals. Published values come
as an overlay in a later layer; the order is published > environment > default.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tobit_kernel.errors import InputError

LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """What this process was told; immutable."""

    model_config = SettingsConfigDict(env_prefix="TOBIT_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=lambda: Path.home() / ".tobit", description="where everything is kept")
    database_url: SecretStr | None = Field(None, description="PostgreSQL to use instead of the embedded one")
    gateway_url: str | None = Field(None, description="gate of a team; none: one of this machine's own")
    team: bool = Field(False, description="a gate for many people: everybody signs in")
    secret_keys: SecretStr | None = Field(None, description="id:base64 keys that encrypt stored secrets, newest first")
    lang: str = Field("", description="en or ko; empty: the system's")
    idle_s: float = Field(1800, gt=0, description="seconds without clients after which the gate stops")
    log_level: LogLevel = "info"
    ci: bool = Field(False, description="a test that would skip fails instead")

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.lower()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once; ``InputError`` names the one that makes no sense."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"TOBIT_{str(first['loc'][0]).upper()}"
        raise InputError(
            f"{name}={first['input']!s} makes no sense: {first['msg']}.", f"Correct or unset {name}."
        ) from None
