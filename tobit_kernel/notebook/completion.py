"""What can come next in a ``%tobit`` line or below a ``%%tobit`` line.

One function for IPython's completer in the kernel and for JupyterLab's, which asks its own
server, so that it answers while the kernel is busy.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from tobit_kernel.errors import GateUnavailable, TobitError

_MAGIC = re.compile(r"^\s*%%?tobit(?:\s|$)")
_WORD = re.compile(r"[^\s]*$")
_DOTTED = re.compile(r'(?::?[\w"]+\.)*:?[\w"]*$')
_TABLE_VERBS = frozenset({"describe", "profile", "drop"})
_SQL_VERBS = frozenset({"sql", "explain", "format"})
_KEYWORDS = (
    "select from where group by order by having limit join left join on with as and or not in between like is null "
    "count sum avg min max case when then else end distinct over partition by"
)


@dataclass(frozen=True)
class Item:
    """A completion: ``kind`` is verb, option, value, source, schema, table, column, cell, parameter or keyword."""

    label: str
    insert: str
    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Completions:
    """Items that replace ``text[start:end]``; offsets count code points."""

    start: int
    end: int
    items: list[Item] = field(default_factory=list)


class Catalog(Protocol):
    """What the gate knows; an unreachable gate knows nothing."""

    def sources(self) -> Sequence[str]: ...
    def tables(self, source: str) -> Sequence[tuple[str, str, str]]:
        """``(schema, name, detail)``."""

    def columns(self, source: str, table: str) -> Sequence[tuple[str, str]]:
        """``(name, type)``."""


def complete(text: str, offset: int, catalog: Catalog, names: Sequence[str] = ()) -> Completions:
    """Completions at ``offset`` of a cell or line; ``names`` are variables and cells of the notebook."""
    start_of_line = text.rfind("\n", 0, offset) + 1
    first, _, _ = text.partition("\n")
    line = text[start_of_line:offset]
    if _MAGIC.match(line):
        return _in_line(line, offset, catalog, names)
    if text.lstrip().startswith("%%tobit") and start_of_line > 0:
        given = first.split()
        if len(given) > 1 and given[1] in _SQL_VERBS:
            return _in_sql(text, offset, _option(given, "--source", "workbench"), catalog, names)
    return Completions(offset, offset)


def _in_line(line: str, offset: int, catalog: Catalog, names: Sequence[str]) -> Completions:
    from tobit_kernel.verbs.parse import VERBS
    from tobit_kernel.verbs.usage import first_line, words_of

    match = _WORD.search(line)
    word = match.group() if match else ""
    before = line[: len(line) - len(word)].split()
    start = offset - len(word)
    if len(before) <= 1:
        return _matching(start, offset, word, (Item(verb, verb, "verb", first_line(verb)) for verb in VERBS))
    verb = before[1]
    if verb not in VERBS:
        return Completions(offset, offset)
    if verb == "help":
        return _matching(start, offset, word, (Item(name, name, "verb", first_line(name)) for name in VERBS))
    options = {f"--{each.name}": each for each in words_of(verb) if each.option}
    if word.startswith("-"):
        return _matching(
            start,
            offset,
            word,
            (Item(name, name, "option", each.about) for name, each in options.items() if name not in before),
        )
    last = before[-1]
    if last in options and not options[last].flag:
        return _matching(start, offset, word, _values(last, options[last].choices, catalog, names))
    if verb in _TABLE_VERBS and len(before) == 2:
        return _matching(start, offset, word, _qualified(catalog, _option(before, "--source", "workbench")))
    if verb == "save" and len(before) == 2:
        return _matching(start, offset, word, (Item(name, name, "parameter") for name in names))
    return Completions(offset, offset)


def _values(option: str, choices: Iterable[str], catalog: Catalog, names: Sequence[str]) -> Iterable[Item]:
    if option == "--source":
        return [Item(name, name, "source") for name in [*catalog.sources(), "local"]]
    if option == "--table":
        return _qualified(catalog, "workbench")
    if option == "--chart":
        kinds = ("line", "bar", "pie", "scatter", "heatmap", "hist", "area")
        return [Item(f"{kind}:", f"{kind}:", "value", "x,y[,by]") for kind in kinds]
    if option == "--into":
        return [Item(name, name, "parameter") for name in names]
    fixed = {"--timeout": ("30s", "5m", "1h"), "--cache": ("off", "5m", "1h"), "--limit": ("1000", "100000", "none")}
    return [Item(value, value, "value") for value in (*choices, *fixed.get(option, ()))]


def _qualified(catalog: Catalog, source: str) -> list[Item]:
    return [
        Item(f"{schema}.{name}", f"{_quoted(schema)}.{_quoted(name)}", "table", detail)
        for schema, name, detail in catalog.tables(source)
    ]


def _in_sql(text: str, offset: int, source: str, catalog: Catalog, names: Sequence[str]) -> Completions:
    match = _DOTTED.search(text[:offset])
    word = match.group() if match else ""
    start = offset - len(word)
    if word.startswith(":"):
        return _matching(start, offset, word, (Item(f":{name}", f":{name}", "parameter") for name in names))
    tables = catalog.tables(source)
    used = _used(text, tables)
    owner, dot, part = word.rpartition(".")
    start = offset - len(part)
    if dot:
        return _matching(start, offset, part, _below(owner.replace('"', ""), used, tables, catalog, source))
    items: list[Item] = []
    if re.search(r"(?i)\b(from|join)\s+$|,\s*$", text[:start]) or not used:
        items += [
            Item(schema, _quoted(schema), "schema") for schema in dict.fromkeys(schema for schema, _, _ in tables)
        ]
        items += [
            Item(f"{schema}.{name}", f"{_quoted(schema)}.{_quoted(name)}", "table", detail)
            for schema, name, detail in tables
        ]
        items += [Item(name, name, "cell") for name in names]
    if not re.search(r"(?i)\b(from|join)\s+$", text[:start]):
        for table in dict.fromkeys(used.values()):
            items += [
                Item(name, _quoted(name), "column", f"{kind} · {table}")
                for name, kind in catalog.columns(source, table)
            ]
        items += [Item(word, word, "keyword") for word in _KEYWORDS.split()]
    return _matching(start, offset, part, items)


def _below(
    owner: str, used: dict[str, str], tables: Sequence[tuple[str, str, str]], catalog: Catalog, source: str
) -> list[Item]:
    """What stands behind ``owner.``: columns of a table or alias, tables of a schema."""
    table = used.get(owner.lower())
    if table is not None:
        return [Item(name, _quoted(name), "column", kind) for name, kind in catalog.columns(source, table)]
    return [Item(name, _quoted(name), "table", detail) for schema, name, detail in tables if schema == owner.lower()]


def _used(text: str, tables: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """Aliases and names of the tables in a statement that may not be finished: ``{alias: schema.name}``."""
    known = {f"{schema}.{name}".lower(): f"{schema}.{name}" for schema, name, _ in tables}
    known.update({name.lower(): f"{schema}.{name}" for schema, name, _ in tables})
    found: dict[str, str] = {}
    for match in re.finditer(r'(?i)\b(?:from|join|,)\s+((?:[\w"]+\.)?[\w"]+)(?:\s+(?:as\s+)?(\w+))?', text):
        table = known.get(match[1].replace('"', "").lower())
        if table is not None:
            found[table.split(".")[-1].lower()] = table
            found[table.lower()] = table
            if match[2] and match[2].lower() not in {"where", "on", "join", "group", "order", "left", "limit", "cross"}:
                found[match[2].lower()] = table
    return found


def _matching(start: int, end: int, word: str, items: Iterable[Item]) -> Completions:
    """The items that begin with ``word``, or have it after a dot; each once."""
    wanted = word.strip('"').lower()
    kept = {
        item.insert: item
        for item in items
        if item.label.lower().startswith(wanted) or f".{wanted}" in item.label.lower()
    }
    return Completions(start, end, list(kept.values()))


def _option(words: Sequence[str], name: str, default: str) -> str:
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word == name and after:
            return after
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return default


def _quoted(name: str) -> str:
    """``name`` as SQL takes it: quoted unless it is plain; Hangul needs no quotes."""
    return name if re.fullmatch(r"[^\W\dA-Z][^\WA-Z]*", name) else '"' + name.replace('"', '""') + '"'


Value = TypeVar("Value")

#: How long what the gate said is believed.
_FRESH_S = 20.0


class GateCatalog:
    """The catalog of the gate that runs; it starts none, and says nothing where none answers."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], tuple[float, object]] = {}

    def sources(self) -> Sequence[str]:
        return self._ask(("sources",), lambda: [item["name"] for item in self._get("sources")], ["workbench"])

    def tables(self, source: str) -> Sequence[tuple[str, str, str]]:
        def ask() -> list[tuple[str, str, str]]:
            return [
                (item["schema"], item["name"], item["comment"] or item["type"])
                for item in self._get("sources", source, "tables")
            ]

        return self._ask(("tables", source), ask, [])

    def columns(self, source: str, table: str) -> Sequence[tuple[str, str]]:
        def ask() -> list[tuple[str, str]]:
            return [(item["name"], item["type"]) for item in self._get("sources", source, "tables", table)["columns"]]

        return self._ask(("columns", source, table), ask, [])

    def _get(self, *path: str):  # type: ignore[no-untyped-def]
        from tobit_kernel.autostart import address_of, gate, running
        from tobit_kernel.client import path_of
        from tobit_kernel.settings import settings

        found = gate() if address_of(settings()) else running(settings())
        if found is None:
            raise GateUnavailable()  # not kept: it may run in a second
        return found.get(path_of(*path))

    def _ask(self, key: tuple[str, ...], ask: Callable[[], Value], default: Value) -> Value:
        at, kept = self._kept.get(key, (0.0, default))
        if time.monotonic() - at < _FRESH_S and key in self._kept:
            return kept  # type: ignore[return-value]
        try:
            answer = ask()
        except (TobitError, KeyError, TypeError):
            return default
        self._kept[key] = (time.monotonic(), answer)
        return answer


_catalog = GateCatalog()


def gate_catalog() -> GateCatalog:
    """The catalog of this process's gate."""
    return _catalog
