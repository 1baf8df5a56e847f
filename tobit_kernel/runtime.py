"""Where a running Tobit keeps itself: the home folder and the folder of its sockets.

Standard library only: the client reads this before the gate exists.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tobit_kernel.errors import InputError, Refused, StorageFull

#: A socket's path has 104 bytes on macOS and 108 on Linux; the end is kept free.
SOCKET_LIMIT_BYTES = 100
#: Where a running gate says how it is reached: ``{pid, began, version, url, started_at}``.
GATEWAY_FILE = "gateway.json"
#: The token of local mode, readable by its owner alone.
TOKEN_FILE = "token"  # noqa: S105 - a file's name
#: The session that `tobit login` keeps, readable by its owner alone.
SESSION_FILE = "session"
#: Says that a home is a team's: no gate of one person serves its data.
TEAM_FILE = "team"
#: The longest path below the run folder that anything listens on.
LONGEST_SOCKET = "pg/.s.PGSQL.5432"


def home_hash(home: Path) -> str:
    """Twelve hexadecimal digits that stand for ``home`` where its path is too long or out of reach."""
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def make_home(home: Path) -> Path:
    """``home``, made when missing and open to its owner alone.

    As root others may pass through it (0711), because PostgreSQL refuses to run as root and
    reaches its folder from another account; every file inside has its own mode.
    """
    try:
        home.mkdir(parents=True)
        home.chmod(_private_mode())
    except FileExistsError:
        if not home.is_dir():
            raise unwritable(home, NotADirectoryError("it is not a folder")) from None
    except OSError as error:
        raise unwritable(home, error) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise unwritable(home, PermissionError("it is read-only"))
    _require_trusted(home)
    return home


def _require_trusted(home: Path) -> None:
    """``Refused`` when somebody else owns ``home``: they could put their own gate's address into it."""
    status = home.stat()
    if status.st_uid not in (os.geteuid(), 0):
        raise Refused(
            f"{str(home)!r} belongs to another account, which could read what you ask.",
            "Set TOBIT_HOME to a folder of your own, or make this one yours with chown.",
        )
    if status.st_uid == os.geteuid() and status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
        home.chmod(stat.S_IMODE(status.st_mode) & ~stat.S_IWOTH)


def unwritable(path: Path, error: OSError) -> InputError | StorageFull:
    """The error for a folder under ``TOBIT_HOME`` that cannot be made or written."""
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"The disk of {str(path)!r} is full.", "Free some space, or set TOBIT_HOME to another disk.")
    reason = error.strerror or str(error)
    return InputError(
        f"Tobit cannot write into {str(path)!r}: {reason}.", "Set TOBIT_HOME to a folder that you may write to."
    )


def process_began(pid: int) -> str:
    """When process ``pid`` began, in the system's own count; empty when it has ended.

    With the number it names a process for good, because numbers come back.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def run_folder(home: Path) -> Path:
    """The folder of this home's sockets, made when missing: private, owned by us, with a short path.

    ``home/run`` where a socket's path stays below 100 bytes, else ``$XDG_RUNTIME_DIR/tobit-<hash>``,
    else ``<temp>/tobit-<uid>-<hash>``. A symlink or a folder of somebody else is refused.
    """
    for folder in _candidates(home):
        path = os.fsencode(folder / LONGEST_SOCKET)
        # To PostgreSQL's clients a comma separates two hosts.
        if len(path) < SOCKET_LIMIT_BYTES and b"," not in path:
            return _private(folder)
    raise InputError(
        f"No folder for sockets has a path short enough: {tempfile.gettempdir()!r} is too long.",
        "Set TOBIT_HOME to a shorter path.",
    )


def _candidates(home: Path) -> Iterator[Path]:
    yield home / "run"
    # Not a setting of Tobit's: the system gives this folder to the session.
    session = os.environ.get("XDG_RUNTIME_DIR")
    if session and _is_ours(Path(session)):
        yield Path(session) / f"tobit-{home_hash(home)}"
    yield Path(tempfile.gettempdir()) / f"tobit-{os.geteuid()}-{home_hash(home)}"
    yield Path("/tmp") / f"tobit-{os.geteuid()}-{home_hash(home)}"  # noqa: S108 - checked by _private


def _private(folder: Path) -> Path:
    """``folder`` after it was made and found to be a real folder of ours that nobody else writes to."""
    try:
        folder.mkdir(mode=_private_mode())
    except FileExistsError:
        pass
    except FileNotFoundError:
        make_home(folder.parent)
        return _private(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise Refused(
            f"{str(folder)!r} is a link or belongs to somebody else; sockets in it could be theirs.",
            "Remove it, or set TOBIT_HOME to another path.",
        )
    if stat.S_IMODE(status.st_mode) != _private_mode():
        folder.chmod(_private_mode())
    return folder


def _is_ours(folder: Path) -> bool:
    try:
        return folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _private_mode() -> int:
    return 0o711 if os.geteuid() == 0 else 0o700


@dataclass(frozen=True)
class Remembered:
    """A session with a team's gate: its token goes to that ``url`` and nowhere else. Signed out, it is empty."""

    url: str
    name: str
    token: str


def remembered(home: Path) -> Remembered | None:
    """The session that `tobit login` left in ``home``, if any."""
    with suppress(OSError, ValueError, TypeError):
        return Remembered(**json.loads((home / SESSION_FILE).read_text("utf-8")))
    return None


def remember(home: Path, session: Remembered) -> None:
    """Keeps ``session`` for later commands and kernels of this home (0600)."""
    fresh = home / f"{SESSION_FILE}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(asdict(session), out)
    fresh.replace(home / SESSION_FILE)


def forget_session(home: Path) -> None:
    """``home`` knows no team's gate any more."""
    (home / SESSION_FILE).unlink(missing_ok=True)


def is_team(home: Path) -> bool:
    """Whether a team's gate ever ran in ``home``."""
    return (home / TEAM_FILE).exists()


def make_team(home: Path) -> None:
    """From now on ``home`` is a team's."""
    if not is_team(home):
        (home / TEAM_FILE).write_text("A team's gate keeps its data here: tobit gateway --team\n", "utf-8")
