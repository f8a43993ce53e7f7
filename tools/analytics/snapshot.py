"""What is kept of a book over time: its best prices, its depth, and its profile by distance from mid."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from ..book import Column, Levels, OrderBook
from ..parameters import Source
from ..units import Base, Pct, Price, Ratio, Usd, UsdPrice
from . import depth
from .result import Record, Result, origin
from .series import milliseconds, moment

# fmt: off
PROFILE_EDGES_PCT = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
"""The outer edge of each bin of a profile, in per cent of mid; the edges of the depth bands are among them."""
# fmt: on


class DepthProfile(Record):
    """The size that stood at each distance from mid: the ith between the (i-1)th and the ith of PROFILE_EDGES_PCT, the outer edge included.

    Null is what lies beyond the exchange's answer: nobody knows.
    """

    bid_sizes: list[Base | None]
    ask_sizes: list[Base | None]


class Measured(Record):
    """What is measured of one book.

    Volumes are base units in the best levels, `liquidity_Npct_usd` is of both sides, `imbalance_ratio = bid_volume_10 / ask_volume_10`.
    """

    symbol: str
    exchange: str
    timestamp: datetime
    best_bid: Price
    best_ask: Price
    spread: Price
    spread_percentage: Pct
    mid_price: Price
    bid_volume_10: Base
    ask_volume_10: Base
    total_volume_20: Base
    liquidity_1pct_usd: Usd
    liquidity_2pct_usd: Usd
    imbalance_ratio: Ratio
    usd_rate: UsdPrice
    depth: list[depth.DepthBand]
    profile: DepthProfile | None


class Snapshot(Measured):
    """One book as history keeps it; `symbol` is the market. `depth` is empty and `profile` null where the snapshot came from a file without them."""

    source: Source


class Miss(Record):
    """A look at a market that gave no valid book: when, and the error's kind."""

    source: Source
    exchange: str
    symbol: str
    timestamp: datetime
    kind: str


class LiquiditySnapshot(Measured, Result):
    """One exchange's liquidity at one moment, as stored in history."""

    symbol_used: str
    price_currency: str
    base_currency: str


def snapshot(book: OrderBook) -> Snapshot:
    """What history keeps of a book; `timestamp` is when the book was true, to the millisecond."""
    bands = {one.width_pct: one for one in depth.bands(book)}
    bid_volume, ask_volume = _volume(book.bids, 10), _volume(book.asks, 10)
    return Snapshot(
        source=book.source,
        symbol=book.symbol,
        exchange=book.exchange,
        timestamp=moment(milliseconds(book.as_of)),
        best_bid=book.best_bid,
        best_ask=book.best_ask,
        spread=book.best_ask - book.best_bid,
        spread_percentage=depth.spread_pct(book),
        mid_price=book.mid,
        bid_volume_10=bid_volume,
        ask_volume_10=ask_volume,
        total_volume_20=_volume(book.bids, 20) + _volume(book.asks, 20),
        liquidity_1pct_usd=bands[1.0].bid_usd + bands[1.0].ask_usd,
        liquidity_2pct_usd=bands[2.0].bid_usd + bands[2.0].ask_usd,
        imbalance_ratio=bid_volume / ask_volume,
        usd_rate=book.usd.value,
        depth=list(bands.values()),
        profile=DepthProfile(bid_sizes=_profile(book.bids, book.mid), ask_sizes=_profile(book.asks, book.mid)),
    )


def stored(taken: Snapshot, book: OrderBook, asked: str, warnings: Sequence[str], now: datetime) -> LiquiditySnapshot:
    """The result that tells a caller of a stored snapshot of `book`, for the symbol that was asked."""
    source, as_of, age_ms = origin([book], now)
    return LiquiditySnapshot(
        **taken.model_dump(exclude={"source", "symbol"}),
        symbol=asked,
        symbol_used=book.symbol,
        price_currency=book.quote,
        base_currency=book.base,
        source=source,
        as_of=as_of,
        age_ms=age_ms,
        warnings=[*book.warnings, *depth.lower_bound_warnings(book, taken.depth), *warnings],
    )


def _volume(side: Levels, count: int) -> float:
    return float(side.cumulative_base[min(count, len(side)) - 1])


def _profile(side: Levels, mid: float) -> list[float | None]:
    """Base units per bin from mid outward; a bin that the book does not reach the end of is null."""
    distances = np.abs(side.prices - mid)
    edges: Column = np.array(PROFILE_EDGES_PCT) / 100 * mid + depth.EDGE_TOLERANCE * mid
    inside = np.searchsorted(distances, edges, side="right")
    sizes = np.diff(np.concatenate(([0.0], side.cumulative_base))[inside], prepend=0.0)
    reached = edges <= distances[-1] + 2 * depth.EDGE_TOLERANCE * mid
    return [float(size) if side.all_sent or known else None for size, known in zip(sizes, reached, strict=True)]
