"""Typed calls to the gate, blocking; its errors are raised here as they were raised there."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, SSLError

from tobit_kernel import __version__
from tobit_kernel.errors import Cancelled, GateUnavailable, StreamTruncated, TobitError, from_data
from tobit_kernel.pools import CONNECT_S, untrusted
from tobit_kernel.pools import pool as _pool
from tobit_kernel.wire.stream import MEDIA_TYPE, Result, decode

if TYPE_CHECKING:
    from tobit_kernel.wire.models import QueryRequest

PREFIX = "/api/v1"
EVENT_STREAM = "text/event-stream"
#: Seconds beyond a query's own limit before the client gives up on a silent gate.
PATIENCE_S = 30.0
_OWN_AWAY = "`tobit status` shows its parts; `tobit stop` and any cell start it anew."
_TEAM_AWAY = "Try again, or ask whoever looks after it; `tobit login URL` is for another gate."


class Bearer(Protocol):
    """A token that changes while the process lives, such as a session's."""

    def token(self) -> str:
        """The one to use now."""

    def renewed(self, refused: str) -> bool:
        """Whether there is another one after the gate did not know ``refused``."""


class Fixed:
    """One token for good."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renewed(self, refused: str) -> bool:
        return False


class Gate:
    """A gate at ``url`` (``unix:///path`` or ``http(s)://host``), called with ``token``.

    ``ca_file`` (PEM) takes the place of the system's certificates for https. ``own``: it was started for this home
    alone, so whoever asks may also end it.
    """

    def __init__(self, url: str, token: str | Bearer, ca_file: Path | None = None, own: bool = False) -> None:
        self.url = url
        self._own = own
        self._bearer = Fixed(token) if isinstance(token, str) else token
        self._pool = _pool(url, ca_file)

    @property
    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._bearer.token()}", "user-agent": f"tobit/{__version__}"}

    def answers(self, within_s: float) -> None:
        """Comes back when the gate knows us; ``GateUnavailable`` when it says nothing for so long."""
        self._send("GET", "/me", {}, None, read_s=within_s).drain_conn()

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

    def delete(self, path: str, body: Any = None, **query: Any) -> Any:
        """``data`` of the answer to DELETE, with ``body`` as JSON."""
        return self._json("DELETE", path, query, body)

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
        return _result(
            response,
            on_event,
            "The gate went away before it said whether the table is there.",
            "`%tobit tables` shows it; a load is all or nothing.",
        )

    def follow(self, path: str, on_event: Callable[[dict[str, Any]], None] | None = None, **query: Any) -> Any:
        """The result of GET on work that takes a while; ``on_event`` hears ``{done, total, note}`` meanwhile."""
        return _result(self._send("GET", path, query, None, accept=EVENT_STREAM), on_event)

    def pieces(self, path: str, media_type: str, **query: Any) -> Iterator[bytes]:
        """The body of GET ``path`` as another type than JSON, such as ``text/csv``, piece by piece."""
        response = self._send("GET", path, query, None, accept=media_type)
        try:
            while piece := response.read1():
                yield piece
        except KeyboardInterrupt:
            raise Cancelled() from None
        except (HTTPError, OSError) as error:
            raise StreamTruncated() from error
        finally:
            response.close()

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
            raise self._away("went away during the call") from error
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
        address = PREFIX + path + (f"?{given}" if given else "")
        headers = {**self._headers, "accept": accept, "traceparent": _traceparent()}
        if body is not None:
            headers["content-type"] = content_type
        timeout = urllib3.Timeout(connect=CONNECT_S, read=read_s)
        response = self._request(method, address, body, headers, timeout)
        used = headers["authorization"].removeprefix("Bearer ")
        if response.status == 401 and (body is None or isinstance(body, bytes)) and self._bearer.renewed(used):
            response.drain_conn()
            response = self._request(method, address, body, {**headers, **self._headers}, timeout)
        if response.status >= 400:
            raise self._failure(response)
        return response

    def _request(
        self,
        method: str,
        address: str,
        body: Any,
        headers: dict[str, str],
        timeout: urllib3.Timeout,
        again: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(
                method, address, body=body, headers=headers, preload_content=False, retries=False, timeout=timeout
            )
        except KeyboardInterrupt:
            raise Cancelled() from None
        except NewConnectionError as error:
            raise self._away("does not answer") from error
        except ProtocolError as error:
            if method == "GET" and again:  # most likely an idle connection that had just ended
                return self._request(method, address, body, headers, timeout, again=False)
            raise self._away("went away during the call") from error
        except SSLError as error:
            raise untrusted(self.url, error) from error
        except (HTTPError, OSError) as error:
            raise self._away(f"does not answer: {type(error).__name__}") from error

    def _away(self, what: str) -> GateUnavailable:
        """``The gate`` and ``what`` it does; of a team it is named, because it is not for us to start it anew."""
        if self._own:
            return GateUnavailable(f"The gate {what}.", _OWN_AWAY)
        return GateUnavailable(f"The gate at {self.url} {what}.", _TEAM_AWAY)

    def _failure(self, response: urllib3.BaseHTTPResponse) -> TobitError:
        try:
            return from_data(json.loads(response.read())["data"])
        except (ValueError, KeyError, TypeError, HTTPError, OSError):
            hint = _OWN_AWAY if self._own else _TEAM_AWAY
            return GateUnavailable(f"What answers at {self.url} is no gate (status {response.status}).", hint)
        finally:
            response.release_conn()


def path_of(*parts: str) -> str:
    """A path whose parts are escaped: ``path_of("sources", "a/b")`` → ``/sources/a%2Fb``."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _result(
    response: urllib3.BaseHTTPResponse,
    on_event: Callable[[dict[str, Any]], None] | None,
    lost: str = "",
    hint: str = "",
) -> Any:
    """The result in a stream of events; ``StreamTruncated`` with ``lost`` and ``hint`` when it breaks off."""
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
        raise StreamTruncated(lost, hint) from error
    finally:
        response.close()
    raise StreamTruncated()


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
