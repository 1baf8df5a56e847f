"""What the embedded graph server is told by HTTP: databases, users, statements to end."""

from __future__ import annotations

import base64
import http.client
import json
from typing import Any

from tobit_kernel.errors import SourceUnavailable


class Control:
    """The server's HTTP side on this machine, as its root."""

    def __init__(self, port: int, password: str) -> None:
        self._port = port
        token = base64.b64encode(f"root:{password}".encode()).decode()
        self._headers = {"authorization": f"Basic {token}", "content-type": "application/json"}

    def is_ready(self) -> bool:
        """Whether it takes work."""
        try:
            return self._asked("GET", "ready")[0] == 204
        except OSError:
            return False

    def make_database(self, name: str) -> None:
        """The database, unless it is there."""
        if name not in self._told("list databases"):
            self._told(f"create database {name}")

    def make_reader(self, user: str, password: str, database: str, group: str) -> None:
        """A user that reads ``database`` and nothing else; one of that name is replaced."""
        self._told(f"drop user {user}", may_fail=True)
        about = {"name": user, "password": password, "databases": {database: [group]}}
        self._told(f"create user {json.dumps(about)}")

    def terminate(self, client_port: int) -> None:
        """Ends what runs for the connection from ``client_port`` of this machine."""
        for query in self._told("list queries"):
            if str(query.get("clientAddress", "")).endswith(f":{client_port}"):
                self._told(f"terminate query {query['id']}", may_fail=True)

    def _told(self, command: str, may_fail: bool = False) -> Any:
        try:
            status, body = self._asked("POST", "server", {"command": command})
        except OSError as error:
            raise SourceUnavailable(f"The graph server does not answer: {error}.") from error
        if status != 200 and not may_fail:
            verb = " ".join(command.split()[:2])  # the rest may hold a password
            raise SourceUnavailable(f"The graph server refused `{verb}`: HTTP {status}.")
        return json.loads(body).get("result") if status == 200 else None

    def _asked(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            text = None if body is None else json.dumps(body)
            # who asks whether it is ready shows no password: the port may be somebody else's still
            connection.request(method, f"/api/v1/{path}", text, {} if body is None else self._headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
