"""A machine with accounts: people made by useradd, and a Python that all of them may run."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

_UNUSED = shutil.ignore_patterns("test", "site-packages", "config-*", "idlelib", "tkinter", "lib2to3", "*.a", "man")


def everybody_may(path: Path) -> bool:
    """Whether every account may pass through all folders down to ``path`` and read it."""
    here = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (here, *here.parents) if folder.is_dir())


def free_ports(number: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def python_for_all(folder: Path) -> tuple[Path, dict[str, str]]:
    """An interpreter with our packages that every account may run, and the environment that it needs.

    Ours may lie in a closed folder (/root); then its files are linked, or copied, into ``folder``.
    """
    base, environment = Path(sys.base_prefix), {}
    if everybody_may(base / "bin"):
        return Path(sys.executable), environment
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "python/bin").mkdir(parents=True)
    _linked(str(base / "bin" / version), str(folder / "python/bin" / version))
    shutil.copytree(base / "lib", folder / "python/lib", symlinks=True, copy_function=_linked, ignore=_UNUSED)
    venv = folder / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").symlink_to(folder / "python/bin" / version)
    (venv / "pyvenv.cfg").write_text(f"home = {folder}/python/bin\ninclude-system-site-packages = false\n")
    for name in ("lib", "share", "etc"):
        (venv / name).symlink_to(Path(sys.prefix) / name)
    return venv / "bin/python", {"LD_LIBRARY_PATH": f"{folder}/python/lib"}


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def add_person(name: str, homes: Path, same_as: str | None = None) -> None:
    """An account with a home; with ``same_as`` it has that one's uid and group."""
    one = pwd.getpwnam(same_as) if same_as else None
    share = ["-o", "-u", str(one.pw_uid), "-g", str(one.pw_gid)] if one else []
    subprocess.run(
        ["useradd", "-m", "-d", str(homes / name), "-s", "/bin/sh", *share, name], check=True, capture_output=True
    )


def remove_person(name: str) -> None:
    subprocess.run(["userdel", "-f", name], check=False, capture_output=True)
    subprocess.run(["groupdel", name], check=False, capture_output=True)
