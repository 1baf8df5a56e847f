"""Typed calls to the gate, blocking; its errors are raised here as they were raised there."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

from tobit_kernel import __version__
from tobit_kernel.errors import Cancelled, GateUnavailable, StreamTruncated, TobitError, from_data
from tobit_kernel.wire.stream import MEDIA_TYPE, Result, decode

if TYPE_CHECKING:
    from tobit_kernel.wire.models import QueryRequest

PREFIX = "/api/v1"
EVENT_STREAM = "text/event-stream"
#: Seconds beyond a query's own limit before the client gives up on a silent gate.
PATIENCE_S = 30.0
CONNECT_S = 5.0


class Gate:
    """A gate at ``url`` (``unix:///path`` or ``http(s)://host``), called with ``token``."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._headers = {"authorization": f"Bearer {token}", "user-agent": f"tobit/{__version__}"}
        self._pool = _pool(url)

    def get(self, path: str, **query: Any) -> Any:
        """``data`` of the answer to GET ``/api/v1`` + ``path``."""
        return self._json("GET", path, query)

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """``data`` of the answer to POST, with ``body`` as JSON."""
        return self._json("POST", path, query, body)

    def put(self, path: str, body: Any = None, **query: Any) -> Any:
        """``data`` of the answer to PUT, with ``body`` as JSON."""
        return self._json("PUT", path, query, body)

    def patch(self, path: str, body: Any = None, **query: Any) -> Any:
        """``data`` of the answer to PATCH, with ``body`` as JSON."""
        return self._json("PATCH", path, query, body)

    def delete(self, path: str, **query: Any) -> Any:
        """``data`` of the answer to DELETE."""
        return self._json("DELETE", path, query)

    def query(
        self, request: QueryRequest, on_rows: Callable[[int], None] | None = None, name: str | None = None
    ) -> Result:
        """The rows of a statement. ``on_rows`` hears how many came so far.

        An interrupt closes the connection, which ends the statement on the server.
        """
        import pyarrow as pa

        body = request.model_dump_json().encode()
        response = self._send("POST", "/query", {}, body, accept=MEDIA_TYPE, read_s=request.timeout_s + PATIENCE_S)
        try:
            table, tail = decode(pa.PythonFile(response, mode="r"), on_rows)
        except KeyboardInterrupt:
            raise Cancelled() from None
        except (HTTPError, OSError) as error:
            raise StreamTruncated() from error
        finally:
            response.close()
        return Result(table, tail, name, request.source, request.statement)

    def upload(
        self, path: str, data: Any, on_event: Callable[[dict[str, Any]], None] | None = None, **query: Any
    ) -> Any:
        """Sends the bytes of ``data`` (bytes or an iterable of them) and returns the result.

        ``on_event`` hears ``{done, total, note}`` while the gate works.
        """
        response = self._send("POST", path, query, data, accept=EVENT_STREAM, content_type="application/octet-stream")
        try:
            for event, content in _events(response):
                if event == "progress" and on_event:
                    on_event(content)
                elif event == "result":
                    return content
                elif event == "error":
                    raise from_data(content)
        except KeyboardInterrupt:
            raise Cancelled() from None
        except (HTTPError, OSError) as error:
            raise StreamTruncated(
                "The gate went away before it said whether the table is there.",
                "`%tobit tables` shows it; a load is all or nothing.",
            ) from error
        finally:
            response.close()
        raise StreamTruncated()

    def close(self) -> None:
        """Closes idle connections."""
        self._pool.close()

    # -- one request ----------------------------------------------------------

    def _json(self, method: str, path: str, query: dict[str, Any], body: Any = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        response = self._send(method, path, query, content)
        try:
            return json.loads(response.read())["data"]
        except (HTTPError, OSError) as error:
            raise GateUnavailable("The gate went away during the call.") from error
        finally:
            response.release_conn()

    def _send(
        self,
        method: str,
        path: str,
        query: dict[str, Any],
        body: Any,
        accept: str = "application/json",
        read_s: float | None = None,
        content_type: str = "application/json",
    ) -> urllib3.BaseHTTPResponse:
        given = urlencode({name: value for name, value in query.items() if value is not None})
        headers = {**self._headers, "accept": accept, "traceparent": _traceparent()}
        if body is not None:
            headers["content-type"] = content_type
        try:
            response = self._pool.request(
                method,
                PREFIX + path + (f"?{given}" if given else ""),
                body=body,
                headers=headers,
                preload_content=False,
                retries=False,
                timeout=urllib3.Timeout(connect=CONNECT_S, read=read_s),
            )
        except KeyboardInterrupt:
            raise Cancelled() from None
        except NewConnectionError as error:
            raise GateUnavailable() from error
        except ProtocolError as error:
            raise GateUnavailable("The gate went away during the call.") from error
        except (HTTPError, OSError) as error:
            raise GateUnavailable(f"The gate does not answer: {type(error).__name__}.") from error
        if response.status >= 400:
            raise _failure(response)
        return response


def path_of(*parts: str) -> str:
    """A path whose parts are escaped: ``path_of("sources", "a/b")`` → ``/sources/a%2Fb``."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _failure(response: urllib3.BaseHTTPResponse) -> TobitError:
    try:
        return from_data(json.loads(response.read())["data"])
    except (ValueError, KeyError, TypeError, HTTPError, OSError):
        return GateUnavailable(f"What answers at the gate's address is no gate (status {response.status}).")
    finally:
        response.release_conn()


def _events(response: urllib3.BaseHTTPResponse) -> Iterator[tuple[str, dict[str, Any]]]:
    """``(event, data)`` of a stream of server-sent events."""
    event = "message"
    for line in _lines(response):
        if line.startswith("event:"):
            event = line[6:].strip()
        elif line.startswith("data:"):
            yield event, json.loads(line[5:])


def _lines(response: urllib3.BaseHTTPResponse) -> Iterator[str]:
    rest = b""
    while piece := response.read1():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.decode()


def _traceparent() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def _pool(url: str) -> urllib3.HTTPConnectionPool:
    if url.startswith("unix://"):
        return _UnixPool(Path(url.removeprefix("unix://")))
    return urllib3.connection_from_url(url, maxsize=4)


class _UnixConnection(HTTPConnection):
    """An HTTP connection whose other end is a socket file."""

    def __init__(self, file: Path, **options: Any) -> None:
        super().__init__("localhost", **options)
        self._file = file

    def _new_conn(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_S)
        try:
            connection.connect(str(self._file))
        except OSError as error:
            connection.close()
            raise NewConnectionError(self, str(error)) from error
        return connection


class _UnixPool(urllib3.HTTPConnectionPool):
    """Connections to one socket file."""

    def __init__(self, file: Path) -> None:
        super().__init__("localhost", maxsize=4)
        self._file = file

    def _new_conn(self) -> _UnixConnection:
        return _UnixConnection(self._file, timeout=self.timeout.connect_timeout)
