"""Where liquidity stands by price: bins around mid, the walls among the levels, and the stretches with nothing in them."""

from datetime import datetime
from statistics import median
from typing import Literal

import numpy as np

from ..book import Levels, OrderBook
from ..units import Base, Pct, Price, Ratio, Usd
from .result import Record, Result, origin

# A book is drawn to this far from mid at most: some asks stand 100,000 % above it.
WIDEST_PCT = 2.0
WALL_MULTIPLE = 5.0
_WALLS_PER_SIDE = 3


class Bin(Record):
    """The liquidity of one price range [low, high) of one side; `levels` of 0 marks an empty stretch."""

    side: Literal["bid", "ask"]
    low: Price
    high: Price
    size: Base
    usd: Usd
    levels: int


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
    usd_rate: Ratio
    mid_price: Price
    range_pct: Pct
    bins: list[Bin]
    walls: list[Wall]
    bid_usd: Usd
    ask_usd: Usd


def grid(book: OrderBook, symbol: str, rows: int, now: datetime) -> LiquidityGrid:
    """The book in `rows` equal price bins per side, over the range around mid that the book covers, WIDEST_PCT at most."""
    range_pct = min(WIDEST_PCT, _covered_pct(book))
    width = book.mid * range_pct / 100 / rows
    bids = _bins(book, "bid", width, rows)
    asks = _bins(book, "ask", width, rows)
    walls = [*_walls(book, "bid", range_pct), *_walls(book, "ask", range_pct)]
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


def _covered_pct(book: OrderBook) -> float:
    """How far from mid the book is known on both sides; a side that was sent whole is known everywhere."""
    cut_short = [side for side in (book.bids, book.asks) if not side.all_sent]
    farthest = [float(abs(side.prices[-1] - book.mid)) / book.mid * 100 for side in (cut_short or (book.bids, book.asks))]
    return min(farthest) if cut_short else max(farthest)


def _bins(book: OrderBook, side: Literal["bid", "ask"], width: float, rows: int) -> list[Bin]:
    """The side's bins from mid outward."""
    levels = book.bids if side == "bid" else book.asks
    # The outermost level lies on the outer edge of the last bin and belongs to it.
    index = np.floor(np.abs(levels.prices - book.mid) / width - 1e-9).astype(np.int64).clip(min=0)
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


def _walls(book: OrderBook, side: Literal["bid", "ask"], range_pct: float) -> list[Wall]:
    levels: Levels = book.bids if side == "bid" else book.asks
    inside = np.abs(levels.prices - book.mid) <= book.mid * range_pct / 100 * (1 + 1e-9)
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
