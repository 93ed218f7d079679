"""Metrics, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from volery._version import __version__

TEXT = "text/plain; version=0.0.4"
"""Media type of what Prometheus reads."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""


class Sample(NamedTuple):
    """A number that the server knows of itself.

    Attributes:
        name: without the prefix.
        help: what it counts.
        value: now.
        label: name and value of what tells samples of this name apart; None: there is one.
    """

    name: str
    help: str
    value: float
    label: tuple[str, str] | None = None


Source = Callable[[], Iterable[Sample]]


class Metrics:
    """What is counted here, and what is asked when somebody looks.

    Args:
        source: gives samples; it may ask a database.
    """

    def __init__(self, source: Source) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Sampled(source))
        self._durations = Histogram(
            "volery_http_request_seconds",
            "How long requests took.",
            ["method", "route"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._answers = Counter(
            "volery_http_requests",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        # Finding them by their labels costs more than counting does. There are few.
        self._of = cache(self._find)
        build = Gauge("volery_build_info", "The version.", ["version"], registry=self._registry)
        build.labels(__version__).set(1)

    def requests(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. `route` is the template of its path."""
        known = method if method in _METHODS else "other"
        duration, answers = self._of(known, route, status)
        duration.observe(seconds)
        answers.inc()

    def _find(self, method: str, route: str, status: int) -> tuple[Histogram, Counter]:
        durations = self._durations.labels(method, route)
        return durations, self._answers.labels(method, route, status)

    def text(self) -> bytes:
        """All of them, in Prometheus's text format."""
        return generate_latest(self._registry)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class _Sampled(Collector):
    def __init__(self, source: Source) -> None:
        self._source = source

    def describe(self) -> Iterable[Metric]:
        return ()  # without this the registry would collect once at its making

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for sample in self._source():
            name, value = sample.label or ("", "")
            family = families.setdefault(
                sample.name,
                GaugeMetricFamily(
                    f"volery_{sample.name}", sample.help, labels=[name] if name else None
                ),
            )
            family.add_metric([value] if name else [], sample.value)
        yield from families.values()
