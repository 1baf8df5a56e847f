"""The pages of an endpoint, asked one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from tobit_kernel.errors import LimitReached, Refused, SourceUnavailable
from tobit_kernel.server.sources.fetched.web import Answer, Session, Web
from tobit_kernel.server.sources.rest.columns import at
from tobit_kernel.server.sources.rest.endpoints import Endpoint, Paging

#: Rows of one table.
ROWS = 1_000_000

_NEXT = re.compile(r'<([^<>]*)>[^,<]*?;\s*rel="?next"?', re.IGNORECASE)


def rows_of(
    session: Session, web: Web, endpoint: Endpoint, path: str, query: Mapping[str, Any], most: int | None = None
) -> list[Any]:
    """The rows of all pages, or of the first ``most`` ones; ``LimitReached`` when there are too many."""
    found: list[Any] = []
    for number, rows in enumerate(_pages(session, web, endpoint, path, query), 1):
        found += rows
        if len(found) > ROWS:
            raise LimitReached(f"{endpoint.name!r} has more than {ROWS:,} rows.", "Narrow it down by its parameters.")
        if most is not None and number >= most:
            break
    return found


def _pages(session: Session, web: Web, endpoint: Endpoint, path: str, query: Mapping[str, Any]) -> Iterator[list[Any]]:
    paging = endpoint.paging
    asked, place, seen = dict(query), path, 0
    if paging is not None:
        asked |= _first(paging)
    number = 0
    while True:
        answer = session.get(place, asked)
        rows = _list(answer, endpoint)
        yield rows
        seen, number = seen + len(rows), number + 1
        if paging is None:
            return
        following = _next(paging, answer, rows, number, seen)
        if following is None:
            return
        if number >= paging.most:
            raise LimitReached(
                f"{endpoint.name!r} has more than {paging.most} pages.", "Narrow it down by its parameters."
            )
        if paging.style == "link":
            place, asked = _same_server(web, place, str(following)), {}
        else:
            asked[paging.parameter] = following


def _first(paging: Paging) -> dict[str, Any]:
    """What the first page is asked with."""
    size = {paging.size_parameter: paging.size} if paging.size_parameter and paging.size else {}
    start = {"page": paging.first, "offset": 0}.get(paging.style)
    return size if start is None else {**size, paging.parameter: start}


def _next(paging: Paging, answer: Answer, rows: list[Any], number: int, seen: int) -> Any:
    """What the next page is asked with; None behind the last."""
    if paging.style == "link":
        match = _NEXT.search(answer.headers.get("link", ""))
        return match[1] if match else None
    if paging.style == "cursor":
        cursor = at(answer.data, paging.next)
        return cursor if isinstance(cursor, str | int) and cursor != "" and not isinstance(cursor, bool) else None
    if not rows or (paging.size is not None and len(rows) < paging.size):
        return None
    return seen if paging.style == "offset" else paging.first + number


def _list(answer: Answer, endpoint: Endpoint) -> list[Any]:
    found = at(answer.data, endpoint.rows)
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise SourceUnavailable(
            f"The answer of {endpoint.name!r} has no list at {endpoint.rows or 'its top'!r}.",
            "An administrator can correct `rows` of the endpoint.",
        )
    return found


def _same_server(web: Web, place: str, link: str) -> str:
    """The path and query of a link below our base; ``Refused`` when it leads to another server."""
    own = f"{web.scheme}://{web.host}:{web.port}"
    try:
        url = urlsplit(urljoin(f"{own}{web.base}{place}", link))
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
    except ValueError:
        url, port = urlsplit(""), None
    target = f"{url.path}?{url.query}" if url.query else url.path
    steps = url.path.lower().replace("%2e", ".").split("/")
    inside = target.startswith(f"{web.base}/") and ".." not in steps and target.isascii() and target.isprintable()
    if (url.scheme, url.hostname, port) != (web.scheme, web.host, web.port) or not inside or " " in target:
        raise Refused("The link to the next page leads to another server or path.", "It is not followed.")
    return target.removeprefix(web.base)
