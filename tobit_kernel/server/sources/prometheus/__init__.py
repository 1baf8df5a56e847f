"""Prometheus by its HTTP API: metrics are tables, ``promql('…')`` is a table function."""

from tobit_kernel.server.sources.prometheus.source import Prometheus

__all__ = ["Prometheus"]
