"""Results of hand-made books, and one of every chart."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import make_history
from make_books import NOON, book
from make_snapshots import series

from tools import charts
from tools.analytics import comparison, curves, heatmap
from tools.analytics.alerts import LiquidityAlert
from tools.analytics.board import AlertBoard, board, market_of, watch
from tools.analytics.impact import Order
from tools.analytics.series import Series
from tools.book import OrderBook
from tools.parameters import Source

NOW = NOON + timedelta(seconds=1)
FAILURES = {"gate": "gate timed out after 10 s. Try again, or ask another exchange."}


def ladder(exchange: str, *, levels: int = 300, step: float = 0.5, size: float = 0.5, mid: float = 10_000, **parts: Any) -> OrderBook:
    """A regular book around `mid`: `levels` of `size` each, `step` apart on both sides."""
    bids = [(mid - step * (level + 1), size) for level in range(levels)]
    asks = [(mid + step * (level + 1), size) for level in range(levels)]
    return book(bids, asks, exchange=exchange, **parts)


def depth_of(books: Sequence[OrderBook], failures: Mapping[str, str] = {}) -> curves.DepthCurves:
    return curves.depth_curves("BTC/USD", {one.exchange: one for one in books}, failures, NOW)


def comparison_of(books: Sequence[OrderBook], failures: Mapping[str, str] = {}) -> comparison.ExchangeComparison:
    return comparison.compare("BTC/USD", {one.exchange: one for one in books}, failures, 20, NOW)


def impact_of(books: Sequence[OrderBook], usd: float = 50_000, failures: Mapping[str, str] = {}, side: str = "buy") -> curves.ImpactCurves:
    return curves.impact_curves("BTC/USD", {one.exchange: one for one in books}, Order(side, usd=usd), failures, NOW)


def board_of(
    alerts: Sequence[LiquidityAlert], watched: Sequence[Series], asked: str = "BTC/USD", failures: Mapping[str, str] = {}, *, end: datetime = NOON
) -> AlertBoard:
    """The board of some alerts over the window of these series, all of one source and looked at until NOON."""
    first, own = watched[0], [[alert for alert in alerts if market_of(alert) == (one.exchange, one.symbol)] for one in watched]
    return board(asked, first.source, (first.start, end), end, list(map(watch, watched, own)), alerts, failures)


def grid_of(one: OrderBook, rows: int = 30) -> heatmap.LiquidityGrid:
    return heatmap.grid(one, one.symbol, rows, NOW)


def trace(chart: charts.Chart, name: str) -> dict[str, Any]:
    """The first trace whose legend entry begins with `name`."""
    return next(one for one in chart.figure["data"] if one.get("name", "").startswith(name))


def legend(chart: charts.Chart) -> list[str]:
    return [one["name"] for one in chart.figure["data"] if one.get("showlegend", True) and "name" in one]


def notes(chart: charts.Chart) -> str:
    return " ".join(one["text"] for one in chart.figure["layout"]["annotations"])


def every_kind(source: Source = "live", **parts: Any) -> list[charts.Chart]:
    """One chart of each kind: of books one is complete and one was cut short, over time there was an incident."""
    books = [
        ladder("kraken", all_sent=(True, True), fee_pct=0.26, source=source, **parts),
        ladder("bybit", levels=40, fee_pct=0.1, source=source, **parts),
    ]
    alerts = [one.model_copy(update={"source": source}) for one in make_history.alerts_of_the_day()]
    return [
        charts.heatmap(grid_of(books[0])),
        charts.depth(depth_of(books, FAILURES)),
        charts.comparison(comparison_of(books, FAILURES)),
        charts.impact(impact_of(books, failures=FAILURES)),
        charts.heatmap_over_time(make_history.six_hours(source=source)),
        charts.trend(make_history.day(source=source), make_history.usual(source=source), alerts),
        charts.alerts(board_of(alerts, [series(source=source, mid=[100.0] * 1_440)], end=NOW)),
    ]


OVER_TIME = ("heatmap_over_time", "trend", "alerts")
KINDS = ("heatmap", "depth", "comparison", "impact", *OVER_TIME)
