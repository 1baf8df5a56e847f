"""From the words behind a verb to the call of its function."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import InputError
from tobit_kernel.registry import Registry

if TYPE_CHECKING:
    from inspect import BoundArguments

    from cyclopts import App

    from tobit_kernel.verbs.call import Surroundings

VERBS = Registry("tobit.verbs", "verb")

#: Verbs that read a text: the cell below, or the last word of the line.
WITH_BODY = frozenset({"sql", "cypher", "redis", "explain", "format", "share"})
#: Those that do nothing without one, for which a command line waits for standard input.
NEEDS_BODY = WITH_BODY - {"share"}

_ASSIGNMENT = re.compile(r"^(?P<name>[^\W\d]\w*)=(?P<value>.*)$", re.DOTALL)


def bound(verb: str, words: list[str]) -> Callable[[Surroundings], Any]:
    """The call of ``verb`` with ``words`` as its arguments; ``InputError`` names what does not fit."""
    function, arguments = _arguments(verb, tuple(words))
    return lambda call: function(*arguments.args, **{**arguments.kwargs, "call": call})


@lru_cache(maxsize=256)
def _arguments(verb: str, words: tuple[str, ...]) -> tuple[Callable[..., Any], BoundArguments]:
    """Kept, because cyclopts takes longer for a line than the gate for its answer."""
    from cyclopts import CycloptsError

    app = _app(verb)
    try:
        function, arguments, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        said = " ".join(str(error).split())
        for place in _signature(verb, inspect.Parameter.POSITIONAL_OR_KEYWORD):  # cyclopts writes --table for TABLE
            said = re.sub(rf"--{place}\b", place.upper(), said)
        raise InputError(f"{verb}: {said}", f"`%tobit help {verb}` shows how it is written.") from None
    return function, arguments


def _signature(verb: str, kind: Any) -> dict[str, Any]:
    """The parameters of ``verb`` that are of ``kind`` (by place, or with ``--``), as they are written."""
    return {
        name.replace("_", "-"): each
        for name, each in inspect.signature(VERBS[verb]).parameters.items()
        if each.kind is kind
    }


@lru_cache(maxsize=64)
def _app(verb: str) -> App:
    from cyclopts import App

    app = App(name=verb, help_flags=[], version_flags=[], result_action="return_value")
    app.default(VERBS[verb])
    return app


def words(line: str) -> list[str]:
    """The words of a magic line. Brackets and quotes hold together: ``ids=[1, 2] name='a b'``.

    Quotes around a whole word or an option's value fall away; those in ``k='v'`` stay, they make it a text.
    """
    found = []
    for word in _split(line):
        found.append(word if _ASSIGNMENT.match(word) else _unquoted(word))
    return found


def without_body(verb: str, given: list[str]) -> tuple[list[str], str | None]:
    """The words without the text among them, and that text: ``sql day=2026-01-01 "select :day" --limit 5``.

    The last word with a space in it is the text, unless it gives a parameter or an option its value.
    """
    if verb not in WITH_BODY:
        return given, None
    options = _signature(verb, inspect.Parameter.KEYWORD_ONLY)
    valued = {f"--{name}" for name, each in options.items() if not isinstance(each.default, bool)}
    for at in range(len(given) - 1, -1, -1):
        text = given[at].strip()
        is_value = _ASSIGNMENT.match(text) or re.match(r"--\w", text) or (at > 0 and given[at - 1] in valued)
        if any(map(str.isspace, text)) and not is_value:
            return given[:at] + given[at + 1 :], text
    return given, None


def _split(line: str) -> list[str]:
    pieces, word, quote, depth = [], "", "", 0
    for letter in line:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "[({":
            depth += 1
        elif letter in "])}":
            depth -= 1
        elif letter.isspace() and depth <= 0:
            if word:
                pieces.append(word)
            word = ""
            continue
        word += letter
    if quote:
        raise InputError(f"A quote {quote} is not closed.")
    return [*pieces, word] if word else pieces


def _unquoted(word: str) -> str:
    try:
        return "".join(shlex.split(word)) if "'" in word or '"' in word else word
    except ValueError:
        return word


def assignments(given: tuple[str, ...]) -> tuple[list[str], dict[str, Any]]:
    """Plain words, and the ``k=v`` among them with their values."""
    plain, values = [], {}
    for word in given:
        match = _ASSIGNMENT.match(word)
        if match:
            values[match["name"]] = value(match["value"])
        else:
            plain.append(word)
    return plain, values


def value(text: str) -> Any:
    """What ``text`` means: a number, list, quoted text, none/true/false, ISO date or time; else text."""
    plain = text.strip()
    if plain.lower() in ("none", "null", ""):
        return None
    if plain.lower() in ("true", "false"):
        return plain.lower() == "true"
    try:
        found = ast.literal_eval(plain)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        found = plain
    if isinstance(found, str) and found == plain:
        return _moment(plain)
    return list(found) if isinstance(found, tuple | set) else found


def _moment(text: str) -> Any:
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(text) if re.match(r"^\d{4}-\d\d-\d\d", text) else text
        except ValueError:
            continue
    return text


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str, option: str) -> float:
    """Seconds in ``30s 5m 2h 1d``; ``InputError`` names ``option``."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", text.strip())
    if match is None:
        raise InputError(f"{option} {text!r} is not a duration.", "Write 30s, 5m, 2h or 1d.")
    return float(match[1]) * _UNITS[match[2]]
