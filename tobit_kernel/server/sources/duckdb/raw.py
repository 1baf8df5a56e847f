"""What would show the file itself: DuckDB lets a statement read every file that is attached, byte by byte."""

from __future__ import annotations

import re

from tobit_kernel.errors import Refused
from tobit_kernel.server.sources.sqlalchemy.dialects import TokenType, tokens_of, written

#: Functions that read files, tell where they are, or run a text as a statement.
_RAW = re.compile(
    r"(?:read|sniff|parquet|pragma|duckdb|json_execute|arrow|pandas|python)_\w*|\w*_scan\w*|query|query_table|glob|"
    r"current_setting|getvariable|which_secret|add_parquet_key"
)


def refuse_raw(statement: str) -> None:
    """``Refused`` for a statement that would read files past the tables."""
    tokens = tokens_of(statement, "duckdb")
    for token, after in zip(tokens, tokens[1:], strict=False):
        name = written(token, statement).strip('"').lower()
        if after.token_type is TokenType.L_PAREN and _RAW.fullmatch(name):
            raise Refused(f"Function {name!r} is not allowed.", "`%tobit tables` lists the tables that can be read.")
