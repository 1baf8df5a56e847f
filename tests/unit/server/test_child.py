"""A child that ends with its parent."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tobit_kernel.server import child

PARENT = """
import subprocess, sys, time
from tobit_kernel.server import child
started = subprocess.Popen(child.command(["/bin/sleep", "60"]))
print(started.pid, flush=True)
time.sleep(60)
"""


def lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def test_a_child_becomes_the_program() -> None:
    told = subprocess.run(child.command(["/bin/echo", "한글", "a b"]), capture_output=True, text=True, check=True)
    assert told.stdout == "한글 a b\n"


def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 5
    while lives(pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not lives(pid)


def test_a_child_of_a_parent_that_is_already_gone_does_not_begin() -> None:
    command = child.command(["/bin/echo", "begun"])
    command[command.index(str(os.getpid()))] = "1"
    told = subprocess.run(command, capture_output=True, text=True)
    assert (told.stdout, told.returncode) == ("", 1) and "parent 1 is gone" in told.stderr
