"""``lab``: JupyterLab with the gate, demo data and the tutorials."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess  # noqa: S404 - starts our own interpreter
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tobit_kernel.errors import InputError, TobitError
from tobit_kernel.shipped import shipped
from tobit_kernel.verbs.call import Call, Surroundings

#: Nothing is fetched from other hosts: no news, no look for updates, no list of extensions.
_QUIET = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


def lab(*options: Annotated[str, Parameter(allow_leading_hyphen=True)], demo: bool = True, call: Call) -> None:
    """Starts JupyterLab here, with the gate behind it and demo data to begin with.

    In a folder without notebooks the tutorials are put into `notebooks/`. Other options go to
    JupyterLab as they are: `tobit lab --no-browser --port 8889`.

    Parameters
    ----------
    options
        for JupyterLab
    demo
        make demo data where there is none
    """
    if find_spec("jupyterlab") is None:
        raise InputError("JupyterLab is not installed here.", "pip install 'tobit-kernel[all]'")
    start = tutorials(Path.cwd())
    if demo:
        threading.Thread(target=_demo, args=(call,), name="demo data", daemon=True).start()
    given = list(options)
    if not any(option.startswith(("--LabApp.default_url", "--ServerApp.default_url")) for option in given):
        given.append(f"--LabApp.default_url=/lab/tree/{start}")
    command = [sys.executable, "-m", "jupyterlab", *_QUIET, "--ServerApp.root_dir", str(Path.cwd()), *given]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    raise SystemExit(_run(command))


def _run(command: list[str]) -> int:
    """The exit code of JupyterLab, which ends when this process is told to end."""
    with subprocess.Popen(command) as running:  # noqa: S603 - no shell, our own interpreter
        signal.signal(signal.SIGTERM, lambda *_: running.terminate())
        while True:
            try:
                return running.wait()
            except KeyboardInterrupt:
                continue  # JupyterLab heard it too and asks whether it is meant


def tutorials(folder: Path) -> str:
    """The first tutorial's path below ``folder``; they are copied there when it has none."""
    own = folder / "notebooks"
    source = shipped("notebooks")
    if not own.exists() and source.resolve() != own.resolve():
        shutil.copytree(source, own, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    first = next(iter(sorted(own.glob("*.ipynb"))), None)
    return f"notebooks/{first.name}" if first else ""


def _demo(call: Surroundings) -> None:
    """Makes demo data where there is none yet; JupyterLab does not wait for it."""
    try:
        call.gate.post("/demo")
    except TobitError as error:
        print("\n".join(error.lines()), file=sys.stderr)
