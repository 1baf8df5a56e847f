"""The gate's own pages: signing in, and what a link shows. Nothing on them comes from elsewhere."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import HTMLResponse

from tobit_kernel.errors import NotFound
from tobit_kernel.server.gateway.callers import Anybody, TheGate
from tobit_kernel.server.gateway.routes.sign_in import require_team

router = APIRouter(include_in_schema=False)

_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FILES = ("sign-in.css", "sign-in.js", "share.css", "share.js", "mark.svg")
_HERE = files("tobit_kernel.server.gateway") / "pages"
#: Scripts and styles are files of ours; nobody frames a page, and its forms go nowhere by themselves.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Where a browser may be sent after signing in: paths of this gate.
_NEXT = re.compile(r"/(?:sign-in|shared|dashboards)(?:/[A-Za-z0-9._~-]+)*/?")


@router.get("/sign-in", response_class=HTMLResponse)
async def sign_in(
    gate: TheGate,
    origin: Anybody,
    accept_language: Annotated[str, Header()] = "",
    next: Annotated[str, Query(max_length=300)] = "",
) -> HTMLResponse:
    """The page to sign in."""
    require_team(gate)
    return _page("sign-in.html", language(accept_language, gate.settings.lang), next=safe_next(next))


@router.get("/share", response_class=HTMLResponse)
async def share(gate: TheGate, origin: Anybody, accept_language: Annotated[str, Header()] = "") -> HTMLResponse:
    """The page of a link; its secret stands behind the ``#`` of the address, which no browser sends."""
    return _page("share.html", language(accept_language, gate.settings.lang))


@router.get("/pages/{name}")
async def static(origin: Anybody, name: str) -> Response:
    """Styles, scripts and the picture of the pages."""
    if name not in _FILES:
        raise NotFound(f"There is no file {name!r}.")
    kind = _KINDS[name[name.rindex(".") :]]
    return Response(_read(name), media_type=kind, headers={"cache-control": "max-age=300"})


def _page(name: str, lang: str, **more: str) -> HTMLResponse:
    """A page of ours in English or Korean, with all its texts for its script."""
    words = _texts()[lang]
    held = {**words, **more, "lang": lang, "texts": json.dumps(words, ensure_ascii=False)}
    page = re.sub(r"\{\{(\w+)\}\}", lambda found: escape(held[found[1]]), _read(name))
    return HTMLResponse(page, headers={"content-security-policy": POLICY, "vary": "accept-language"})


def safe_next(path: str) -> str:
    """``path`` where it is one of this gate's pages; else nothing: a sign-in is no way to elsewhere."""
    return path if _NEXT.fullmatch(path) else ""


def language(accepted: str, default: str = "") -> str:
    """``en`` or ``ko``, whichever a browser likes better."""
    found: list[tuple[float, str]] = []
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";q=")
        short = name.strip().lower().partition("-")[0]
        if short in ("en", "ko"):
            found.append((_number(quality), short))
    return max(found, key=lambda each: each[0])[1] if found else default or "en"


def _number(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0


@lru_cache(maxsize=16)
def _read(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    return dict(json.loads(_read("texts.json")))
