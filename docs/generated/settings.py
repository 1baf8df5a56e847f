"""The page of settings, from the fields in tobit_kernel/settings.py."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tobit_kernel.settings import Settings, variable

HEAD = """# Settings

Nothing has to be set. A published value goes before the environment, the environment before the
default; `%tobit settings` shows each value in force and where it came from.

| environment | what it is | values | default |
|---|---|---|---|
"""


def page() -> str:
    """One line per setting."""
    return HEAD + "\n".join(_row(name, field) for name, field in Settings.model_fields.items()) + "\n"


def _row(name: str, field: FieldInfo) -> str:
    cells = (f"`{variable(name)}`", field.description or "", _values(field.annotation), _default(name, field))
    return f"| {' | '.join(cells)} |"


def _values(kind: Any) -> str:
    """The choices, or the type in a word."""
    choices = [choice for choice in get_args(kind) if isinstance(choice, str)]
    if choices:
        return ", ".join(f"`{choice}`" for choice in choices)
    if get_origin(kind) is dict:
        return "JSON"
    names = [part.__name__ for part in get_args(kind) or (kind,) if part is not type(None)]
    words = {"str": "text", "SecretStr": "text, kept secret", "float": "number", "int": "number", "bool": "`1` or `0`"}
    return ", ".join(words.get(name, name.lower()) for name in names)


def _default(name: str, field: FieldInfo) -> str:
    if name == "home":
        return "`~/.tobit`"
    if field.default in (None, "", PydanticUndefined) or field.default == {}:
        return "none"
    return f"`{field.default}`"
