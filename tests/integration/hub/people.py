"""A person at a JupyterHub: starts their server and runs cells in a kernel of it."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass
from typing import Any

import urllib3
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect


@dataclass
class Hub:
    """The Hub's API with the token of the service ``test``."""

    url: str
    token: str

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """The answer as JSON; the status where there is none or it failed."""
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                method,
                f"{self.url}{path}",
                json=body,
                headers={"authorization": f"token {token or self.token}"},
                retries=False,
            )
        return json.loads(answer.data) if answer.status < 300 and answer.data else answer.status


@dataclass
class Person:
    """``server`` is where their Jupyter server listens; its API takes their own token of the Hub."""

    name: str
    server: str
    token: str
    kernel: str = ""

    def api(self, method: str, path: str, body: Any = None) -> Any:
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                method,
                f"{self.server}{path}",
                json=body,
                headers={"authorization": f"token {self.token}"},
                retries=False,
            )
        assert answer.status < 300, (answer.status, answer.data[:1000])
        return json.loads(answer.data) if answer.data else None

    def run(self, code: str, limit_s: float = 60) -> tuple[str, str]:
        """What the cell printed or displayed as text, and its error."""
        self.kernel = self.kernel or self.api("POST", "api/kernels", {"name": "python3"})["id"]
        return asyncio.run(asyncio.wait_for(self._run(code), limit_s))

    async def _run(self, code: str) -> tuple[str, str]:
        address = f"{self.server.replace('http', 'ws', 1)}api/kernels/{self.kernel}/channels"
        request = HTTPRequest(address, headers={"authorization": f"token {self.token}"})
        connection = await websocket_connect(request, max_message_size=1 << 28)
        number = uuid.uuid4().hex
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        header = {"msg_id": number, "msg_type": "execute_request", "session": number, "username": "", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await connection.write_message(json.dumps(message))
        printed, error = "", ""
        while True:
            text = await connection.read_message()
            assert text is not None, "the server closed the channels"
            told = json.loads(text)
            if told["parent_header"].get("msg_id") != number:
                continue
            said = told["content"]
            match told["msg_type"]:
                case "stream":
                    printed += said["text"]
                case "display_data" | "execute_result":
                    printed += said["data"].get("text/plain", "") + "\n"
                case "error":
                    error = "\n".join(said["traceback"])
                case "status" if said["execution_state"] == "idle":
                    connection.close()
                    while await connection.read_message() is not None:
                        pass  # until the other side has closed, too
                    return printed, error
