"""The Bolt graph server that Tobit brings along."""

from tobit_kernel.server.store.graph.embedded import Access, EmbeddedGraph

__all__ = ["Access", "EmbeddedGraph"]
