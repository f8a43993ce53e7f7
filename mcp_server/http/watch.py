"""The observer whose counts stand at /metrics, and who knows how each exchange was last seen and how the recording stands."""

from collections import Counter as Counts
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as MEDIA_TYPE
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from tools.analytics.alerts import Severity
from tools.market import utc_now
from tools.observer import CANCELLED
from tools.recorder import Progress

__all__ = ["MEDIA_TYPE", "Recording", "Seen", "Watch"]

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True)
class Seen:
    """How an exchange was last seen: `fault` is the kind of its last error, empty where it gave what it was asked for."""

    at: datetime
    fault: str
    seconds: float


@dataclass(frozen=True)
class Recording:
    """How the recording beside the serving stands: `fault` is the kind of the error that ended it, empty while it goes on."""

    progress: Progress
    fault: str = ""


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
        self.recording: Recording | None = None

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

    def recorded(self, progress: Progress, fault: str = "") -> None:
        """Take down how the recording stands, and by what kind of error it ended; its counts are told from the first time on."""
        if self.recording is None:
            self._registry.register(_Recorded(self))
        self.recording = Recording(progress, fault)

    def exposition(self) -> bytes:
        """All counts as Prometheus reads them."""
        return generate_latest(self._registry)


class _Recorded(Collector):
    """What Prometheus is told of the recording, read from how it stands when it is asked for."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def collect(self) -> Iterable[Metric]:
        if (recording := self._watch.recording) is not None:
            yield GaugeMetricFamily("liquidity_recording", "1 while the recording goes on, 0 where it has ended.", value=not recording.fault)
            yield from _looks(recording.progress)
            yield from _alerts(recording.progress)


def _looks(progress: Progress) -> Iterable[Metric]:
    looks = CounterMetricFamily("liquidity_looks", "Looks at recorded markets by what became of them.", labels=["exchange", "outcome"])
    counts = Counts[tuple[str, str]]()
    for pair in progress.pairs:
        lost = pair.gap.count if pair.gap is not None else 0
        for outcome, count in (("stored", pair.stored), ("failed", pair.failed), ("skipped", pair.skipped), ("lost", lost)):
            counts[pair.exchange, outcome] += count
    for labels, count in counts.items():
        looks.add_metric(labels, count)
    yield looks
    yield GaugeMetricFamily("liquidity_buffered_looks", "Looks that wait for the history's database.", value=progress.buffered)


def _alerts(progress: Progress) -> Iterable[Metric]:
    alerts = CounterMetricFamily("liquidity_alerts", "Alerts that the recording raised and cleared.", labels=["state"])
    alerts.add_metric(["raised"], progress.raised)
    alerts.add_metric(["cleared"], progress.cleared)
    standing = GaugeMetricFamily("liquidity_alerts_standing", "Alerts that stand on recorded markets.", labels=["exchange", "severity"])
    counts = Counts((alert.exchange, alert.severity) for alert in progress.standing)
    for exchange in dict.fromkeys(pair.exchange for pair in progress.pairs):
        for severity in get_args(Severity):
            standing.add_metric([exchange, severity], counts[exchange, severity])
    yield alerts
    yield standing
