"""JSON over HTTP keeps the contract of sources."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.contracts.sources import *  # noqa: F403
from tests.contracts.sources import ROWS, Lab
from tobit_kernel.server.sources.rest import Rest
from tobit_kernel.server.sources.source import Record

START = datetime(2026, 1, 1)
NUMBERS = json.dumps(
    [
        {
            "i": n,
            "half": n / 2,
            "name": None if n % 7 == 0 else f"n{n}",
            "moment": (START + timedelta(seconds=n)).isoformat(),
        }
        for n in range(1, ROWS + 1)
    ]
).encode()
COLUMNS = {"i": "bigint", "half": "double", "name": "text", "moment": "timestamp"}


class Tables(BaseHTTPRequestHandler):
    """Answers ``/numbers`` and ``/empty``."""

    def do_GET(self) -> None:
        body = NUMBERS if self.path == "/numbers" else b"[]"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tables)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoints = [{"name": name, "path": f"/{name}", "columns": COLUMNS} for name in ("numbers", "empty")]
    address, home = f"http://127.0.0.1:{server.server_port}", tmp_path_factory.mktemp("home")
    source = Rest.of(Record("default", "lab", "rest", address, home, options={"endpoints": endpoints}))
    yield Lab(source, "main")
    source.close()
    server.shutdown()
    server.server_close()
