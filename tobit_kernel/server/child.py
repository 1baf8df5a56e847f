"""Starts a program that ends when its parent ends, also when the parent is killed.

Run as a script (``python -I -S child.py PARENT SIGNAL UID:GID|- PROGRAM ARGUMENT…``) this
becomes PROGRAM. Standard library only, because it stands between two exec calls.

The kernel sends the signal when the *thread* that started the child ends, so start children
from a thread that lives as long as the process: the main thread. Systems without a
parent-death signal (macOS) run the program without it; the next start finds the orphan.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence

PR_SET_PDEATHSIG = 1


def command(
    program: Sequence[str], *, ends_by: signal.Signals = signal.SIGTERM, account: tuple[int, int] | None = None
) -> list[str]:
    """The argument list that runs ``program`` bound to this process, as ``account`` (uid, gid) if given."""
    owner = "-" if account is None else f"{account[0]}:{account[1]}"
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(ends_by)), owner, *program]


def become(parent: int, ends_by: int, owner: str, program: Sequence[str]) -> None:
    """Replaces this process by ``program``; exits at once when ``parent`` is already gone."""
    bind_to_parent = _parent_death_signal()
    if owner != "-":
        uid, gid = map(int, owner.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the change of account, which clears the parent-death signal.
    bind_to_parent(ends_by)
    if os.getppid() != parent:
        sys.exit(f"parent {parent} is gone")
    os.execv(program[0], list(program))  # noqa: S606 - no shell wanted


def _parent_death_signal() -> Callable[[int], object]:
    """``prctl(PR_SET_PDEATHSIG, …)``, loaded before the account changes and may not read libraries."""
    if sys.platform != "linux":
        return lambda ends_by: None
    import ctypes

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda ends_by: prctl(PR_SET_PDEATHSIG, ends_by, 0, 0, 0)


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
