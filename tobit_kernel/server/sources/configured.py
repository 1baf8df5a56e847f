"""Sources that are there because a setting names them."""

from __future__ import annotations

from tobit_kernel.server.sources.records import OWN_TENANT, BuiltIn
from tobit_kernel.server.sources.redis import Redis
from tobit_kernel.settings import Settings


def configured(settings: Settings) -> dict[str, BuiltIn]:
    """The built-in sources of ``settings`` by name; connects to nothing."""
    found: dict[str, BuiltIn] = {}
    if settings.redis_url is not None:
        source = Redis.at(settings.redis_url.get_secret_value())
        found["redis"] = BuiltIn(source, "The Redis of TOBIT_REDIS_URL", OWN_TENANT)
    return found
