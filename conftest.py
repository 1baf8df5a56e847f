"""What holds for every test, those of the notebooks too."""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar

import nbval.plugin
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.conftest import short_folder
from tobit_kernel.settings import Settings

#: Ends the measuring in a kernel, which nbval kills without letting it finish.
SAVE_COVERAGE = "import coverage; (lambda run: run and (run.stop(), run.save()))(coverage.Coverage.current())"
CI = Settings().ci
#: Folders whose files share a gate, a browser's server or a database that takes long to make.
TOGETHER = ("notebooks/", "tests/browser/", "tests/integration/demo/", "tests/integration/identity/")
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_configure(config: pytest.Config) -> None:
    """Measures the kernels of notebooks like every other child process (coverage's patch "subprocess").

    nbval's own way starts a second measurement in the kernel, and that one never answers.
    """
    nbval.plugin.setup_coverage = lambda *_: None
    nbval.plugin.teardown_coverage = lambda _, kernel: kernel.await_idle(kernel.kc.execute(SAVE_COVERAGE), 60)


class Scheduling(LoadFileScheduling):
    """One worker after the other gets the next file, or the next folder of ``TOGETHER``."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """``--dist loadfile`` keeps together what shares something costly."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Notebooks run in a home of their own, and its gate ends before coverage is added up."""
    notebooks = any(isinstance(item, nbval.plugin.IPyNbCell) for item in session.items)
    with home_of_notebooks() if notebooks else nullcontext():
        return (yield)


@contextmanager
def home_of_notebooks() -> Iterator[None]:
    """TOBIT_HOME is an empty folder inside; what was started in it is ended."""
    before, folder = os.environ.get("TOBIT_HOME"), short_folder()
    os.environ["TOBIT_HOME"] = str(folder)
    try:
        yield
    finally:
        if (folder / "gateway.json").exists():
            stop = [sys.executable, "-m", "tobit_kernel.launch.cli", "stop"]
            subprocess.run(stop, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
        os.environ.pop("TOBIT_HOME") if before is None else os.environ.update(TOBIT_HOME=before)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With TOBIT_CI=1 a test that would skip fails: CI has everything, so a skip hides something."""
    report = yield
    return _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    return _refuse_skip(report)


def _refuse_skip(report: Report) -> Report:
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"It would skip, and TOBIT_CI=1 allows none: {reason}"
    return report
