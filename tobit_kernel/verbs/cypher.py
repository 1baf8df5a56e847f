"""``cypher``: ask a graph."""

from __future__ import annotations

import re
from typing import Any, Literal

from tobit_kernel.verbs.call import Call
from tobit_kernel.verbs.sql import Language, asked, request_of

_PIECE = re.compile(
    r"""//[^\n\r]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`|\$(?P<name>[^\W\d]\w*)""", re.DOTALL
)


def _names(text: str) -> list[str]:
    """The ``$name`` of a statement; those in texts, comments and back-ticks are none."""
    return list(dict.fromkeys(match["name"] for match in _PIECE.finditer(text) if match["name"]))


CYPHER = Language("cypher", _names, "MATCH (n) RETURN n LIMIT 10")


def cypher(
    *words: str,
    source: str = "graph",
    into: str | None = None,
    frame: Literal["pandas", "polars", "arrow"] | None = None,
    limit: int | None = 10_000,
    timeout: str = "30s",
    cache: str = "off",
    chart: str | None = None,
    background: bool = False,
    call: Call,
) -> Any:
    """Asks a graph and shows its rows; nodes and relationships also as a network.

    The statement stands below the line. `$name` in it is a parameter: its value comes from
    `name=value` on the line, else from the notebook variable of that name, and is never pasted.
    Statements that would change the graph are refused.

    Parameters
    ----------
    words
        NAME of the result, then values of parameters: `code=web-01 depth=2`
    source
        which graph to ask; `graph` is the workbench's own
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
    request, name = request_of(words, source, limit, timeout, cache, call, CYPHER)
    return asked(request, name, into, frame, chart, background, call)
