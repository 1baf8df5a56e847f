"""A session with the gate for a process under JupyterHub: kept in memory, renewed before it ends."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tobit_kernel.client import Gate
from tobit_kernel.errors import TobitError

#: Taken anew when this much of it is left.
RENEW_BEFORE = timedelta(seconds=60)
_NEVER = datetime.fromtimestamp(0, UTC)
SIGN_IN = "/sign-in/hub"


class HubSession:
    """The token of a session, in exchange for the Hub's token of this server. The Hub's own token goes only there."""

    def __init__(self, url: str, hub_token: str, ca_file: Path | None = None) -> None:
        self._door = Gate(url, "", ca_file)
        self._hub_token = hub_token
        self._token = ""
        self._until = _NEVER
        self._turn = threading.Lock()

    def token(self) -> str:
        """The session's token; signs in when there is none or it ends soon."""
        with self._turn:
            if datetime.now(UTC) > self._until - RENEW_BEFORE:
                self._sign_in()
            return self._token

    def renewed(self, refused: str) -> bool:
        """Whether a new session could be had; several threads that were refused share one."""
        with self._turn:
            if self._token == refused:
                try:
                    self._sign_in()
                except TobitError:
                    self._token = ""
                    self._until = _NEVER
                    return False
            return True

    def _sign_in(self) -> None:
        answer = self._door.post(SIGN_IN, {"token": self._hub_token})
        self._token = str(answer["token"])
        until = datetime.fromisoformat(answer["ends_at"])
        self._until = until if until.tzinfo else until.replace(tzinfo=UTC)
