"""``sql``: ask a data source."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tobit_kernel.errors import InputError
from tobit_kernel.verbs.call import Call, Surroundings
from tobit_kernel.verbs.parse import assignments, seconds

if TYPE_CHECKING:
    from tobit_kernel.wire.models import QueryRequest
    from tobit_kernel.wire.stream import Result

#: The name of the source that is the notebook itself.
LOCAL = "local"


def _sql_names(text: str) -> list[str]:
    from tobit_kernel.wire.parameters import names

    return names(text)


@dataclass(frozen=True)
class Language:
    """A language that sources are asked in: where its parameters stand, and what a statement looks like."""

    name: Literal["sql", "cypher", "redis"]
    names: Callable[[str], list[str]]
    example: str


SQL = Language("sql", _sql_names, "select …")


def sql(
    *words: str,
    source: str = "workbench",
    into: str | None = None,
    frame: Literal["pandas", "polars", "arrow"] | None = None,
    limit: int | None = 10_000,
    timeout: str = "30s",
    cache: str = "off",
    chart: str | None = None,
    background: bool = False,
    call: Call,
) -> Any:
    """Runs a SELECT and shows its rows.

    The statement stands below the line (on the command line: last, with -f FILE, or on standard
    input). `:name` in it is a parameter: its value is bound, never pasted. It comes from
    `name=value` on the line, else from the notebook variable of that name; lists work with
    `in (:ids)` and `= any(:ids)`. A first word names the cell: later cells of the same source
    read it like a table.

    Parameters
    ----------
    words
        NAME of the cell, then values of parameters: `day=2026-01-01 ids=[1,2] who='web-01'`
    source
        where to ask; `local` is DuckDB over the notebook's own frames and earlier results
    into
        notebook variable that gets the rows
    frame
        what that variable is (default pandas); without --into, what the cell returns
    limit
        most rows to fetch; `none` fetches all
    timeout
        ends the statement after so long: 30s, 5m, 2h
    cache
        how long the same question may be answered from memory: `off`, 5m
    chart
        draws `KIND:x,y[,by]` instead of a table; kinds line bar pie scatter heatmap hist area
    background
        gives the cell back at once and shows the rows when they are there
    """
    request, name = request_of(words, source, limit, timeout, cache, call)
    return asked(request, name, into, frame, chart, background, call)


def asked(
    request: QueryRequest,
    name: str | None,
    into: str | None,
    frame: Literal["pandas", "polars", "arrow"] | None,
    chart: str | None,
    background: bool,
    call: Call,
) -> Any:
    """The rows of a request, shown, drawn or given to a variable, now or in the background."""
    if into is not None and not into.isidentifier():
        raise InputError(f"--into {into!r} is no name of a variable.")

    def run() -> Any:
        result = _fetch(request, name, call)
        if name and request.language == "sql":
            _remember(request, name, call)
        return _shown(result, into, frame, chart, call)

    return call.background(run, name or into or "query") if background else run()


def request_of(
    words: tuple[str, ...],
    source: str,
    limit: int | None,
    timeout: str,
    cache: str,
    call: Surroundings,
    language: Language = SQL,
) -> tuple[QueryRequest, str | None]:
    """The request for the cell's statement, and the cell's name if it has one."""
    text = (call.body or "").strip("\n")
    if not text.strip():
        raise InputError(
            "There is no statement.", f"Write it below the line: `%%tobit {language.name}`, then `{language.example}`."
        )
    plain, values = assignments(words)
    name = _name(plain)
    return _request(text, values, name, source, limit, seconds(timeout, "--timeout"), cache, call, language), name


def _name(plain: list[str]) -> str | None:
    if len(plain) > 1:
        raise InputError(
            f"{' '.join(plain[1:])!r} is not understood.", "Write [NAME] and then parameters as name=value."
        )
    if plain and not re.fullmatch(r"[^\W\d]\w{0,62}", plain[0]):
        raise InputError(
            f"{plain[0]!r} can't name a cell.", "A name is letters, digits and _; it begins with a letter."
        )
    return plain[0] if plain else None


def _request(
    text: str,
    values: dict[str, Any],
    name: str | None,
    source: str,
    limit: int | None,
    timeout_s: float,
    cache: str,
    call: Surroundings,
    language: Language,
) -> QueryRequest:
    from pydantic import ValidationError

    from tobit_kernel.wire.models import QueryRequest
    from tobit_kernel.wire.parameters import encode

    known = call.cells.get(source, {}) if language is SQL else {}
    cells = [cell for key, cell in known.items() if key != name]
    given = _with_variables(language.names(text), values, call)
    try:
        return QueryRequest(
            language=language.name,
            statement=text,
            parameters={key: encode(value) for key, value in given.items()},
            cells=cells,
            source=source,
            limit=limit,
            timeout_s=timeout_s,
            cache_s=0 if cache == "off" else seconds(cache, "--cache"),
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"--{str(first['loc'][0]).removesuffix('_s')}: {first['msg']}.") from None


def _with_variables(names: list[str], values: dict[str, Any], call: Surroundings) -> dict[str, Any]:
    """``values``, and for the other ``names`` the notebook variables of that name."""
    missing = [name for name in names if name not in values and name in call.variables]
    return {**{name: call.variables[name] for name in missing}, **values}


def _fetch(request: QueryRequest, name: str | None, call: Surroundings) -> Result:
    if request.source == LOCAL:
        from tobit_kernel.verbs.local import run_local

        return run_local(request, name, call)
    gate = call.gate
    try:
        with call.working() as report:
            return gate.query(request, lambda rows: report(rows, None, ""), name)
    except Exception as error:
        raise _advised(error, request, call) from None


def _advised(error: Exception, request: QueryRequest, call: Surroundings) -> Exception:
    """An unknown table that is a notebook frame: say how it gets there."""
    from tobit_kernel.errors import StatementError

    if isinstance(error, StatementError) and error.details.get("sqlstate") == "42P01":
        match = re.search(r'"([^"]+)"', error.message)
        if match and hasattr(call.variables.get(match[1]), "columns"):
            error.hint = (
                f"{match[1]!r} is a frame of this notebook: `%tobit save {match[1]} --table {match[1]}` puts it "
                "into the database, or ask it here with --source local."
            )
    return error


def _remember(request: QueryRequest, name: str, call: Surroundings) -> None:
    from tobit_kernel.wire.models import Cell

    call.cells.setdefault(request.source, {})[name] = Cell(
        name=name, statement=request.statement, parameters=request.parameters
    )


def _shown(result: Result, into: str | None, frame: str | None, chart: str | None, call: Surroundings) -> Any:
    if result.name:
        call.results[result.name] = result
    if into:
        call.assign(into, result.to(frame or "pandas"))
    if chart:
        return call.draw(result, chart)
    if into is None and frame is None:
        call.picture(result)
    return result if into or frame is None else result.to(frame)
