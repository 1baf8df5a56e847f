"""What every route may answer beside what it gives: the failures of ``errors``, in their one shape."""

from __future__ import annotations

from typing import Any

from tobit_kernel.errors import TobitError, tree
from tobit_kernel.server.gateway.connection import HEAD_LIMIT_BYTES
from tobit_kernel.wire.envelope import Failure

#: A method that a path does not have; the framework's own answer in our shape.
_NO_SUCH_METHOD = 405
#: Said before anything is understood, so without a body.
_HEAD_TOO_LARGE = 431


def failures() -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: status → model and the errors that come with it."""
    named: dict[int, list[str]] = {_NO_SUCH_METHOD: ["The path has no such method."]}
    for kind in tree(TobitError):
        if kind is not TobitError:
            named.setdefault(kind.status, []).append(f"{kind.__name__}: {(kind.__doc__ or '').strip().splitlines()[0]}")
    told: dict[int | str, dict[str, Any]] = {
        status: {"model": Failure, "description": " ".join(words)} for status, words in sorted(named.items())
    }
    told[_HEAD_TOO_LARGE] = {"description": f"Address and headers have more than {HEAD_LIMIT_BYTES:,} bytes."}
    return told
