"""What a market order costs: the one walk through a book that impact, cost and split share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from ..book import FeeOrigin, Levels, OrderBook
from ..units import Base, Bps, Count, Pct, Price, Usd, UsdPrice
from .result import Result, origin

RUINOUS_PCT = 5.0
# An order for exactly what stands in n levels takes n levels, however the sums round.
_FILLED_TOLERANCE = 1e-12
TakerSide = Literal["buy", "sell"]


@dataclass(frozen=True)
class Fill:
    """What an order takes from one side: `base` and `quote` amounts, the part-used level counted in `levels`, the worst price touched."""

    base: float
    quote: float
    levels: int
    worst_price: float
    complete: bool

    @property
    def average(self) -> float:
        """Quote paid or received for one base unit; exactly the price where one level gave all of it."""
        return self.worst_price if self.levels == 1 else self.quote / self.base


def walk(side: Levels, *, quote: float | None = None, base: float | None = None) -> Fill:
    """Fill a market order from the best level on.

    Give the order as positive `quote` notional or as positive `base` amount. Where the side ends first the fill is what there was, and not complete.
    """
    column, wanted = (side.cumulative_quote, quote) if quote is not None else (side.cumulative_base, base)
    if wanted is None or wanted <= 0:
        raise ValueError("an order needs a positive quote or base amount")
    index = int(np.searchsorted(column, wanted * (1 - _FILLED_TOLERANCE)))
    if index == len(column):
        return Fill(float(side.cumulative_base[-1]), float(side.cumulative_quote[-1]), len(column), float(side.prices[-1]), complete=False)
    price = float(side.prices[index])
    before_base, before_quote = (float(side.cumulative_base[index - 1]), float(side.cumulative_quote[index - 1])) if index else (0.0, 0.0)
    if quote is not None:
        return Fill(before_base + (quote - before_quote) / price, quote, index + 1, price, complete=True)
    return Fill(wanted, before_quote + (wanted - before_base) * price, index + 1, price, complete=True)


@dataclass(frozen=True)
class Order:
    """A market order: exactly one of `usd` (notional) and `base` is positive."""

    side: TakerSide
    usd: float = 0.0
    base: float = 0.0


def fill(book: OrderBook, order: Order) -> Fill:
    """What `order` takes from `book`; a USD notional is converted at the book's rate."""
    side = book.taken_by(order.side)
    return walk(side, quote=order.usd / book.usd.value) if order.usd > 0 else walk(side, base=order.base)


class MarketImpact(Result):
    """What a market order would cost on one exchange. Costs are positive when worse for the taker.

    If the book ends before the order does, the figures are those of the filled part.
    """

    symbol: str
    symbol_used: str
    exchange: str
    side: TakerSide
    price_currency: str
    base_currency: str
    usd_rate: UsdPrice
    order_size_usd: Usd
    order_size_base: Base | None
    best_price: Price
    mid_price: Price
    average_execution_price: Price
    limit_price: Price
    slippage_percentage: Pct
    price_impact_percentage: Pct
    slippage_vs_mid_bps: Bps
    levels_consumed: Count
    total_base_amount: Base
    sufficient_liquidity: bool
    filled_usd: Usd
    unfilled_usd: Usd
    book_truncated: bool
    taker_fee_pct: Pct | None
    taker_fee_origin: FeeOrigin
    fee_usd: Usd | None
    all_in_usd: Usd | None
    all_in_bps: Bps | None
    all_in_price_usd: UsdPrice | None


def market_impact(book: OrderBook, symbol: str, order: Order, now: datetime) -> MarketImpact:
    """The cost of `order` on `book`: the walk, the taker fee, and both together against mid.

    `order_size_usd` of an order given in base units is its value at mid, and so is its unfilled part.
    """
    side, filled, rate, mid = book.taken_by(order.side), fill(book, order), book.usd.value, book.mid
    worse = 1 if order.side == "buy" else -1
    best, average = float(side.prices[0]), filled.average
    filled_usd = filled.quote * rate
    fee_usd = None if book.fee.pct is None else filled_usd * book.fee.pct / 100
    all_in_usd = None if fee_usd is None else worse * (filled.quote - filled.base * mid) * rate + fee_usd
    order_usd = order.usd if order.usd > 0 else order.base * mid * rate
    unfilled_usd = order_usd - filled_usd if order.usd > 0 else (order.base - filled.base) * mid * rate
    source, as_of, age_ms = origin([book], now)
    return MarketImpact(
        source=source,
        as_of=as_of,
        age_ms=age_ms,
        warnings=[*book.warnings, *_warnings(book, order, filled, unfilled_usd)],
        symbol=symbol,
        symbol_used=book.symbol,
        exchange=book.exchange,
        side=order.side,
        price_currency=book.quote,
        base_currency=book.base,
        usd_rate=rate,
        order_size_usd=order_usd,
        order_size_base=order.base if order.base > 0 else None,
        best_price=best,
        mid_price=mid,
        average_execution_price=average,
        limit_price=filled.worst_price,
        # Rounding alone can put an average a hair on the better side of the best price.
        slippage_percentage=max(0.0, worse * 100 * (average - best) / best),
        price_impact_percentage=100 * abs(filled.worst_price - best) / best,
        slippage_vs_mid_bps=worse * 10_000 * (average - mid) / mid,
        levels_consumed=filled.levels,
        total_base_amount=filled.base,
        sufficient_liquidity=filled.complete,
        filled_usd=filled_usd,
        unfilled_usd=0.0 if filled.complete else max(0.0, unfilled_usd),
        book_truncated=not filled.complete and not side.all_sent,
        taker_fee_pct=book.fee.pct,
        taker_fee_origin=book.fee.origin,
        fee_usd=fee_usd,
        all_in_usd=all_in_usd,
        all_in_bps=None if all_in_usd is None else 10_000 * all_in_usd / (filled.base * mid * rate),
        all_in_price_usd=None if fee_usd is None else (filled_usd + worse * fee_usd) / filled.base,
    )


def rank_all_in(impact: MarketImpact) -> tuple[float, bool, float]:
    """A sort key that puts the cheapest exchange first.

    Those that can fill the whole order come first, by their all-in price in USD, which unlike a cost against an exchange's own mid also counts
    where that mid stands; then those whose fee is unknown; last those that cannot fill it, by how much is left.
    """
    worse = 1 if impact.side == "buy" else -1
    unfilled_usd = 0.0 if impact.sufficient_liquidity else impact.unfilled_usd
    price = impact.all_in_price_usd
    return unfilled_usd, price is None, worse * (impact.average_execution_price * impact.usd_rate if price is None else price)


def _warnings(book: OrderBook, order: Order, filled: Fill, unfilled_usd: float) -> list[str]:
    sentences: list[str] = []
    if not filled.complete:
        may_hold_more = "it may hold more than it sent" if not book.taken_by(order.side).all_sent else "that is all it has"
        sentences.append(
            f"{book.exchange}'s book ends {unfilled_usd:,.0f} USD short of this order ({may_hold_more}); the averages are those of the filled part."
        )
    if book.fee.pct is None:
        sentences.append(f"No taker fee of {book.exchange} is known, so its all-in cost is not computed; set it in LIQUIDITY_TAKER_FEES.")
    distance_pct = 100 * abs(filled.worst_price - book.mid) / book.mid
    if distance_pct > RUINOUS_PCT:
        sentences.append(f"This order would reach prices {distance_pct:,.0f}% from mid on {book.exchange}; split it or use a limit price.")
    return sentences
