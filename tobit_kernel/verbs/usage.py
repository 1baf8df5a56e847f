"""The help of a verb, from its signature and docstring."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tobit_kernel.verbs.parse import VERBS


@dataclass(frozen=True)
class Word:
    """A parameter of a verb: ``option`` has ``--`` before it, others stand by their place."""

    name: str
    option: bool
    required: bool
    repeats: bool
    flag: bool
    default: Any
    choices: tuple[str, ...]
    about: str


def words_of(verb: str) -> list[Word]:
    """The parameters of ``verb`` in order."""
    function = VERBS[verb]
    about = _about(function)
    hints = get_type_hints(function)
    return [
        _word(parameter, hints[name], about.get(name, ""))
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "call"
    ]


def _word(parameter: inspect.Parameter, hint: Any, about: str) -> Word:
    required = parameter.default is inspect.Parameter.empty and parameter.kind is not inspect.Parameter.VAR_POSITIONAL
    options = [hint, *get_args(hint)]
    choices = next((get_args(option) for option in options if get_origin(option) is Literal), ())
    return Word(
        parameter.name.replace("_", "-"),
        parameter.kind is inspect.Parameter.KEYWORD_ONLY,
        required,
        parameter.kind is inspect.Parameter.VAR_POSITIONAL or get_origin(hint) is tuple,
        hint is bool,
        None if required or parameter.default is inspect.Parameter.empty else parameter.default,
        choices,
        about,
    )


def synopsis(verb: str) -> str:
    """One line: ``load FILE [--table TABLE] …``."""
    parts = [verb]
    for word in words_of(verb):
        text = word.name.upper() if not word.option else f"--{word.name}"
        if word.option and not word.flag:
            text += " " + ("|".join(word.choices) or word.name.upper())
        text += " …" if word.repeats else ""
        parts.append(text if word.required else f"[{text}]")
    return " ".join(parts)


def first_line(verb: str) -> str:
    """What the verb does, in one sentence."""
    return (inspect.getdoc(VERBS[verb]) or "").split("\n")[0]


def usage(verb: str) -> str:
    """Synopsis, what it does, and each parameter."""
    text = (inspect.getdoc(VERBS[verb]) or "").partition("\nParameters\n")[0].strip()
    words = words_of(verb)
    width = max((len(word.name) + 2 * word.option for word in words), default=0)
    lines = [f"  {('--' if word.option else '') + word.name:<{width}}  {word.about}{_default(word)}" for word in words]
    return "\n".join([synopsis(verb), "", text, *(["", *lines] if lines else [])])


def _default(word: Word) -> str:
    if word.required or word.flag or word.repeats or word.default in (None, ""):
        return ""
    return f" (default {word.default})"


def _about(function: Any) -> dict[str, str]:
    """What a numpy-style docstring says of each parameter."""
    section = (inspect.getdoc(function) or "").partition("\nParameters\n")[2].partition("\n")[2]
    found: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        if re.fullmatch(r"[a-z_]+", line):
            name = line
            found[name] = ""
        elif line.startswith(" ") and name:
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found
