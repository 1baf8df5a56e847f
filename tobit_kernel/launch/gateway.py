"""``gateway``: run the gate in the foreground."""

from __future__ import annotations

from tobit_kernel.verbs.call import Call


def gateway(*, host: str | None = None, port: int = 0, team: bool = False, call: Call) -> None:
    """Runs the gate here until it is stopped; the first cell starts one in the background by itself.

    It listens on a unix socket in TOBIT_HOME, with --host also on TCP. TCP is for this machine or a
    reverse proxy on it.

    Parameters
    ----------
    host
        address to listen on beside the socket, such as 127.0.0.1
    port
        its port; 0 chooses a free one
    team
        serve many people: everybody signs in; the first start shows a link for the first administrator
    """
    from tobit_kernel.server.gateway.serve import serve
    from tobit_kernel.settings import settings

    told = settings()
    serve(told.model_copy(update={"team": True}) if team else told, host, port)
