"""How much stands in the book near the price: spread, depth bands with their coverage, and walls."""

from datetime import datetime
from math import inf

import numpy as np

from ..book import Levels, OrderBook
from ..units import BandPct, Base, Bps, Pct, Price, Usd, UsdPrice
from .result import Record, Result, origin

BAND_WIDTHS_PCT = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
# A level on a band's edge is inside it; binary fractions put it up to a few ulps to either side.
EDGE_TOLERANCE = 1e-12
"""As a part of mid: how far beyond an edge a level still counts as standing on it."""


class DepthBand(Record):
    """The USD value of the levels within `width_pct` of mid, per side. A side that is not complete is a lower bound ("at least")."""

    width_pct: BandPct
    bid_usd: Usd
    ask_usd: Usd
    bid_complete: bool
    ask_complete: bool

    @property
    def complete(self) -> bool:
        """Whether both sides are covered."""
        return self.bid_complete and self.ask_complete

    @property
    def total_usd(self) -> float:
        """Both sides together."""
        return self.bid_usd + self.ask_usd


class BookLevel(Record):
    """One price level."""

    price: Price
    size: Base
    usd: Usd


class OrderBookView(Result):
    """One exchange's order book: best levels, spread, and depth within bands around mid."""

    symbol: str
    symbol_used: str
    exchange: str
    price_currency: str
    base_currency: str
    usd_rate: UsdPrice
    best_bid: Price
    best_ask: Price
    mid_price: Price
    mid_price_usd: UsdPrice
    spread: Price
    spread_pct: Pct
    spread_bps: Bps
    depth: list[DepthBand]
    bids: list[BookLevel]
    asks: list[BookLevel]


def spread_pct(book: OrderBook) -> float:
    """`100 * (ask - bid) / mid`."""
    return 100 * (book.best_ask - book.best_bid) / book.mid


def band(book: OrderBook, width_pct: float) -> DepthBand:
    """The depth within `width_pct` of mid, edges inclusive."""
    bid_usd, bid_complete = _within(book.bids, book.mid, -width_pct)
    ask_usd, ask_complete = _within(book.asks, book.mid, width_pct)
    rate = book.usd.value
    return DepthBand(width_pct=width_pct, bid_usd=bid_usd * rate, ask_usd=ask_usd * rate, bid_complete=bid_complete, ask_complete=ask_complete)


def bands(book: OrderBook) -> list[DepthBand]:
    """The depth within each of BAND_WIDTHS_PCT, narrowest first."""
    return [band(book, width) for width in BAND_WIDTHS_PCT]


def _within(levels: Levels, mid: float, signed_width_pct: float) -> tuple[float, bool]:
    """Quote value of the levels from best to the edge, and whether nothing inside the edge can be missing."""
    edge = mid * (1 + signed_width_pct / 100)
    distances, limit = np.abs(levels.prices - mid), abs(edge - mid)
    inside = int(np.searchsorted(distances, limit + EDGE_TOLERANCE * mid, side="right"))
    reaches = bool(distances[-1] >= limit - EDGE_TOLERANCE * mid)
    return float(levels.cumulative_quote[inside - 1]) if inside else 0.0, reaches or levels.all_sent


def reach_pct(book: OrderBook) -> float:
    """How far from mid, in per cent, the book is known on both sides; infinite where the exchange sent all it has."""
    cut_short = [side for side in (book.bids, book.asks) if not side.all_sent]
    return min((100 * abs(float(side.prices[-1]) - book.mid) / book.mid for side in cut_short), default=inf)


def best_levels(side: Levels, count: int, usd_rate: float) -> list[BookLevel]:
    """The best `count` levels, best first."""
    pairs = zip(side.prices[:count].tolist(), side.sizes[:count].tolist(), strict=True)
    return [BookLevel(price=price, size=size, usd=price * size * usd_rate) for price, size in pairs]


def lower_bound_warnings(book: OrderBook, depth: list[DepthBand]) -> list[str]:
    """One sentence where the book ends inside a band, so that its depth is a lower bound."""
    short = [one for one in depth if not one.complete]
    if not short:
        return []
    sent = f"{book.exchange} sent {len(book.bids):,} bids and {len(book.asks):,} asks, which end {reach_pct(book):.2g}% from mid"
    return [f"{sent}: depth within {short[0].width_pct:g}% and wider is a lower bound (at least)."]


def view(book: OrderBook, symbol: str, levels: int, now: datetime) -> OrderBookView:
    """The book as a result: best `levels` per side, spread and depth bands."""
    depth = bands(book)
    source, as_of, age_ms = origin([book], now)
    return OrderBookView(
        source=source,
        as_of=as_of,
        age_ms=age_ms,
        warnings=[*book.warnings, *lower_bound_warnings(book, depth)],
        symbol=symbol,
        symbol_used=book.symbol,
        exchange=book.exchange,
        price_currency=book.quote,
        base_currency=book.base,
        usd_rate=book.usd.value,
        best_bid=book.best_bid,
        best_ask=book.best_ask,
        mid_price=book.mid,
        mid_price_usd=book.mid * book.usd.value,
        spread=book.best_ask - book.best_bid,
        spread_pct=spread_pct(book),
        spread_bps=100 * spread_pct(book),
        depth=depth,
        bids=best_levels(book.bids, levels, book.usd.value),
        asks=best_levels(book.asks, levels, book.usd.value),
    )
