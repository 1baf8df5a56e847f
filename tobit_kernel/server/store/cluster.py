"""The data folder of the embedded PostgreSQL: made by initdb, configured at every start."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from tobit_kernel.errors import Conflict, SourceUnavailable, StorageFull, TobitError
from tobit_kernel.runtime import unwritable
from tobit_kernel.server.store.budget import SERVER_CONNECTIONS
from tobit_kernel.server.store.passwords import scram_verifier
from tobit_kernel.server.store.placement import MAJOR_VERSION, Placement

#: Name of the superuser; its password is in ``TOBIT_HOME/database.json``.
SUPERUSER = "postgres"
PORT = 5432
MIB = 1 << 20


def environment() -> dict[str, str]:
    """What PostgreSQL's programs see: nothing of ours, so no secret."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def create(place: Placement, password: str) -> None:
    """Makes ``place.data``: UTF-8, scram for everybody, page checksums.

    Text sorts by code point (locale C.UTF-8 of the server itself): fast, the same on every
    machine, and for Hangul that is the order of the dictionary. An initdb that was cut off
    leaves no data folder, only a draft that the next one removes.
    """
    draft = place.base / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    place.give(draft)
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
    with _password_file(place, password) as pwfile:
        access = ["--username", SUPERUSER, "--auth=scram-sha-256", "--pwfile", str(pwfile)]
        _run(place, [place.program("initdb"), "-D", str(draft), *locale, *access, "--no-instructions"])
    draft.rename(place.data)


def check_version(place: Placement) -> None:
    """``Conflict`` when another major version of PostgreSQL made the data."""
    found = (place.data / "PG_VERSION").read_text().strip()
    if found != MAJOR_VERSION:
        raise Conflict(
            f"The data in {str(place.data)!r} is of PostgreSQL {found}; this Tobit brings {MAJOR_VERSION}.",
            "Start the Tobit that made it and use `tobit backup`, then `tobit restore` into a new TOBIT_HOME.",
        )


def renew_password(place: Placement, password: str) -> None:
    """Sets the superuser's password without the old one; the server must not run.

    For a home whose ``database.json`` was lost while its data was kept.
    """
    program = [place.program("postgres"), "--single", "-D", str(place.data), *config_arguments(place), "postgres"]
    _run(place, program, f"alter role {SUPERUSER} password '{scram_verifier(password)}'\n")


def configure(place: Placement) -> None:
    """Writes ``postgresql.conf`` and ``pg_hba.conf``."""
    package = files("tobit_kernel.server.store")
    values = {
        "socket": _quoted(place.socket),
        "logs": _quoted(place.logs),
        "access": _quoted(place.base / "pg_hba.conf"),
        "max_connections": SERVER_CONNECTIONS,
        "shared_buffers": f"{min(256, max(64, _memory_mib() // 32))}MB",
        "cache_size": f"{max(512, _memory_mib() // 4)}MB",
        "shared_memory": _shared_memory(),
    }
    text = (package / "postgresql.conf").read_text(encoding="utf-8")
    place.write(place.base / "postgresql.conf", text.format_map(values))
    place.write(place.base / "pg_hba.conf", (package / "pg_hba.conf").read_text(encoding="utf-8"))


def config_arguments(place: Placement) -> list[str]:
    """Arguments of the server that name our configuration.

    It lies beside the data, not in it: the account of PostgreSQL must not be able to replace it.
    """
    return ["-c", f"config_file={place.base / 'postgresql.conf'}"]


def last_words(place: Placement) -> str:
    """What the server wrote since it was last started: before its own log was open, and in it."""
    said = (place.base / "start.log").read_text(errors="replace")
    if "redirecting log output" not in said:
        return said  # what is in the log is of an earlier start
    newest = max(place.logs.glob("*.log"), key=lambda file: file.stat().st_mtime)
    return said + newest.read_text(errors="replace").rpartition("starting PostgreSQL")[2]


def failure(place: Placement, what: str, output: str) -> TobitError:
    """The error for a PostgreSQL program that failed, in its own last words."""
    said = [line.strip() for line in output.splitlines() if "FATAL" in line or "error:" in line or "PANIC" in line]
    reason = said[-1] if said else (output.strip().splitlines() or ["it said nothing"])[-1]
    # A write that ends half way gives only the second.
    if "No space left on device" in output or "Check free disk space" in output:
        return StorageFull(
            f"PostgreSQL {what}: the disk of {str(place.base)!r} is full.",
            "Free some space and start again; nothing that was saved is lost.",
        )
    return SourceUnavailable(f"PostgreSQL {what}: {reason}", f"Its log is in {str(place.logs)!r}.")


def _run(place: Placement, program: list[str], given: str | None = None) -> None:
    account = (
        {"user": place.account.uid, "group": place.account.gid, "extra_groups": ()} if place.account.is_other else {}
    )
    done = subprocess.run(  # noqa: S603 - our own binaries
        program,
        input=given or "",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=place.base,
        env=environment(),
        **account,  # type: ignore[call-overload]
    )
    if done.returncode != 0:
        raise failure(place, f"could not be set up ({Path(program[0]).name})", done.stdout)


@contextmanager
def _password_file(place: Placement, password: str) -> Iterator[Path]:
    """A file for ``--pwfile`` that only PostgreSQL's account can read, gone afterwards."""
    folder = place.give(place.base / "secret")
    file = folder / "password"
    try:
        file.unlink(missing_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(password)
        if place.account.is_other:
            os.chown(file, place.account.uid, place.account.gid)
        yield file
    except OSError as error:
        raise unwritable(file, error) from error
    finally:
        file.unlink(missing_ok=True)
        folder.rmdir()


def _quoted(path: Path) -> str:
    """``path`` inside quotes in ``postgresql.conf``."""
    return str(path).replace("\\", "\\\\").replace("'", "''")


def _memory_mib() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB


def _shared_memory() -> str:
    """Where parallel workers share rows: /dev/shm, unless it is a container's usual 64 MB."""
    try:
        status = os.statvfs("/dev/shm")  # noqa: S108 - only looked at
    except OSError:
        return "mmap"
    return "posix" if status.f_bavail * status.f_frsize >= 256 * MIB else "mmap"
