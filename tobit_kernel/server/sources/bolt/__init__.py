"""Graphs that speak Bolt: Neo4j by address, and the workbench's own."""

from tobit_kernel.server.sources.bolt.graph import Graph
from tobit_kernel.server.sources.bolt.source import Bolt

__all__ = ["Bolt", "Graph"]
