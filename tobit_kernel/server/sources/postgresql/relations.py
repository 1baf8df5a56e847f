"""What the tables that a statement names are, and what of them was declared; asked of the server itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from tobit_kernel.server.sources.postgresql.readers import Reader

_RELATIONS = files(__package__).joinpath("relations.sql").read_text("utf-8")


@dataclass(frozen=True)
class Relation:
    """A table or view: columns with their types; ``marks`` leads from column to the declaration's place.

    ``leak`` names a declared column that it shows although nothing was declared of it itself.
    """

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    marks: Mapping[str, int]
    leak: str | None


def relations(
    reader: Reader, names: Sequence[tuple[str, str]], declared: Sequence[tuple[str, str, str]]
) -> dict[int, Relation]:
    """The existing ones of ``names`` (schema, table), by place; ``declared`` is (schema, table, column or ``*``)."""
    asked = json.dumps([_quoted(schema, name) for schema, name in names], ensure_ascii=False)
    marks = json.dumps([[_quoted(schema, name), column] for schema, name, column in declared], ensure_ascii=False)
    return {
        place: Relation(
            schema,
            name,
            tuple((column, kind) for column, kind in json.loads(columns or "[]")),
            json.loads(found or "{}"),
            leak,
        )
        for place, schema, name, columns, found, leak in reader.fetch(_RELATIONS, (asked, marks))
    }


def _quoted(schema: str, name: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in (schema, name) if part)
