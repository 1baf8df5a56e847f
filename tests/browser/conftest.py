"""A real JupyterLab and a real Chromium; a test that lets a request leave this machine fails."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START_S = 60

expect.set_options(timeout=15_000)


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where it is, and where its notebooks and its Tobit are."""

    url: str
    token: str
    notebooks: Path
    home: Path
    environment: dict[str, str]

    def address(self, path: str = "lab") -> str:
        """The address of a page, signed in."""
        return f"{self.url}/{path}{'&' if '?' in path else '?'}token={self.token}"

    def write(self, name: str, *cells: str) -> str:
        """The address of a new notebook with these code cells."""
        spec = {"name": "tobit", "display_name": "Tobit", "language": "python"}
        blank = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        made = [{**blank, "id": f"cell{n}", "source": text} for n, text in enumerate(cells)]
        notebook = {"cells": made, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
        (self.notebooks / name).write_text(json.dumps(notebook))
        # "reset" forgets the tabs of the test before.
        return self.address(f"lab/tree/{name}?reset")

    def open(self, page: Page, name: str, *cells: str) -> None:
        """Opens a new notebook with these cells, or the one that is there, and waits for its kernel."""
        page.goto(self.write(name, *cells) if cells else self.address(f"lab/tree/{name}?reset"))
        page.locator(".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=90_000)

    def run(self, page: Page) -> None:
        """Runs every cell; a click that comes before the session is ready does nothing, so it is repeated."""
        for _ in range(10):
            if page.locator(".jp-Dialog").count():
                pytest.fail(f"JupyterLab asks: {page.locator('.jp-Dialog').inner_text()}")
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            page.wait_for_timeout(1000)
            if page.locator(".jp-InputPrompt", has_text=re.compile(r"\[(\*|\d+)\]")).count():
                return
        pytest.fail("JupyterLab did not run the cells")


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a free port, with this checkout's extension and kernel and a TOBIT_HOME of its own."""
    folder = tmp_path_factory.mktemp("lab")
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    environment = jupyter_environment(folder)
    token, port = secrets.token_hex(16), free_port()
    options = {
        "IdentityProvider.token": token,
        "ServerApp.port": port,
        "ServerApp.root_dir": str(notebooks),
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "LabApp.news_url": "",
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    lab = Lab(f"http://127.0.0.1:{port}", token, notebooks, Path(environment["TOBIT_HOME"]), environment)
    yield from running(command, environment, folder / "lab.log", lab.address("api/status"), lab)
    stop_gate(lab)


def jupyter_environment(folder: Path) -> dict[str, str]:
    """Variables for a Jupyter with this checkout's extension, kernel and server extension, that keeps to ``folder``."""
    data = folder / "share" / "jupyter"
    # A copy, as a wheel installs it: Voila refuses files that a link leads to.
    copytree(ROOT / "extensions" / "lab" / "bundle", data / "labextensions" / "tobit-lab")
    (data / "kernels").symlink_to(ROOT / "jupyter" / "kernels")
    # No question about news on the first page.
    settings = folder / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    # A peer of the benchmarks brings an extension of its own; users have a Lab without it.
    page = folder / "config" / "labconfig"
    page.mkdir(exist_ok=True)
    (page / "page_config.json").write_text('{"disabledExtensions": {"jupysql-plugin": true}}')
    own = {
        "JUPYTER_PATH": str(data),
        "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "TOBIT_HOME": os.environ.get("TOBIT_BROWSER_HOME", str(folder / "home")),
        "TOBIT_IDLE_S": "120",
    }
    return os.environ | own


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def unused_port() -> int:
    """A TCP port that was free a moment ago."""
    return free_port()


def running(command: list[str], environment: dict[str, str], log: Path, probe: str, server: Any) -> Iterator[Any]:
    """``server`` while ``command`` runs and answers at ``probe``; its own process group is ended after."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        deadline = time.monotonic() + START_S
        while not answers(probe):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{command[2]} did not start:\n{log.read_text()[-4000:]}")
            time.sleep(0.1)
        yield server
    finally:
        os.kill(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(address: str) -> bool:
    """Whether somebody answers 200 at ``address``."""
    try:
        return urllib3.request("GET", address, timeout=2, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def stop_gate(lab: Lab) -> None:
    """Ends the gate that notebooks may have started in the lab's home."""
    if (lab.home / "gateway.json").exists() and "TOBIT_BROWSER_HOME" not in os.environ:
        subprocess.run([sys.executable, "-m", "tobit_kernel.launch.cli", "stop"], env=lab.environment, check=False)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module: while it is open, its event loop is in the way of asyncio's tests."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs Chromium at {CHROMIUM} (apt-get install chromium, or set CHROMIUM)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page. It is an error when it asks anybody but this machine for something."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, accept_downloads=True)
    context.set_default_timeout(30_000)
    strangers: list[str] = []
    context.on("request", lambda request: None if _local(request.url) else strangers.append(request.url))
    opened = context.new_page()
    opened.on("console", _print_error)
    yield opened
    context.close()
    assert not strangers, f"requests left this machine: {strangers}"


def _local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost")


def _print_error(message: ConsoleMessage) -> None:
    """Errors of the page appear beside a failed test."""
    if message.type == "error":
        print(f"console: {message.text[:500]}")
