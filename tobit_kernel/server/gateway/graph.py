"""The gate's own graph: asked by analysts, made anew from the inventory."""

from __future__ import annotations

import asyncio

from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.inventory import projection
from tobit_kernel.server.masking.rules import Rules
from tobit_kernel.server.queries.cache import ResultCache
from tobit_kernel.server.sources.bolt import Bolt, Graph
from tobit_kernel.server.sources.bolt.graph import GRAPH
from tobit_kernel.server.sources.bolt.source import access_of
from tobit_kernel.server.sources.records import WORKBENCH
from tobit_kernel.server.store.graph import Access, EmbeddedGraph
from tobit_kernel.server.store.store import Store
from tobit_kernel.settings import Settings

#: What it is made from; columns of it that are declared as personal data stay out of the graph.
_TABLE = "ops.ci"
DESCRIPTION = "Configuration items and how they depend on each other"


class OwnGraph:
    """The source named ``graph``: ``TOBIT_GRAPH_URL``, else the embedded server, which starts when first needed."""

    def __init__(self, settings: Settings, store: Store, cache: ResultCache, rules: Rules) -> None:
        self._store, self._cache, self._rules = store, cache, rules
        self._folder = settings.home / GRAPH
        self._access: Access | None = None
        self.server: EmbeddedGraph | None = None
        self.source: Bolt
        if settings.graph_url:
            self._access = access_of(settings.graph_url.get_secret_value(), None)
            self.source = Bolt(self._access)
        else:
            self.server = EmbeddedGraph(settings.home)
            self.source = Graph(self.server)

    async def rebuild(self, principal: Principal) -> dict[str, int]:
        """Makes the graph of the caller's tenant anew: ``{nodes, relationships}``."""
        declared = (await self._rules.of(principal.tenant)).of(WORKBENCH)
        hidden = frozenset(each.column_name for each in declared if each.table_name == _TABLE)
        counts = await asyncio.to_thread(self._rebuilt, principal.tenant, hidden)
        await self._cache.forget(principal)
        return counts

    async def declared(self, principal: Principal, table: str) -> None:
        """Makes the graph anew, if there is one, after what is personal in ``table`` was declared otherwise."""
        if table == _TABLE and (self.server is None or self._folder.exists()):
            await self.rebuild(principal)

    def parts(self) -> list[dict[str, str]]:
        """``[{name, state, detail}]`` of the embedded server, once it was needed."""
        if self.server is None or self.server.state is None:
            return []
        return [{"name": "graph", "state": self.server.state, "detail": self.server.detail}]

    async def stop(self) -> None:
        """Ends the embedded server in order."""
        if self.server is not None:
            await asyncio.to_thread(self.server.stop)

    def _rebuilt(self, tenant: str, hidden: frozenset[str]) -> dict[str, int]:
        access = self._access or (self.server.writer(tenant) if self.server else None)
        assert access is not None  # noqa: S101 - one of the two is there
        return projection.rebuild(self._store.addresses.app, access, tenant, hidden, shared=self.server is None)
