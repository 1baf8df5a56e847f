"""PostgreSQL's types of loaded columns: the allowed names, and how text becomes a value.

| type | read from text |
|---|---|
| smallint, integer, bigint | digits with a sign; 12.0 is 12, 12.5 is refused |
| real, double precision | also 1e5, NaN, Infinity; 1,5 only in files separated by semicolons |
| numeric(p,s), numeric | rounded to s; numeric alone takes the scale that the file needs |
| boolean | true/false, t/f, yes/no, y/n, on/off, 1/0 |
| date, timestamp, timestamptz | year first, with - / or . between; a date also as 20240131 |
| time, interval, uuid, json, jsonb, bytea (\\x00ff), text | as PostgreSQL writes them |
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tobit_kernel.errors import InputError

_ALIASES = {
    "int2": "smallint",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "double": "double precision",
    "decimal": "numeric",
    "bool": "boolean",
    "varchar": "text",
    "string": "text",
    "character varying": "text",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
}

#: Type → DuckDB's expression that reads it from the text {t}; NULL where it does not fit.
_FROM_TEXT = {
    "text": "{t}",
    "smallint": "try_cast(whole_text({t}) as smallint)",
    "integer": "try_cast(whole_text({t}) as integer)",
    "bigint": "try_cast(whole_text({t}) as bigint)",
    "real": "try_cast(float_text({n}) as float)",
    "double precision": "try_cast(float_text({n}) as double)",
    "numeric": "try_cast(number_text({n}) as decimal({p}, {s}))",
    "boolean": "boolean_of({t})",
    "date": "date_of({t})",
    "time": "time_of({t})",
    "timestamp": "timestamp_of({t})",
    "timestamptz": "timestamptz_of({t})",
    "interval": "try_cast({t} as interval)",
    "uuid": "try_cast({t} as uuid)",
    "json": "json_of({t})",
    "jsonb": "json_of({t})",
    "bytea": "bytea_of({t})",
}
ALLOWED = tuple(_FROM_TEXT)
#: Digits of a numeric that DuckDB and Arrow can carry.
MAX_PRECISION = 38


@dataclass(frozen=True)
class PgType:
    """A type of PostgreSQL: ``numeric(10,2)``, ``text``, ``bigint[]``.

    ``scale`` of a numeric without precision is what the file needs, it is no part of the name.
    """

    base: str
    precision: int | None = None
    scale: int = 0
    is_array: bool = False

    @property
    def name(self) -> str:
        """As PostgreSQL spells it."""
        size = f"({self.precision},{self.scale})" if self.precision is not None else ""
        return f"{self.base}{size}{'[]' if self.is_array else ''}"

    def from_text(self, text: str, decimal_comma: bool = False) -> str:
        """The DuckDB expression of this type for the text expression ``text``."""
        return _FROM_TEXT[self.base].format(
            t=text,
            n=f"with_point({text})" if decimal_comma else text,
            p=self.precision or MAX_PRECISION,
            s=self.scale,
        )


TEXT = PgType("text")
JSONB = PgType("jsonb")


def pg_type(name: str) -> PgType:
    """The type called ``name`` in any of its common spellings; else ``InputError``."""
    plain = " ".join(name.lower().split())
    parts = re.fullmatch(r"([a-z0-9 ]+?) ?(?:\( ?(\d+) ?(?:, ?(\d+) ?)?\))?", plain)
    if parts is not None:
        base = _ALIASES.get(parts[1], parts[1])
        if base == "numeric" and parts[2] is not None:
            precision, scale = int(parts[2]), int(parts[3] or 0)
            if not 1 <= precision <= MAX_PRECISION or scale > precision:
                raise InputError(f"There is no {name!r}.", f"numeric(p,s) needs 1 ≤ p ≤ {MAX_PRECISION} and s ≤ p.")
            return PgType("numeric", precision, scale)
        if base in _FROM_TEXT and (parts[2] is None or base == "text"):
            return PgType(base)
    raise InputError(f"A column cannot have the type {name!r}.", f"Allowed: {', '.join(ALLOWED)}, numeric(p,s).")
