"""The observer whose counts stand at /metrics, and who knows how each exchange was last seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as MEDIA_TYPE

from tools.market import utc_now
from tools.observer import CANCELLED

__all__ = ["MEDIA_TYPE", "Seen", "Watch"]

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True)
class Seen:
    """How an exchange was last seen: `fault` is the kind of its last error, empty where it gave what it was asked for."""

    at: datetime
    fault: str
    seconds: float


class Watch:
    """Counts fetches, faults by kind, reads of the cache and tool calls, each with its latency, in a registry of its own."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._fetches = Counter("liquidity_fetches", "Requests to an exchange for its markets or a book.", ["exchange", "what"], registry=self._registry)
        self._faults = Counter("liquidity_faults", "Requests to an exchange that gave nothing usable.", ["exchange", "kind"], registry=self._registry)
        self._cache = Counter("liquidity_cache_reads", "Reads of the cache.", ["what", "outcome"], registry=self._registry)
        self._calls = Counter("liquidity_tool_calls", "Tool calls over MCP, REST and the chat.", ["tool", "outcome"], registry=self._registry)
        self._fetch_seconds = Histogram(
            "liquidity_fetch_seconds", "How long exchanges took.", ["exchange", "what"], buckets=_BUCKETS_S, registry=self._registry
        )
        self._call_seconds = Histogram("liquidity_tool_seconds", "How long tools took.", ["tool"], buckets=_BUCKETS_S, registry=self._registry)
        self.exchanges: dict[str, Seen] = {}
        self.cache_reads = {"hits": 0, "misses": 0}

    def fetched(self, exchange: str, what: str, seconds: float, fault: str) -> None:
        """Count a request to an exchange; one that its caller gave up says nothing about the exchange."""
        self._fetches.labels(exchange, what).inc()
        self._fetch_seconds.labels(exchange, what).observe(seconds)
        if fault:
            self._faults.labels(exchange, fault).inc()
        if fault != CANCELLED:
            self.exchanges[exchange] = Seen(self._now(), fault, seconds)

    def called(self, tool: str, seconds: float, fault: str) -> None:
        """Count a tool call."""
        self._calls.labels(tool, fault or "answered").inc()
        self._call_seconds.labels(tool).observe(seconds)

    def cache_read(self, what: str, *, hit: bool) -> None:
        """Count a read of the cache."""
        self._cache.labels(what, "hit" if hit else "miss").inc()
        self.cache_reads["hits" if hit else "misses"] += 1

    def exposition(self) -> bytes:
        """All counts as Prometheus reads them."""
        return generate_latest(self._registry)
