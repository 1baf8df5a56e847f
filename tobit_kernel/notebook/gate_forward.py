"""The gate as a Jupyter server reaches it: without blocking its loop, with the token added."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_server_proxy.unixsock import UnixResolver
from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.simple_httpclient import HTTPStreamClosedError, HTTPTimeoutError, SimpleAsyncHTTPClient

from tobit_kernel.errors import GateUnavailable, TimedOut, TobitError
from tobit_kernel.runtime import TOKEN_FILE
from tobit_kernel.settings import settings

UNIX = "unix://"
#: Longest that an answer may take; the gate's own limits are shorter.
LONGEST_S = 330
#: Longest for the status line, which has to know soon.
GLANCE_S = 5


@dataclass(frozen=True)
class Answer:
    """What the gate said."""

    status: int
    content_type: str
    body: bytes

    def data(self) -> Mapping[str, Any]:
        """``data`` of the envelope; empty when the gate refused."""
        return json.loads(self.body)["data"] if self.status == 200 else {}


@dataclass(frozen=True)
class Address:
    """Where the gate listens, and the token that it knows us by."""

    url: str
    token: str


class GateForward:
    """Asks the gate, starting it once when none answers."""

    def __init__(self) -> None:
        self._starting: asyncio.Task[None] | None = None
        self._failed: TobitError | None = None

    async def ask(self, method: str, path: str, query: str = "", body: bytes | None = None) -> Answer:
        """The gate's answer whatever its status; GateUnavailable when none can be had."""
        try:
            return await self._send(method, path, query, body, LONGEST_S)
        except GateUnavailable:
            await self.start()
            return await self._send(method, path, query, body, LONGEST_S)

    async def state(self) -> dict[str, Any]:
        """Whether it runs, since when, and for whom it answers us."""
        try:
            me = await self._send("GET", "/api/v1/me", "", None, GLANCE_S)
            status = await self._send("GET", "/api/v1/status", "", None, GLANCE_S)
        except TobitError as error:
            starting = self._starting is not None
            told = error if starting else self._failed or error
            return {"state": "starting" if starting else "down", "message": told.message, "hint": told.hint}
        if me.status != 200:
            told_data = json.loads(me.body)
            return {"state": "down", "message": told_data.get("message", ""), "hint": told_data["data"].get("hint", "")}
        return {"state": "running", **status.data(), **me.data()}

    def start(self) -> asyncio.Task[None]:
        """The one start that is under way, begun when there is none."""
        if self._starting is None:
            self._failed = None
            self._starting = asyncio.create_task(self._start())
        return self._starting

    async def _start(self) -> None:
        try:
            from tobit_kernel.autostart import gate

            await asyncio.to_thread(gate)
        except TobitError as error:
            self._failed = error
            raise
        finally:
            self._starting = None

    async def _send(self, method: str, path: str, query: str, body: bytes | None, timeout_s: float) -> Answer:
        address = await asyncio.to_thread(find_gate)
        answer = await self._fetched(address, method, path, query, body, timeout_s)
        if answer.status == 401 and await asyncio.to_thread(_renewed, address.token):
            address = await asyncio.to_thread(find_gate)
            answer = await self._fetched(address, method, path, query, body, timeout_s)
        return answer

    async def _fetched(
        self, address: Address, method: str, path: str, query: str, body: bytes | None, timeout_s: float
    ) -> Answer:
        client, root = _client(address.url)
        try:
            response = await client.fetch(
                HTTPRequest(
                    f"{root}{path}{'?' if query else ''}{query}",
                    method=method,
                    body=body,
                    headers={
                        "Authorization": f"Bearer {address.token}",
                        "Accept": "application/json",
                        "Content-Type": "application/json",
                    },
                    request_timeout=timeout_s,
                    connect_timeout=GLANCE_S,
                    follow_redirects=False,
                ),
                raise_error=False,
            )
        finally:
            client.close()
        return _answer(response)


def find_gate() -> Address:
    """Where the files of TOBIT_HOME, or TOBIT_GATEWAY_URL, say that the gate is; may sign in, so it blocks."""
    from tobit_kernel.autostart import address_of, bearer, facts_of

    told = settings()
    url = address_of(told)
    if url:
        known = bearer(told)
        return Address(url.rstrip("/"), known if isinstance(known, str) else known.token())
    facts, token = facts_of(told.home), told.home / TOKEN_FILE
    if facts is None or not token.exists():
        raise GateUnavailable("No gate runs here.", "The first cell that asks something starts it.")
    return Address(str(facts["url"]).rstrip("/"), token.read_text("utf-8").strip())


def _renewed(refused: str) -> bool:
    """Whether the process has another session in place of the one that the gate did not know; blocks."""
    from tobit_kernel.autostart import bearer

    known = bearer(settings())
    return not isinstance(known, str) and known.renewed(refused)


def _client(url: str) -> tuple[SimpleAsyncHTTPClient, str]:
    """A client for ``url``, and the root of addresses that it understands."""
    options: dict[str, Any] = {"force_instance": True, "max_body_size": 256 * 1024 * 1024}
    if not url.startswith(UNIX):
        if url.startswith("https://") and settings().ca_file:
            options["defaults"] = {"ca_certs": str(settings().ca_file)}
        return SimpleAsyncHTTPClient(**options), url
    socket = Path(url.removeprefix(UNIX))
    return SimpleAsyncHTTPClient(resolver=UnixResolver(str(socket)), **options), "http://gate"


def _answer(response: HTTPResponse) -> Answer:
    """599 is tornado's word for "no answer"."""
    if isinstance(response.error, HTTPTimeoutError) and "during request" in str(response.error):
        raise TimedOut("The gate took too long to answer.")
    if response.code == 599 or isinstance(response.error, (OSError, HTTPStreamClosedError)):
        raise GateUnavailable(f"The gate does not answer: {response.error}.")
    return Answer(response.code, response.headers.get("Content-Type", "application/json"), response.body)
