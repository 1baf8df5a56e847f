"""Jupyter server extension: what the JupyterLab extension asks while the kernel is busy.

Routes below ``{base}/tobit/``; every one asks for Jupyter's own sign-in and XSRF token.
The gate's token is added here: the browser never sees it.

    POST complete      {text, offset}, offset in code points → {start, end, items}
    GET  gate/<path>   the gate's answer as it is, for the paths in READABLE
    POST gate/<path>   the same for those in ASKABLE
    GET  state         {state: running | starting | down, version, home, tenant, user, role, message, hint}
    POST state         starts the gate
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from tobit_kernel.errors import InputError, TobitError
from tobit_kernel.notebook.gate_forward import Answer, GateForward
from tobit_kernel.wire.envelope import failure

#: Paths under /api/v1, still percent-encoded, that a page may read …
READABLE = re.compile(r"me|status|demo|sources|sources/[^/]+/tables(/[^/]+(/profile)?)?|queries|traces/[0-9a-f]+")
#: … and those that it may post to.
ASKABLE = re.compile(r"query|query/format")
LONGEST_TEXT = 1_000_000


def _load_jupyter_server_extension(serverapp: Any) -> None:
    """Adds the routes to a Jupyter server."""
    settings = serverapp.web_app.settings
    settings["tobit_gate"] = GateForward()
    root = url_path_join(settings["base_url"], "tobit")
    serverapp.web_app.add_handlers(
        ".*$",
        [
            (url_path_join(root, "complete"), CompleteHandler),
            (url_path_join(root, "state"), StateHandler),
            (url_path_join(root, "gate", "(.*)"), GateHandler),
        ],
    )


class GateRoute(APIHandler):
    """What the routes share: the way to the gate, and errors in the envelope's shape."""

    auth_resource = "tobit"

    @property
    def gate(self) -> GateForward:
        found: GateForward = self.settings["tobit_gate"]
        return found

    def pass_on(self, answer: Answer) -> None:
        self.set_status(answer.status)
        self.set_header("Content-Type", answer.content_type)
        self.finish(answer.body)

    def refuse(self, error: TobitError) -> None:
        self.set_status(error.status)
        self.finish(json.dumps(failure(error)))


class GateHandler(GateRoute):
    """Forwards what READABLE and ASKABLE allow."""

    @web.authenticated
    @authorized
    async def get(self, _: str) -> None:
        await self._forward("GET", READABLE)

    @web.authenticated
    @authorized
    async def post(self, _: str) -> None:
        await self._forward("POST", ASKABLE)

    async def _forward(self, method: str, allowed: re.Pattern[str]) -> None:
        # The path as it was sent: decoded, a "%2F" in a table's name would look like another path.
        path = self.request.path.partition("/tobit/gate/")[2]
        if not allowed.fullmatch(path) or {".", ".."} & set(path.replace("%2e", ".").replace("%2E", ".").split("/")):
            raise web.HTTPError(404, f"The gate's {path!r} is not open to pages.")
        body = self.request.body if method == "POST" else None
        try:
            self.pass_on(await self.gate.ask(method, f"/api/v1/{path}", self.request.query, body))
        except TobitError as error:
            self.refuse(error)


class StateHandler(GateRoute):
    """Whether the gate runs; looking does not start it."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.finish(json.dumps(await self.gate.state()))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        self.gate.start()
        self.finish(json.dumps(await self.gate.state()))


class CompleteHandler(GateRoute):
    """Completions of a ``%tobit`` line or ``%%tobit`` cell, without the kernel."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        try:
            text, offset = _question(self.get_json_body())
            self.finish(json.dumps(await asyncio.to_thread(_complete, text, offset)))
        except TobitError as error:
            self.refuse(error)


def _question(body: Any) -> tuple[str, int]:
    match body:
        case {"text": str(text), "offset": int(offset)} if 0 <= offset <= len(text) <= LONGEST_TEXT:
            return text, offset
    raise InputError("A completion needs {text, offset} with the offset inside the text.")


def _complete(text: str, offset: int) -> dict[str, Any]:
    from tobit_kernel.notebook.completion import complete, gate_catalog

    found = complete(text, offset, gate_catalog())
    return {
        "start": found.start,
        "end": found.end,
        "items": [
            {"label": item.label, "insert": item.insert, "kind": item.kind, "detail": item.detail}
            for item in found.items
        ],
    }
