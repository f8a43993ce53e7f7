"""Several exchanges' books of one asset side by side."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import fmean, median

from ..book import OrderBook
from ..errors import ImplausiblePrice
from ..units import BandPct, Base, Bps, Count, Milliseconds, Pct, Price, Usd, UsdPrice
from . import arbitrage, depth
from .result import Record, Result, distinct, origin

IMPLAUSIBLE_PCT = 20.0
_QUORUM = 3


class VenueLiquidity(Record):
    """One exchange's part of a comparison. `bid_volume` and `ask_volume` add up the best levels asked for."""

    symbol_used: str
    price_currency: str
    base_currency: str
    usd_rate: UsdPrice
    best_bid: Price
    best_ask: Price
    mid_price: Price
    best_bid_usd: UsdPrice
    best_ask_usd: UsdPrice
    mid_price_usd: UsdPrice
    spread_pct: Pct
    spread_bps: Bps
    bid_volume: Base
    ask_volume: Base
    depth: list[depth.DepthBand]
    taker_fee_pct: Pct | None
    as_of: datetime
    age_ms: Milliseconds


class ExchangeComparison(Result):
    """Exchanges side by side. Best prices are in `price_currency`, USD where the exchanges' quotes differ.

    `arbitrage_opportunity_pct` is gross and signed; only a net gain after taker fees and conversion is an opportunity.
    """

    symbol: str
    exchanges_compared: list[str]
    successful_fetches: Count
    price_currency: str
    base_currency: str
    best_bid_exchange: str
    best_bid_price: Price
    best_ask_exchange: str
    best_ask_price: Price
    arbitrage_opportunity_pct: Pct | None
    arbitrage_route: str | None
    arbitrage_is_opportunity: bool
    arbitrage_reliable: bool
    arbitrage_net_pct: Pct | None
    arbitrage_net_route: str | None
    arbitrage_executable_usd: Usd | None
    arbitrage_profit_usd: Usd | None
    tightest_spread_exchange: str
    tightest_spread_pct: Pct
    deepest_liquidity_exchange: str | None
    deepest_band_pct: BandPct | None
    average_spread_pct: Pct
    venues: dict[str, VenueLiquidity]
    failures: dict[str, str]


def implausible(books: Mapping[str, OrderBook]) -> dict[str, ImplausiblePrice]:
    """The books whose mid stands more than IMPLAUSIBLE_PCT from the median of the others', where more than half of all agree on that."""
    if len(books) < _QUORUM:
        return {}
    mids = {exchange: book.mid * book.usd.value for exchange, book in books.items()}
    found: dict[str, ImplausiblePrice] = {}
    for exchange, mid in mids.items():
        others = [other for name, other in mids.items() if name != exchange]
        middle = median(others)
        agreeing = sum(_near(other, middle) for other in others)
        if not _near(mid, middle) and agreeing * 2 > len(books):
            found[exchange] = ImplausiblePrice(exchange, mid, middle)
    return found


def _near(price: float, middle: float) -> bool:
    return 100 * abs(price - middle) / middle <= IMPLAUSIBLE_PCT


def widest_common_band(books: Sequence[OrderBook]) -> float | None:
    """The widest of the depth bands that every book covers on both sides, None where none does."""
    covered = [width for width in depth.BAND_WIDTHS_PCT if all(depth.band(book, width).complete for book in books)]
    return max(covered, default=None)


def deepest(books: Sequence[OrderBook]) -> tuple[OrderBook, float] | None:
    """The book with the most USD in the widest band that all cover, and that band; None where no band is covered by all."""
    width = widest_common_band(books)
    if width is None:
        return None
    return max(books, key=lambda book: depth.band(book, width).total_usd), width


def compare(symbol: str, books: Mapping[str, OrderBook], failures: Mapping[str, str], levels: int, now: datetime) -> ExchangeComparison:
    """Compare at least one usable book; `failures` says of every other exchange why it is missing."""
    taken = list(books.values())
    source, as_of, age_ms = origin(taken, now)
    quotes = {book.quote for book in taken}
    in_usd = len(quotes) > 1
    value = {book.exchange: book.usd.value if in_usd else 1.0 for book in taken}
    bid_book = max(taken, key=lambda book: book.best_bid * value[book.exchange])
    ask_book = min(taken, key=lambda book: book.best_ask * value[book.exchange])
    tightest = min(taken, key=depth.spread_pct)
    most = deepest(taken)
    gap, route = arbitrage.widest_gap(taken), arbitrage.best_route(taken)
    return ExchangeComparison(
        source=source,
        as_of=as_of,
        age_ms=age_ms,
        warnings=_warnings(taken, gap),
        symbol=symbol,
        exchanges_compared=[*books, *failures],
        successful_fetches=len(books),
        price_currency="USD" if in_usd else next(iter(quotes)),
        base_currency=taken[0].base,
        best_bid_exchange=bid_book.exchange,
        best_bid_price=bid_book.best_bid * value[bid_book.exchange],
        best_ask_exchange=ask_book.exchange,
        best_ask_price=ask_book.best_ask * value[ask_book.exchange],
        arbitrage_opportunity_pct=gap.gross_pct if gap else None,
        arbitrage_route=_route(gap.buy, gap.sell) if gap and gap.gross_pct > 0 else None,
        arbitrage_is_opportunity=route is not None and _believable(gap, route),
        arbitrage_reliable=_believable(gap, route),
        arbitrage_net_pct=route.net_pct if route else None,
        arbitrage_net_route=_route(route.buy, route.sell) if route else None,
        arbitrage_executable_usd=route.executable_usd if route else None,
        arbitrage_profit_usd=route.profit_usd if route else None,
        tightest_spread_exchange=tightest.exchange,
        tightest_spread_pct=depth.spread_pct(tightest),
        deepest_liquidity_exchange=most[0].exchange if most else None,
        deepest_band_pct=most[1] if most else None,
        average_spread_pct=fmean(depth.spread_pct(book) for book in taken),
        venues={exchange: _venue(book, levels, now) for exchange, book in books.items()},
        failures=dict(failures),
    )


def _believable(gap: arbitrage.Gap | None, route: arbitrage.Route | None) -> bool:
    """Whether the gap and the route are between books of one moment, at prices that can be of one asset."""
    together = all(arbitrage.taken_together(pair.buy, pair.sell) for pair in (gap, route) if pair)
    return together and (gap is None or gap.gross_pct <= IMPLAUSIBLE_PCT)


def _route(buy: OrderBook, sell: OrderBook) -> str:
    return f"buy on {buy.exchange}, sell on {sell.exchange}"


def _venue(book: OrderBook, levels: int, now: datetime) -> VenueLiquidity:
    rate = book.usd.value
    return VenueLiquidity(
        symbol_used=book.symbol,
        price_currency=book.quote,
        base_currency=book.base,
        usd_rate=rate,
        best_bid=book.best_bid,
        best_ask=book.best_ask,
        mid_price=book.mid,
        best_bid_usd=book.best_bid * rate,
        best_ask_usd=book.best_ask * rate,
        mid_price_usd=book.mid * rate,
        spread_pct=depth.spread_pct(book),
        spread_bps=100 * depth.spread_pct(book),
        bid_volume=float(book.bids.cumulative_base[:levels][-1]),
        ask_volume=float(book.asks.cumulative_base[:levels][-1]),
        depth=depth.bands(book),
        taker_fee_pct=book.fee.pct,
        as_of=book.as_of,
        age_ms=round(book.age_ms(now), 1),
    )


def _warnings(books: Sequence[OrderBook], gap: arbitrage.Gap | None) -> list[str]:
    sentences = [warning for book in books for warning in book.warnings]
    sentences += [warning for book in books for warning in depth.lower_bound_warnings(book, depth.bands(book))]
    sentences += arbitrage.taken_apart(books)
    if gap and gap.gross_pct > IMPLAUSIBLE_PCT:
        sentences.append(
            f"{gap.buy.exchange} and {gap.sell.exchange} disagree on the price by {gap.gross_pct:.0f}%:"
            " one of them is wrong, or the symbol means different assets there."
        )
    if gap and gap.gross_pct > 0 and arbitrage.conversion_pct(gap.buy, gap.sell) is None:
        sentences.append(f"What converting between {gap.buy.quote} and {gap.sell.quote} costs is unknown, so no net gain is computed between them.")
    feeless = [book.exchange for book in books if book.fee.pct is None]
    if feeless and len(books) > 1:
        sentences.append(f"No taker fee of {', '.join(feeless)} is known, so no net gain is computed there; set it in LIQUIDITY_TAKER_FEES.")
    return distinct(sentences)
