"""The order book as numpy columns, cleaned and validated on entry, and the seam through which everyone gets one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import inf
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import CrossedBook, EmptyBook, UnreadableResponse
from .parameters import Source

Column = NDArray[np.float64]
"""A read-only one-dimensional column of floats."""

FeeOrigin = Literal["configured", "default schedule", "unknown"]
"""Who says what a taker fee is."""

ANALYSIS_LEVELS = 1_000
"""Levels per side that analysis asks for."""
ALL_LEVELS = 1_000_000
"""More than any exchange sends: asks for the deepest book it has."""
# Beyond what any market holds; within, no sum or ratio of a book's numbers overflows.
_SMALLEST, _LARGEST = 1e-30, 1e30


@dataclass(frozen=True)
class Levels:
    """One side of a book, best price first.

    `prices` in quote per base and `sizes` in base are columns of one shape (n,), n >= 1, all finite and positive.
    `all_sent` says that the exchange holds nothing beyond the last level.
    """

    prices: Column
    sizes: Column
    all_sent: bool

    @cached_property
    def cumulative_base(self) -> Column:
        """Base units from the best level to each level, inclusive."""
        return _frozen(np.cumsum(self.sizes))

    @cached_property
    def cumulative_quote(self) -> Column:
        """Quote value from the best level to each level, inclusive."""
        return _frozen(np.cumsum(self.prices * self.sizes))

    def __len__(self) -> int:
        return len(self.prices)


@dataclass(frozen=True)
class UsdRate:
    """What one unit of a quote currency is worth in US dollars.

    `conversion_cost_pct` is what changing it into dollars costs a taker (half the spread and the fee), None where unknown;
    `market` names the book it was read from, empty where it was not read but taken as 1.
    """

    value: float = 1.0
    conversion_cost_pct: float | None = 0.0
    market: str = ""


@dataclass(frozen=True)
class TakerFee:
    """A taker fee in per cent, and whether the user configured it or it is the exchange's default schedule; None where neither says."""

    pct: float | None
    origin: FeeOrigin


@dataclass(frozen=True)
class OrderBook:
    """One exchange's book of one market at one moment, uncrossed and clean.

    `as_of` is when the book was true: the receive time, or in replay the recorded time. `received_at` is when it reached us by the
    market's clock and `lag_ms` how old it was then. `warnings` are sentences about this book that an answer must repeat.
    """

    exchange: str
    symbol: str
    bids: Levels
    asks: Levels
    source: Source
    as_of: datetime
    received_at: datetime
    usd: UsdRate
    fee: TakerFee
    lag_ms: float = 0.0
    warnings: tuple[str, ...] = field(default=())

    @property
    def base(self) -> str:
        """The asset that is traded."""
        return self.symbol.partition("/")[0]

    @property
    def quote(self) -> str:
        """The currency that prices are in."""
        return self.symbol.partition("/")[2].partition(":")[0]

    @property
    def best_bid(self) -> float:
        """The highest bid, in quote currency."""
        return float(self.bids.prices[0])

    @property
    def best_ask(self) -> float:
        """The lowest ask, in quote currency."""
        return float(self.asks.prices[0])

    @property
    def mid(self) -> float:
        """The price halfway between best bid and best ask, in quote currency."""
        return (self.best_bid + self.best_ask) / 2

    def age_ms(self, now: datetime) -> float:
        """How old the book is at `now`, in milliseconds."""
        return max(0.0, (now - self.received_at).total_seconds() * 1_000) + self.lag_ms

    def taken_by(self, side: Literal["buy", "sell"]) -> Levels:
        """The levels that a taker's order of this side walks."""
        return self.asks if side == "buy" else self.bids


class Books(Protocol):
    """Where books come from."""

    async def fetch(self, exchange: str, symbol: str, levels: int = ANALYSIS_LEVELS, max_age_s: float = inf) -> OrderBook:
        """One book, at least `levels` deep per side where the exchange sends that many; one that is kept may be given up to `max_age_s` old.

        Raises ExchangeError when the exchange gives no usable book, InvalidArgument when it cannot.
        """
        ...


@dataclass(frozen=True)
class Contract:
    """How a derivative's sizes become base units: `size` base (or, inverse, quote) units a contract."""

    size: float = 1.0
    inverse: bool = False


def clean(
    exchange: str,
    symbol: str,
    bids: Sequence[Sequence[Any]],
    asks: Sequence[Sequence[Any]],
    *,
    all_sent: tuple[bool, bool] = (False, False),
    contract: Contract = Contract(),
) -> tuple[Levels, Levels]:
    """Both sides of a raw book as validated columns.

    Rows hold price and size first (numbers, numeric strings or None), anything after is ignored. Levels with a missing, NaN, infinite,
    zero or negative price or size are dropped (1e30 and more is as good as infinite), sizes at one price are added, order is restored.

    Raises UnreadableResponse when rows are not numbers, EmptyBook when a side has no usable level, CrossedBook when bid >= ask.
    """
    sides: list[Levels] = []
    for name, rows, complete in (("bid", bids, all_sent[0]), ("ask", asks, all_sent[1])):
        prices, sizes = _usable(_columns(exchange, rows), contract)
        if not len(prices):
            raise EmptyBook(exchange, symbol, name)
        sides.append(_sorted_levels(prices, sizes, descending=name == "bid", all_sent=complete))
    bid, ask = float(sides[0].prices[0]), float(sides[1].prices[0])
    if bid >= ask:
        raise CrossedBook(exchange, symbol, bid, ask)
    return sides[0], sides[1]


def _columns(exchange: str, rows: Sequence[Sequence[Any]]) -> Column:
    """Shape (n, 2): price and size of each row, NaN where missing."""
    try:
        columns = np.array([(row[0], row[1]) for row in rows], dtype=np.float64)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise UnreadableResponse(exchange, "rows that are not price and size") from error
    # A string of two digits and a row of rows can be indexed too.
    if columns.ndim > 2 or any(isinstance(row, str | bytes) for row in rows):
        raise UnreadableResponse(exchange, "rows that are not price and size")
    return columns.reshape(-1, 2)


def _usable(rows: Column, contract: Contract) -> tuple[Column, Column]:
    prices, sizes = rows[:, 0], rows[:, 1]
    with np.errstate(all="ignore"):
        base = sizes * contract.size / (prices if contract.inverse else 1.0)
        usable = _in_range(prices) & _in_range(base) & _in_range(prices * base)
    return prices[usable], base[usable]


def _in_range(column: Column) -> NDArray[np.bool_]:
    """Where a column holds usable positive numbers; false for NaN."""
    return (column > _SMALLEST) & (column < _LARGEST)


def _sorted_levels(prices: Column, sizes: Column, *, descending: bool, all_sent: bool) -> Levels:
    order = np.argsort(-prices if descending else prices, kind="stable")
    prices, sizes = prices[order], sizes[order]
    starts = np.flatnonzero(np.concatenate(([True], prices[1:] != prices[:-1])))
    if len(starts) != len(prices):
        prices, sizes = prices[starts], np.add.reduceat(sizes, starts)
    return Levels(_frozen(prices), _frozen(sizes), all_sent)


def _frozen(column: Column) -> Column:
    column.setflags(write=False)
    return column
