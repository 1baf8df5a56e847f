"""Prometheus counters of the gate."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

REQUESTS = Counter("tobit_requests", "Requests by route and status", ["method", "path", "status"])
SECONDS = Histogram(
    "tobit_request_seconds",
    "Time until the last byte",
    ["method", "path"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
QUERIES = Counter("tobit_queries", "Queries by type of source and outcome", ["type", "outcome", "cached"])
QUERY_ROWS = Counter("tobit_query_rows", "Rows answered by type of source", ["type"])
