"""Personal data in one text: an error, an audit row, a log line."""

from __future__ import annotations

from typing import Any

from tobit_kernel.errors import TobitError
from tobit_kernel.server.masking.pattern import Pattern
from tobit_kernel.server.masking.policy import DEFAULT, Mode, Policy

#: Of longer texts only so much is kept; searching them would take longer than what they tell is worth.
_SEARCHED = 200_000


def masked(text: str, policy: Policy = DEFAULT) -> str:
    """``text`` with every find of the tenant's patterns masked, hashed or taken out."""
    if len(text) > _SEARCHED:
        text = text[:_SEARCHED] + "…"
    for pattern in policy.active:
        text = _replaced(text, pattern, policy)
    return text


def masked_data(value: Any, policy: Policy = DEFAULT) -> Any:
    """The same for every text within lists and dicts."""
    if isinstance(value, str):
        return masked(value, policy)
    if isinstance(value, dict):
        return {name: masked_data(each, policy) for name, each in value.items()}
    if isinstance(value, list | tuple):
        found = [masked_data(each, policy) for each in value]
        return found if isinstance(value, list) else tuple(found)
    return value


def told(error: TobitError, policy: Policy = DEFAULT) -> TobitError:
    """``error`` without personal data: the messages of databases quote values. The caller's own line stays."""
    error.message, error.hint = masked(error.message, policy), masked(error.hint, policy)
    for name, value in error.details.items():
        if name != "text":
            error.details[name] = masked_data(value, policy)
    return error


def _replaced(text: str, pattern: Pattern, policy: Policy) -> str:
    mode = policy.mode(pattern.name)
    if mode is Mode.HASH:
        return pattern.replaced(text, policy.hashed)
    if mode is Mode.DROP:
        return pattern.replaced(text, lambda _: f"[{pattern.name}]")
    return pattern.replaced(text)
