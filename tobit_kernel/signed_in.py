"""What a process shows to a team's gate: the session of `tobit login`, or an API key from a file."""

from __future__ import annotations

from pathlib import Path

from tobit_kernel.errors import InputError, Unauthenticated
from tobit_kernel.runtime import remembered


class Login:
    """The session of `tobit login`, also when it is a newer one than at the start of this process."""

    def __init__(self, home: Path, url: str, token: str) -> None:
        self._home, self._url, self._token = home, url, token

    def token(self) -> str:
        return self._token

    def renewed(self, refused: str) -> bool:
        """Whether somebody has signed in again since."""
        session = remembered(self._home)
        if session is not None and session.token and session.url == self._url:
            self._token = session.token
        return self._token != refused


class KeyFile:
    """The API key in ``file``, which only its owner reads; a rotated one counts without a restart."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._token = _key(file)

    def token(self) -> str:
        return self._token

    def renewed(self, refused: str) -> bool:
        """Whether another key stands in the file since."""
        self._token = _key(self._file)
        return self._token != refused


def signed_out(url: str) -> Unauthenticated:
    """The error of every verb while the team's gate at ``url`` is remembered and nobody is signed in."""
    return Unauthenticated(
        f"You are signed out of {url}.",
        "`tobit login` signs in; `tobit login --forget` goes back to a gate of your own machine.",
    )


def _key(file: Path) -> str:
    try:
        mode = file.stat().st_mode
        key = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise InputError(f"TOBIT_API_KEY_FILE={str(file)!r} can't be read: {why}.", "It holds one API key.") from None
    if mode & 0o077:
        raise InputError(f"Others may read the API key in {str(file)!r}.", f"chmod 600 {file}")
    if len(key.split()) != 1:
        raise InputError(f"{str(file)!r} holds no API key.", "One line: the token that `tobit keys --add` shows.")
    return key
