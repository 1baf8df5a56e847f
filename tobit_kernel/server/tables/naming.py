"""Names of loaded tables: where they may stand, and how they are spelled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from tobit_kernel.errors import InputError, Refused
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.store.tenancy import NAME_LIMIT_BYTES, personal_schema

#: Written instead of the name of one's own schema.
OWN = "my"
#: Schemas that are filled in other ways.
_RESERVED = {"gate", "information_schema", "ops", "mfg", "public"}
_PART = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class TableName:
    """A table of PostgreSQL. ``shown`` is how its owner writes it."""

    schema: str
    table: str
    is_personal: bool

    @property
    def shown(self) -> str:
        return f"{OWN if self.is_personal else self.schema}.{self.table}"


def resolve(principal: Principal, given: str, *, of_others: bool = False) -> TableName:
    """The table that ``principal`` means by ``T``, ``my.T`` or ``schema.T``.

    Letters of any script, digits and ``_``; capitals become small, as in SQL without quotes.
    ``InputError`` for what is no name, ``Refused`` for schemas that nobody loads into and for
    those of other users, unless ``of_others``.
    """
    schema, dot, table = given.strip().lower().rpartition(".")
    for part in (schema if dot else OWN, table):
        if not _PART.fullmatch(part):
            raise InputError(
                f"{given!r} is no table name.", "Letters, digits and _, such as orders or nab.temperature."
            )
        if len(part.encode()) > NAME_LIMIT_BYTES:
            raise InputError(f"The name {part!r} is longer than {NAME_LIMIT_BYTES} bytes.", "Choose a shorter one.")
    own = personal_schema(principal.user)
    if schema in ("", OWN, own):
        return TableName(own, table, True)
    if schema in _RESERVED or schema.startswith("pg_"):
        raise Refused(
            f"Nothing is loaded into the schema {schema!r}.", f"Use {OWN}.{table}, or a schema of another name."
        )
    if schema.startswith(f"{OWN}_") and not of_others:
        raise Refused(f"{schema!r} is the schema of another user.", f"Your own is written {OWN}.{table}.")
    return TableName(schema, table, False)


def name_for(file: str) -> str:
    """A table name made of a file's: ``2024 생산 (1).csv`` → ``_2024_생산_1``."""
    words = re.sub(r"\W+", "_", PurePath(file).stem.lower()).strip("_") or "table"
    name = words if _PART.match(words) else f"_{words}"
    return name.encode()[:NAME_LIMIT_BYTES].decode(errors="ignore")
