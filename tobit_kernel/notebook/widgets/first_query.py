"""The first question to ask a table, a label or a prefix of keys, in the language of its source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class FirstQuery:
    """A statement; ``default_source`` is what its verb asks when no source is named."""

    language: Literal["sql", "cypher", "redis"]
    statement: str
    default_source: str
    #: How the language says that a few are enough; none: only the request's limit does.
    limit: str = ""

    def preview(self, rows: int) -> str:
        """The statement for the first ``rows``."""
        return self.statement + (f"\n{self.limit} {rows}" if self.limit else "")

    def cell(self, source: str) -> str:
        """A cell that asks it."""
        named = "" if source == self.default_source else f" --source {source}"
        return f"%%tobit {self.language}{named} --limit 100\n{self.statement}"


def first_query(source: dict[str, Any], table: dict[str, Any]) -> FirstQuery:
    """What to ask ``table`` (as the catalog lists it) of ``source`` (as the gate lists it)."""
    kind, name = source["type"], str(table["name"])
    if kind == "bolt":
        quoted = "`" + name.replace("`", "``") + "`"
        if table["type"] == "relationship":
            return FirstQuery("cypher", f"MATCH (a)-[r:{quoted}]->(b)\nRETURN a, r, b", "graph", "LIMIT")
        return FirstQuery("cypher", f"MATCH (n:{quoted})\nRETURN n", "graph", "LIMIT")
    if kind == "redis":
        pattern = re.sub(r"([\[\]*?\\^-])", r"\\\1", name) + ("*" if name.endswith(":") else "")
        return FirstQuery("redis", f"SCAN 0 MATCH {_word(pattern)}", "redis")
    quote = "`" if re.match(r"(?i)(mysql|mariadb)\b", source["location"]) else '"'
    parts = [part for part in (table["schema"], name) if part]
    quoted = ".".join(f"{quote}{part.replace(quote, quote * 2)}{quote}" for part in parts)
    return FirstQuery("sql", f"select *\nfrom {quoted}", "workbench")


def _word(text: str) -> str:
    """A word as redis-cli reads it."""
    if re.fullmatch(r"[^\s\"'\\:]+(:[^\s\"'\\:]*)*", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
