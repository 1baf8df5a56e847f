"""The workbench's own graph."""

from __future__ import annotations

from typing import Any

from tobit_kernel.server.identity.principal import LOCAL, Principal
from tobit_kernel.server.sources.bolt.source import Bolt
from tobit_kernel.server.store.graph import Access, EmbeddedGraph

#: Its name as a source.
GRAPH = "graph"


class Graph(Bolt):
    """The source named ``graph``: the embedded server, where each tenant has a database and a reader of its own."""

    def __init__(self, server: EmbeddedGraph) -> None:
        super().__init__()
        self._server = server

    def _reached(self, principal: Principal | None) -> Access:
        return self._server.reader((principal or LOCAL).tenant)

    def _terminate(self, access: Access) -> Any:
        return self._server.terminate
