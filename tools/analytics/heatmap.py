"""Where liquidity stands by price: bins around mid, the walls among the levels, and the stretches with nothing in them."""

from datetime import datetime
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..book import Levels, OrderBook
from ..units import Base, Count, Pct, Price, Ratio, Usd, UsdPrice
from . import depth
from .result import Record, Result, origin

# A book is drawn to this far from mid at most: some asks stand 100,000 % above it.
WIDEST_PCT = 2.0
# A range to divide into bins, even where bid, mid and ask are neighbouring floats.
_NARROWEST_PCT = 1e-9
WALL_MULTIPLE = 5.0
_WALLS_PER_SIDE = 3
# A bin index no grid has: keeps the farthest ask within an integer.
_FAR_AWAY = 2**53


class Bin(Record):
    """The liquidity of one price range of one side, the edge away from mid included; `levels` of 0 marks an empty stretch."""

    side: Literal["bid", "ask"]
    low: Price
    high: Price
    size: Base
    usd: Usd
    levels: Count


class Wall(Record):
    """A level that holds at least WALL_MULTIPLE times the median level of its side within the drawn range."""

    side: Literal["bid", "ask"]
    price: Price
    size: Base
    usd: Usd
    distance_pct: Pct
    times_median: Ratio


class LiquidityGrid(Result):
    """Liquidity by price on one exchange: bins from lowest to highest price, and the walls, largest first."""

    symbol: str
    symbol_used: str
    exchange: str
    price_currency: str
    base_currency: str
    usd_rate: UsdPrice
    mid_price: Price
    range_pct: Pct
    bins: list[Bin]
    walls: list[Wall]
    bid_usd: Usd
    ask_usd: Usd


def grid(book: OrderBook, symbol: str, rows: int, now: datetime) -> LiquidityGrid:
    """The book in `rows` equal price bins per side, over the range around mid that the book covers, WIDEST_PCT at most."""
    range_pct = min(WIDEST_PCT, max(_NARROWEST_PCT, depth.reach_pct(book)))
    width = book.mid * range_pct / 100 / rows
    bids = _bins(book, "bid", width, rows)
    asks = _bins(book, "ask", width, rows)
    walls = [*_walls(book, "bid", width, rows), *_walls(book, "ask", width, rows)]
    source, as_of, age_ms = origin([book], now)
    return LiquidityGrid(
        source=source,
        as_of=as_of,
        age_ms=age_ms,
        warnings=list(book.warnings),
        symbol=symbol,
        symbol_used=book.symbol,
        exchange=book.exchange,
        price_currency=book.quote,
        base_currency=book.base,
        usd_rate=book.usd.value,
        mid_price=book.mid,
        range_pct=range_pct,
        bins=[*reversed(bids), *asks],
        walls=sorted(walls, key=lambda wall: -wall.usd),
        bid_usd=sum(one.usd for one in bids),
        ask_usd=sum(one.usd for one in asks),
    )


def _bins(book: OrderBook, side: Literal["bid", "ask"], width: float, rows: int) -> list[Bin]:
    """The side's bins from mid outward."""
    levels = book.bids if side == "bid" else book.asks
    index = _bin_index(levels, book.mid, width)
    inside = index < rows
    sizes = np.bincount(index[inside], weights=levels.sizes[inside], minlength=rows)
    values = np.bincount(index[inside], weights=(levels.prices * levels.sizes)[inside], minlength=rows) * book.usd.value
    counts = np.bincount(index[inside], minlength=rows)
    direction = -1 if side == "bid" else 1
    edges = [book.mid + direction * width * row for row in range(rows + 1)]
    return [
        Bin(side=side, low=min(edges[row : row + 2]), high=max(edges[row : row + 2]), size=float(sizes[row]), usd=float(values[row]), levels=int(counts[row]))
        for row in range(rows)
    ]


def _bin_index(levels: Levels, mid: float, width: float) -> NDArray[np.int64]:
    """Which bin from mid outward each level falls in; one on the edge of two belongs to the inner."""
    distance = np.abs(levels.prices - mid) - depth.EDGE_TOLERANCE * mid
    return np.ceil(distance / width).clip(1, _FAR_AWAY).astype(np.int64) - 1


def _walls(book: OrderBook, side: Literal["bid", "ask"], width: float, rows: int) -> list[Wall]:
    levels = book.bids if side == "bid" else book.asks
    inside = _bin_index(levels, book.mid, width) < rows
    prices, sizes = levels.prices[inside], levels.sizes[inside]
    if not len(prices):
        return []
    usd = prices * sizes * book.usd.value
    typical = median(usd.tolist())
    largest = [int(index) for index in np.argsort(-usd, kind="stable")[:_WALLS_PER_SIDE] if usd[index] >= WALL_MULTIPLE * typical]
    return [
        Wall(
            side=side,
            price=float(prices[index]),
            size=float(sizes[index]),
            usd=float(usd[index]),
            distance_pct=100 * (float(prices[index]) - book.mid) / book.mid,
            times_median=float(usd[index]) / typical,
        )
        for index in largest
    ]
