"""Display in a real IPython kernel, heard through jupyter_client as a page would hear it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from jupyter_client import BlockingKernelClient, KernelManager
from nbclient import NotebookClient

SETUP = """
import pyarrow as pa
from tobit_kernel.notebook.display import register
from tobit_kernel.wire.stream import Result, Tail
register(get_ipython())
def rows(n):
    return Result(pa.table({"n": range(n), "글": [f"서버-{i % 7}" for i in range(n)]}), Tail(n), name="servers")
"""
GRID, CHART = "application/vnd.tobit.grid+json", "application/vnd.tobit.chart+json"


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        assert [m for m in run(client, SETUP) if m["msg_type"] == "error"] == []
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client: BlockingKernelClient, code: str) -> list[dict[str, Any]]:
    """The outputs of a cell, in order."""
    heard: list[dict[str, Any]] = []
    client.execute_interactive(code, output_hook=heard.append, timeout=60)
    return [message for message in heard if message["msg_type"] not in ("status", "execute_input")]


def ask(client: BlockingKernelClient, comm: str, message: dict[str, Any]) -> dict[str, Any]:
    """What the kernel answers on an open comm."""
    client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": comm, "data": message}))
    while True:
        heard: dict[str, Any] = client.get_iopub_msg(timeout=30)
        if heard["msg_type"] == "comm_msg" and heard["content"]["comm_id"] == comm:
            return heard


def opened(client: BlockingKernelClient, key: str) -> str:
    comm = uuid.uuid4().hex
    content = {"comm_id": comm, "target_name": "tobit.grid", "data": {"id": key}}
    client.shell_channel.send(client.session.msg("comm_open", content))
    return comm


def test_a_result_is_a_grid_a_table_and_text(kernel: BlockingKernelClient) -> None:
    (output,) = run(kernel, "rows(1000)")
    assert set(output["content"]["data"]) == {GRID, "text/html", "text/plain"}


def test_a_grid_pages_and_exports_over_its_comm(kernel: BlockingKernelClient) -> None:
    (output,) = run(kernel, "r = rows(100_000); r")
    comm = opened(kernel, output["content"]["data"][GRID]["id"])
    wish = {"offset": 10, "limit": 2, "sort": [{"column": 0, "descending": True}],
            "filters": [{"column": 1, "op": "contains", "value": "서버-3"}]}  # fmt: skip
    page = ask(kernel, comm, {"page": wish})["content"]["data"]["page"]
    assert page["rows"] == [["99928", "서버-3"], ["99921", "서버-3"]] and page["row_count"] == 14_286
    heard = ask(kernel, comm, {"export": {"format": "xlsx", "filters": wish["filters"]}})
    assert heard["content"]["data"]["export"]["name"] == "servers.xlsx"
    assert bytes(heard["buffers"][0])[:2] == b"PK"
    bad = ask(kernel, comm, {"page": {"filters": [{"column": 0, "op": "=", "value": "many"}]}})
    assert "many" in bad["content"]["data"]["error"]["message"]


def test_a_grid_of_an_earlier_kernel_hears_that_it_is_gone(kernel: BlockingKernelClient) -> None:
    comm = opened(kernel, "of-another-kernel")
    heard = ask(kernel, comm, {"page": {"offset": 0, "limit": 5}})["content"]["data"]
    assert heard["gone"] is True and heard["hint"]


def test_a_chart_displays_itself_and_its_imports_display_nothing(kernel: BlockingKernelClient) -> None:
    (output,) = run(kernel, "from tobit_kernel.notebook.display.chart import chart\nchart(rows(50), 'line:n,n')")
    data = output["content"]["data"]
    assert set(data) == {CHART, "image/svg+xml", "text/plain"}
    assert data[CHART]["height"] == 360 and "cdn" not in str(data[CHART])


def test_progress_is_redrawn_in_one_place_and_cleared(kernel: BlockingKernelClient) -> None:
    code = """
import time
from tobit_kernel.notebook.display.progress import Progress
with Progress() as progress:
    for done in range(100):
        progress(done, 100)
        time.sleep(.01)
"""
    heard = run(kernel, code)
    kinds = [message["msg_type"] for message in heard]
    assert kinds[0] == "display_data" and kinds[-1] == "clear_output"
    assert set(kinds[1:-1]) == {"update_display_data"}
    assert len({message["content"]["transient"]["display_id"] for message in heard[:-1]}) == 1
    assert {message["parent_header"]["msg_id"] for message in heard} == {heard[0]["parent_header"]["msg_id"]}


def test_an_error_is_two_lines_and_a_true_error_output(kernel: BlockingKernelClient) -> None:
    code = "from tobit_kernel.errors import NotFound\nraise NotFound('erp does not answer.', 'Try later.')"
    (output,) = run(kernel, code)
    assert output["msg_type"] == "error" and output["content"]["ename"] == "NotFound"
    assert [line.replace("\x1b[31m", "").replace("\x1b[0m", "") for line in output["content"]["traceback"]] == [
        "NotFound: erp does not answer.",
        "→ Try later.",
    ]


def test_a_caret_stands_below_its_letter_also_after_hangul(kernel: BlockingKernelClient) -> None:
    code = """
from tobit_kernel.errors import StatementError
raise StatementError("There is no column x.", "Did you mean y?", line=1, column=10, text="select 온도, x from t")
"""
    (output,) = run(kernel, code)
    _, text, caret, _ = output["content"]["traceback"]
    # Ten letters to the comma and blank, of which two take two columns: "select 온도" is 11 wide.
    assert text.startswith("  select 온도") and caret.index("^") == 2 + len("select ") + 4


def test_a_notebook_with_an_error_fails_as_nbval_and_papermill_see_it() -> None:
    from nbclient.exceptions import CellExecutionError

    cell = nbformat.v4.new_code_cell("from tobit_kernel.errors import NotFound\nraise NotFound('There is no table t.')")
    with pytest.raises(CellExecutionError, match="There is no table t"):
        NotebookClient(nbformat.v4.new_notebook(cells=[cell]), kernel_name="python3", timeout=60).execute()
