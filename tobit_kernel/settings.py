"""The only reader of the environment.

Environment names are ``TOBIT_`` and the field's name in capitals. Published values come
as an overlay in a later layer; the order is published > environment > default.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tobit_kernel.errors import InputError

LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """What this process was told; immutable."""

    model_config = SettingsConfigDict(env_prefix="TOBIT_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=lambda: Path.home() / ".tobit", description="where everything is kept")
    database_url: SecretStr | None = Field(None, description="PostgreSQL to use instead of the embedded one")
    redis_url: SecretStr | None = Field(None, description="Redis that is there as the source redis")
    graph_url: SecretStr | None = Field(None, description="Bolt graph to use instead of the embedded one")
    gateway_url: str | None = Field(None, description="gate of a team; none: one of this machine's own")
    api_key_file: Path | None = Field(None, description="file (0600) with an API key for that gate: cron, papermill")
    team: bool = Field(False, description="a gate for many people: everybody signs in")
    secret_keys: SecretStr | None = Field(None, description="id:base64 keys that encrypt stored secrets, newest first")
    lang: str = Field("", description="en or ko; empty: the system's")
    ca_file: Path | None = Field(None, description="certificates (PEM) that a gate's https is checked against")
    tls_certificate: Path | None = Field(None, description="the gate's certificate chain (PEM) for TCP")
    tls_key: Path | None = Field(None, description="the key of that certificate (PEM)")
    public_url: str = Field("", description="what browsers call a team gate, such as https://tobit.plant.kr")
    hosts: str = Field("", description="names the gate answers to on TCP, commas between; localhost always")
    hub_api_url: str | None = Field(None, description="JupyterHub's API; the gate takes the Hub's tokens then")
    hub_scope: str = Field("access:services!service=tobit", description="what a Hub's token must allow")
    hub_roles: Annotated[dict[str, str], NoDecode] = Field(
        {}, description='roles of the Hub\'s groups as JSON: `{"group": "role"}`; `*` is everybody'
    )
    hub_token: SecretStr | None = Field(
        None, validation_alias="JUPYTERHUB_API_TOKEN", description="given by JupyterHub to each server it starts"
    )
    idle_s: float = Field(1800, gt=0, description="seconds without clients after which the gate stops")
    audit_keep_days: int = Field(1095, ge=31, le=36500, description="days that audit rows are kept, by whole months")
    slow_query_s: float = Field(5.0, gt=0, description="a statement that takes longer is kept with its plan")
    user_queries: int = Field(4, ge=1, le=16, description="statements of one user that run at the same time, in a team")
    tenant_queries: int = Field(12, ge=1, le=16, description="statements of one tenant at the same time, in a team")
    user_requests: int = Field(1200, ge=0, description="requests of a user or key in a minute, in a team; 0: any")
    answer_bytes: int = Field(2 << 30, ge=1 << 20, description="bytes of one answer")
    enable_data_explorer: bool = Field(True, description="the widget that looks into all sources")
    log_level: LogLevel = "info"
    ci: bool = Field(False, description="a test that would skip fails instead")

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("api_key_file", "ca_file", "tls_certificate", "tls_key")
    @classmethod
    def _where(cls, value: Path | None) -> Path | None:
        return value and value.expanduser().absolute()

    @field_validator("hub_roles", mode="before")
    @classmethod
    def _json(cls, value: object) -> object:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            raise ValueError(f"it is no JSON ({error})") from None

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.lower()


def variable(name: str) -> str:
    """The environment variable of the setting ``name``."""
    field = Settings.model_fields.get(name)
    return str(field.validation_alias) if field and field.validation_alias else f"TOBIT_{name.upper()}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once; ``InputError`` names the one that makes no sense."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = variable(str(first["loc"][0]))
        raise InputError(
            f"{name}={first['input']!s} makes no sense: {first['msg']}.", f"Correct or unset {name}."
        ) from None
