"""Figures for `/metrics`, in a registry of the service's own."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client import Gauge as Measured
from prometheus_client.exposition import generate_latest

from .service import Gauge

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Figures:
    """What a service counts by itself: its requests; gauges are read anew at each scrape."""

    def __init__(self, service: str) -> None:
        self._registry = CollectorRegistry()
        self._service = service
        self._requests = Counter(
            "kept_http_requests", "Requests answered", ["service", "method", "route", "status"],
            registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "kept_http_request_seconds", "Time to answer", ["service", "method", "route"],
            registry=self._registry, buckets=BUCKETS,
        )  # fmt: skip

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; `route` is the template, never the path."""
        self._requests.labels(self._service, method, route, str(status)).inc()
        self._seconds.labels(self._service, method, route).observe(seconds)

    def text(self, gauges: Iterable[Gauge]) -> bytes:
        """Return the exposition of what was counted and of these gauges."""
        return generate_latest(self._registry) + generate_latest(self._gauged(gauges))

    def _gauged(self, gauges: Iterable[Gauge]) -> CollectorRegistry:
        registry = CollectorRegistry()
        measured: dict[str, Measured] = {}
        for gauge in gauges:
            names = ["service", *gauge.labels]
            if gauge.name not in measured:
                measured[gauge.name] = Measured(f"kept_{gauge.name}", gauge.help, names, registry=registry)
            measured[gauge.name].labels(self._service, *gauge.labels.values()).set(gauge.value)
        return registry
