"""Whole curves for charts: cumulative depth by distance from mid, and cost by order size."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import numpy as np

from ..book import Levels, OrderBook
from ..units import Bps, Pct, Price, Usd
from . import depth, impact
from .arbitrage import taken_apart
from .result import Record, Result, distinct, origin

WIDEST_PCT = 2.0
_POINTS = 200
_WALLS = 40
_SIZES = 60
_SMALLEST_USD = 1_000.0
_TIMES_ORDER = 5.0


class DepthCurve(Record):
    """One exchange's cumulative depth: `*_usd[i]` stands within `*_distance_pct[i]` of mid. A side not complete ends where the exchange's answer did."""

    symbol_used: str
    price_currency: str
    mid_price: Price
    bid_distance_pct: list[Pct]
    bid_usd: list[Usd]
    bid_complete: bool
    ask_distance_pct: list[Pct]
    ask_usd: list[Usd]
    ask_complete: bool
    depth: list[depth.DepthBand]


class DepthCurves(Result):
    """Cumulative depth of several exchanges out to `range_pct` from mid."""

    symbol: str
    range_pct: Pct
    curves: dict[str, DepthCurve]
    failures: dict[str, str]


class ImpactCurve(Record):
    """One exchange's cost by order size: an order of `sizes_usd[i]` costs `slippage_bps[i]` against mid, `all_in_bps[i]` with the fee.

    The curve ends where the book does; `ends_usd` is that size, None where the book outlasts the curve.
    """

    sizes_usd: list[Usd]
    slippage_bps: list[Bps]
    all_in_bps: list[Bps | None]
    ends_usd: Usd | None
    at_order: impact.MarketImpact


class ImpactCurves(Result):
    """Cost by order size on several exchanges, and at the order asked about."""

    symbol: str
    side: Literal["buy", "sell"]
    order_size_usd: Usd
    curves: dict[str, ImpactCurve]
    failures: dict[str, str]

    @property
    def cheapest_first(self) -> list[tuple[str, impact.MarketImpact]]:
        """The exchanges that can fill the order by their all-in price, then those that cannot by how much they fill."""
        at_order = [(exchange, curve.at_order) for exchange, curve in self.curves.items()]
        return sorted(at_order, key=lambda pair: impact.rank_all_in(pair[1]))


class _Curve(Record):
    distance_pct: list[Pct]
    usd: list[Usd]
    complete: bool


def depth_curves(symbol: str, books: Mapping[str, OrderBook], failures: Mapping[str, str], now: datetime) -> DepthCurves:
    """The cumulative depth of each book, out to WIDEST_PCT from mid; beyond stand only absurd levels."""
    source, as_of, age_ms = origin(list(books.values()), now)
    curves: dict[str, DepthCurve] = {}
    warnings: list[str] = []
    for exchange, book in books.items():
        bids, asks, bands = _depth_curve(book, book.bids), _depth_curve(book, book.asks), depth.bands(book)
        warnings += [*book.warnings, *depth.lower_bound_warnings(book, bands)]
        curves[exchange] = DepthCurve(
            symbol_used=book.symbol,
            price_currency=book.quote,
            mid_price=book.mid,
            bid_distance_pct=bids.distance_pct,
            bid_usd=bids.usd,
            bid_complete=bids.complete,
            ask_distance_pct=asks.distance_pct,
            ask_usd=asks.usd,
            ask_complete=asks.complete,
            depth=bands,
        )
    return DepthCurves(
        source=source, as_of=as_of, age_ms=age_ms, warnings=distinct(warnings), symbol=symbol, range_pct=WIDEST_PCT, curves=curves, failures=dict(failures)
    )


def _depth_curve(book: OrderBook, side: Levels) -> _Curve:
    distance = np.abs(side.prices - book.mid) / book.mid * 100
    tolerance_pct = 100 * depth.EDGE_TOLERANCE
    inside = int(np.searchsorted(distance, WIDEST_PCT + tolerance_pct, side="right"))
    evenly = np.linspace(0, max(inside - 1, 0), min(inside, _POINTS)).round().astype(np.int64)
    # Even steps alone could walk around a wall.
    largest = np.argsort(-side.sizes[:inside], kind="stable")[:_WALLS]
    picked = np.unique(np.concatenate((evenly, largest)))
    return _Curve(
        distance_pct=distance[picked].tolist(),
        usd=(side.cumulative_quote[picked] * book.usd.value).tolist(),
        complete=side.all_sent or bool(distance[-1] >= WIDEST_PCT - tolerance_pct),
    )


def impact_curves(symbol: str, books: Mapping[str, OrderBook], order: impact.Order, failures: Mapping[str, str], now: datetime) -> ImpactCurves:
    """The cost of orders from a thousand dollars to several times `order` on each book."""
    source, as_of, age_ms = origin(list(books.values()), now)
    at_order = {exchange: impact.market_impact(book, symbol, order, now) for exchange, book in books.items()}
    order_usd = max(one.order_size_usd for one in at_order.values())
    sizes = np.geomspace(min(_SMALLEST_USD, order_usd / _TIMES_ORDER), order_usd * _TIMES_ORDER, _SIZES)
    return ImpactCurves(
        source=source,
        as_of=as_of,
        age_ms=age_ms,
        warnings=distinct([*(warning for one in at_order.values() for warning in one.warnings), *taken_apart(list(books.values()))]),
        symbol=symbol,
        side=order.side,
        order_size_usd=order_usd,
        curves={exchange: _impact_curve(book, symbol, order.side, sizes.tolist(), at_order[exchange], now) for exchange, book in books.items()},
        failures=dict(failures),
    )


def _impact_curve(book: OrderBook, symbol: str, side: Literal["buy", "sell"], sizes: list[float], at_order: impact.MarketImpact, now: datetime) -> ImpactCurve:
    bears_usd = float(book.taken_by(side).cumulative_quote[-1]) * book.usd.value
    borne = [size for size in sizes if size < bears_usd] + ([bears_usd] if bears_usd <= sizes[-1] else [])
    points = [impact.market_impact(book, symbol, impact.Order(side, usd=size), now) for size in borne]
    return ImpactCurve(
        sizes_usd=[point.order_size_usd for point in points],
        slippage_bps=[point.slippage_vs_mid_bps for point in points],
        all_in_bps=[point.all_in_bps for point in points],
        ends_usd=bears_usd if bears_usd < sizes[-1] else None,
        at_order=at_order,
    )
