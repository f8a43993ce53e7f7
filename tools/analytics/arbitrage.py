"""Buying on one exchange to sell on another: the gross gap, what fees and conversion leave of it, and the size the books bear."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from ..book import OrderBook

RELIABLE_GAP_S = 2.0


@dataclass(frozen=True)
class Gap:
    """The best bid of `sell` over the best ask of `buy`, in per cent of the ask, both in USD; negative where there is no gain."""

    buy: OrderBook
    sell: OrderBook
    gross_pct: float


@dataclass(frozen=True)
class Route:
    """What the books bear between two exchanges after both taker fees and conversion.

    `executable_usd` is bought at `buy` until the marginal net gain is zero, which earns `profit_usd`.
    """

    buy: OrderBook
    sell: OrderBook
    net_pct: float
    executable_usd: float
    executable_base: float
    profit_usd: float


def widest_gap(books: Sequence[OrderBook]) -> Gap | None:
    """The pair of different exchanges with the best gross gap, None with fewer than two books."""
    gaps = [Gap(buy, sell, _gross_pct(buy, sell)) for buy, sell in permutations(books, 2)]
    return max(gaps, key=lambda gap: gap.gross_pct, default=None)


def best_route(books: Sequence[OrderBook]) -> Route | None:
    """The route that earns most after costs, None where none earns anything."""
    routes = [route for buy, sell in permutations(books, 2) if (route := executable(buy, sell)) is not None]
    return max(routes, key=lambda route: route.profit_usd, default=None)


def taken_together(buy: OrderBook, sell: OrderBook) -> bool:
    """Whether two books were taken within RELIABLE_GAP_S of each other, so that a gap between them can be a price and not time."""
    return abs((buy.as_of - sell.as_of).total_seconds()) <= RELIABLE_GAP_S


def taken_apart(books: Sequence[OrderBook]) -> list[str]:
    """A sentence where the first and the last of these books were taken too far apart to compare their prices; none otherwise."""
    first, last = min(books, key=lambda book: book.as_of), max(books, key=lambda book: book.as_of)
    if taken_together(first, last):
        return []
    seconds = (last.as_of - first.as_of).total_seconds()
    return [f"The books of {first.exchange} and {last.exchange} were taken {seconds:,.0f} s apart: a price gap between them may be time, not a better price."]


def executable(buy: OrderBook, sell: OrderBook) -> Route | None:
    """Walk the asks of `buy` against the bids of `sell` until the marginal net gain is zero.

    None where the best prices already lose, or where a taker fee or the cost of converting between the quote currencies is unknown.
    """
    converting_pct = conversion_pct(buy, sell)
    if converting_pct is None or buy.fee.pct is None or sell.fee.pct is None:
        return None
    buy_usd, sell_usd = _usd_values(buy, sell)
    paid = buy_usd * (1 + buy.fee.pct / 100) * (1 + converting_pct / 100)
    received = sell_usd * (1 - sell.fee.pct / 100)
    asks, bids = buy.asks, sell.bids
    ask_at = bid_at = 0
    ask_left, bid_left = float(asks.sizes[0]), float(bids.sizes[0])
    base = cost = revenue = ask_value = 0.0
    while bids.prices[bid_at] * received > asks.prices[ask_at] * paid:
        amount = min(ask_left, bid_left)
        base += amount
        ask_value += amount * float(asks.prices[ask_at]) * buy_usd
        cost += amount * float(asks.prices[ask_at]) * paid
        revenue += amount * float(bids.prices[bid_at]) * received
        ask_left, bid_left = ask_left - amount, bid_left - amount
        if ask_left <= 0:
            ask_at += 1
            if ask_at == len(asks):
                break
            ask_left = float(asks.sizes[ask_at])
        if bid_left <= 0:
            bid_at += 1
            if bid_at == len(bids):
                break
            bid_left = float(bids.sizes[bid_at])
    if base == 0:
        return None
    return Route(buy, sell, 100 * (revenue - cost) / cost, ask_value, base, revenue - cost)


def conversion_pct(buy: OrderBook, sell: OrderBook) -> float | None:
    """The cost of turning the proceeds' currency back into what was paid, both legs going through USD; None where unknown."""
    if buy.quote == sell.quote:
        return 0.0
    if buy.usd.conversion_cost_pct is None or sell.usd.conversion_cost_pct is None:
        return None
    return buy.usd.conversion_cost_pct + sell.usd.conversion_cost_pct


def _usd_values(buy: OrderBook, sell: OrderBook) -> tuple[float, float]:
    """What each quote unit is worth; of one currency the same, however far apart the two exchanges' rates of it were read."""
    return buy.usd.value, buy.usd.value if buy.quote == sell.quote else sell.usd.value


def _gross_pct(buy: OrderBook, sell: OrderBook) -> float:
    buy_usd, sell_usd = _usd_values(buy, sell)
    ask, bid = buy.best_ask * buy_usd, sell.best_bid * sell_usd
    return 100 * (bid - ask) / ask
