"""``redis``: ask a Redis in its own commands."""

from __future__ import annotations

import re
from typing import Any, Literal

from tobit_kernel.verbs.call import Call
from tobit_kernel.verbs.sql import Language, asked, request_of


def _names(text: str) -> list[str]:
    """The ``:name`` words of a cell; a key like ``ci:build`` holds none."""
    return re.findall(r"(?:^|(?<=\s)):([^\W\d]\w*)(?=\s|$)", text)


REDIS = Language("redis", _names, "HGETALL ci:build:1")


def redis(
    *words: str,
    source: str = "redis",
    into: str | None = None,
    frame: Literal["pandas", "polars", "arrow"] | None = None,
    limit: int | None = 10_000,
    timeout: str = "30s",
    cache: str = "off",
    chart: str | None = None,
    background: bool = False,
    call: Call,
) -> Any:
    """Runs commands of Redis that read, one a line, and shows their answers as rows.

    Words are quoted as in redis-cli. A word `:name` is a parameter: its value comes from
    `name=value` on the line, else from the notebook variable of that name, and a list becomes
    several words. Commands that write or wait are refused. `SCAN 0 MATCH ci:*` and `KEYS ci:*` go
    step by step and stop at the limit.

    Parameters
    ----------
    words
        NAME of the result, then values of parameters: `key='ci:build:1'`
    source
        which Redis to ask
    into
        notebook variable that gets the rows
    frame
        what that variable is (default pandas); without --into, what the cell returns
    limit
        most rows to fetch; `none` fetches all
    timeout
        gives up after so long: 30s, 5m, 2h
    cache
        how long the same question may be answered from memory: `off`, 5m
    chart
        draws `KIND:x,y[,by]` instead of a table; kinds line bar pie scatter heatmap hist area
    background
        gives the cell back at once and shows the rows when they are there
    """
    request, name = request_of(words, source, limit, timeout, cache, call, REDIS)
    return asked(request, name, into, frame, chart, background, call)
