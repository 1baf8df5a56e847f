"""What one person tries from their notebook to get at another's; runs in a kernel, so nothing of Tobit is used.

``attack(told)`` → ``{"what was tried": what it gave, or None where it was refused}``.
"""

import ctypes
import glob
import os
import re
import socket
import sqlite3
import urllib.error
import urllib.request
from pathlib import Path

PTRACE_ATTACH, PTRACE_DETACH = 16, 17


def attack(told):
    found = {}
    for name, trial in trials(told):
        try:
            found[name] = trial() or None
        except (OSError, ValueError, sqlite3.Error):
            found[name] = None
    return found


def trials(told):
    # first, while the victim's kernel speaks
    yield "what the kernel says by TCP", lambda: overheard(told["uid"], told["say"])
    for role, pid in told["pids"].items():
        yield f"{role}'s environment", lambda pid=pid: b"TOKEN" in Path(f"/proc/{pid}/environ").read_bytes()
        yield f"{role}'s memory", lambda pid=pid: memory(pid)
        yield f"{role} by ptrace", lambda pid=pid: traced(pid)
        yield f"{role}'s open files", lambda pid=pid: len(os.listdir(f"/proc/{pid}/fd"))
        yield f"{role} gets a signal", lambda pid=pid: os.kill(pid, 0) is None
    runtime = told["runtime"]
    for name, pattern in {
        "the home": told["home"],
        "the runtime folder": runtime,
        "connection files": f"{runtime}/kernel-*.json",
        "the server's file": f"{runtime}/jpserver-*.json",
        "the cookie secret": f"{runtime}/jupyter_cookie_secret",
        "TOBIT_HOME": f"{told['home']}/.tobit",
        "the notebook": f"{told['home']}/*.ipynb",
        "the Hub's database": f"{told['hub']}/jupyterhub.sqlite",
        "the Hub's cookie secret": f"{told['hub']}/cookie_secret",
        "the gate's token": f"{told['gate_home']}/token",
        "the gate's keys": f"{told['gate_home']}/*key*",
        "the gate's passwords": f"{told['gate_home']}/*password*",
        "the gate's logs": f"{told['gate_home']}/logs/*",
        "the database's files": f"{told['gate_home']}/pg*/**/pg_hba.conf",
    }.items():
        yield name, lambda pattern=pattern: read(pattern, told["exact"].get(pattern, []))
    yield (
        "files in /tmp",
        lambda: [file for file in (*glob.glob("/tmp/*"), *glob.glob("/tmp/*/*")) if theirs(file, told["uid"])],
    )
    yield "kernel's sockets", lambda: [each for each in glob.glob(f"{runtime}/*-ipc-*") if connects(each)]
    yield "the gate's own socket", lambda: connects(f"{told['gate_home']}/run/gateway.sock")
    yield "the database's socket", lambda: connects(f"{told['gate_home']}/run/pg/.s.PGSQL.5432")
    own = os.environ["JUPYTERHUB_API_TOKEN"]
    for name, url in told["urls"].items():
        yield name, lambda url=url: answered(url, own)
    yield "the gate without a token", lambda: asked_gate(told["gate"], "")
    yield "the gate with a made-up name", lambda: asked_gate(told["gate"], "Bearer " + told["name"])


def memory(pid):
    """The first readable bytes of the process."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        start, _, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
        if mode.startswith("rw"):
            with open(f"/proc/{pid}/mem", "rb") as file:
                file.seek(int(start, 16))
                return len(file.read(64))


def traced(pid):
    system = ctypes.CDLL(None, use_errno=True)
    if system.ptrace(PTRACE_ATTACH, pid, None, None) != 0:
        return None
    os.waitpid(pid, 0)
    system.ptrace(PTRACE_DETACH, pid, None, None)
    return True


def read(pattern, exact=()):
    """Names of what could be read; also by the exact name, where the folder can't be listed."""
    names = []
    for file in {*glob.glob(pattern, recursive=True), *exact, pattern}:
        try:
            if os.listdir(file) if os.path.isdir(file) else Path(file).read_bytes():
                names.append(file)
        except OSError:
            pass
    return names


def theirs(file, uid):
    status = os.lstat(file)
    return status.st_uid == uid and os.path.isfile(file) and os.access(file, os.R_OK)


def connects(file):
    with socket.socket(socket.AF_UNIX) as trial:
        return trial.connect_ex(file) == 0


def overheard(uid, say):
    """What the person's kernel publishes on a port of this machine, if it listens on one."""
    import zmq

    ports = [
        int(fields[1].rpartition(":")[2], 16)
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if (fields := line.split())[3] == "0A" and int(fields[7]) == uid
    ]
    context = zmq.Context()
    ear = context.socket(zmq.SUB)
    ear.subscribe(b"")
    for port in ports:
        ear.connect(f"tcp://127.0.0.1:{port}")
    heard = []
    while ear.poll(1500):
        heard.append(b"".join(ear.recv_multipart()))
        if say.encode() in heard[-1]:
            break
    context.destroy(linger=0)
    return len([each for each in heard if say.encode() in each])


def answered(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"token {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return None if error.code in (401, 403, 404) else error.code


def asked_gate(path, authorization):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        head = f"GET /api/v1/me HTTP/1.1\r\nhost: gate\r\nconnection: close\r\nauthorization: {authorization}\r\n\r\n"
        connection.sendall(head.encode())
        status = connection.recv(100).split(b" ")[1]
    return None if status in (b"401", b"403") else status.decode()
