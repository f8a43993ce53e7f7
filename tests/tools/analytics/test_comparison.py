"""Exchanges side by side, against plain Decimal arithmetic and arbitrage matched lot by lot."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from decimal_books import BAND_WIDTHS_PCT, Level, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON, book

from tools.analytics import arbitrage
from tools.analytics.comparison import ExchangeComparison, compare, implausible
from tools.book import OrderBook

EXCHANGES = ["binance", "coinbase", "kraken", "okx"]
# A currency's rate, and what converting it costs in per cent.
CURRENCIES: dict[str, tuple[str, str | None]] = {"USD": ("1", "0"), "USDT": ("0.9991", "0.02"), "USDC": ("1.0003", None), "EUR": ("1.09", "0.11")}


@dataclass(frozen=True)
class Venue:
    """One exchange's book in integers of a tick of 0.1 and a lot of 0.01."""

    quote: str
    bids: list[Level]
    asks: list[Level]
    all_sent: bool
    fee_pct: Decimal
    taken_after_ms: int

    @property
    def rate(self) -> Decimal:
        return Decimal(CURRENCIES[self.quote][0])

    @property
    def mid(self) -> Decimal:
        return (self.bids[0][0] + self.asks[0][0]) / 2

    @property
    def spread_pct(self) -> Decimal:
        return 100 * (self.asks[0][0] - self.bids[0][0]) / self.mid

    def band(self, width_pct: Decimal) -> tuple[Decimal, bool]:
        """USD within the band on both sides, and whether it is covered."""
        edge = self.mid * width_pct / 100
        inside = [price * size for price, size in (*self.bids, *self.asks) if abs(price - self.mid) <= edge]
        reached = all(abs(side[-1][0] - self.mid) >= edge for side in (self.bids, self.asks))
        return sum(inside, Decimal(0)) * self.rate, self.all_sent or reached


def as_book(exchange: str, venue: Venue) -> OrderBook:
    cost = CURRENCIES[venue.quote][1]
    return book(
        rows(venue.bids),
        rows(venue.asks),
        exchange=exchange,
        symbol=f"BTC/{venue.quote}",
        usd=float(venue.rate),
        conversion_cost_pct=None if cost is None else float(cost),
        fee_pct=float(venue.fee_pct),
        all_sent=(venue.all_sent, venue.all_sent),
        taken_after_s=venue.taken_after_ms / 1_000,
    )


def lots(levels: Sequence[Level]) -> list[Decimal]:
    """The price of each lot, best first."""
    return [price for price, size in levels for _ in range(int(size * 100))]


def matched(buy: Venue, sell: Venue) -> dict[str, Decimal] | None:
    """Buy and sell lot by lot while a lot earns anything after fees and conversion."""
    conversion = Decimal(0)
    if buy.quote != sell.quote:
        costs = [CURRENCIES[venue.quote][1] for venue in (buy, sell)]
        if None in costs:
            return None
        conversion = sum(Decimal(str(cost)) for cost in costs)
    spent = earned = value = base = Decimal(0)
    for ask, bid in zip(lots(buy.asks), lots(sell.bids), strict=False):
        pays = ask * buy.rate * (1 + buy.fee_pct / 100) * (1 + conversion / 100)
        gets = bid * sell.rate * (1 - sell.fee_pct / 100)
        if gets <= pays:
            break
        spent, earned, value, base = spent + pays / 100, earned + gets / 100, value + ask * buy.rate / 100, base + Decimal("0.01")
    return {"net_pct": 100 * (earned - spent) / spent, "executable_usd": value, "executable_base": base, "profit_usd": earned - spent} if base else None


def gross_pct(buy: Venue, sell: Venue) -> Decimal:
    ask, bid = buy.asks[0][0] * buy.rate, sell.bids[0][0] * sell.rate
    return 100 * (bid - ask) / ask


@st.composite
def venues(draw: st.DrawFn, *, at_least: int = 1) -> dict[str, Venue]:
    """Exchanges around one price in USD, near enough that some bids cross other exchanges' asks."""
    found: dict[str, Venue] = {}
    count, most, chance = draw(st.integers(at_least, len(EXCHANGES))), draw(st.integers(1, 5)), draw(st.randoms(use_true_random=True))

    def side() -> list[tuple[int, int]]:
        return [(away, chance.randint(1, 12)) for away in sorted({chance.randint(0, 60) for _ in range(chance.randint(1, most))})]

    for exchange in EXCHANGES[:count]:
        quote = chance.choice(["USD", "USD", *CURRENCIES])
        middle = int(Decimal(10_000) / Decimal(CURRENCIES[quote][0])) + chance.randint(-60, 60)
        bids, asks = side(), side()
        found[exchange] = Venue(
            quote,
            [(Decimal(middle - 1 - away) / 10, Decimal(size) / 100) for away, size in bids],
            [(Decimal(middle + 1 + away) / 10, Decimal(size) / 100) for away, size in asks],
            chance.random() < 0.5,
            Decimal(chance.choice(["0", "0.01", "0.1", "0.6"])),
            chance.choice([0, 0, 0, 1_999, 2_000, 2_001]),
        )
    return found


def near(value: Decimal, allowed: float = 0) -> Any:
    return pytest.approx(float(value), rel=1e-9, abs=allowed)


def compared(found: dict[str, Venue]) -> ExchangeComparison:
    return compare("BTC", {exchange: as_book(exchange, venue) for exchange, venue in found.items()}, {}, 20, NOON)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(venues())
def test_best_prices_spreads_and_depth_compare_as_plain_arithmetic_says(found: dict[str, Venue]) -> None:
    result = compared(found)

    in_usd = len({venue.quote for venue in found.values()}) > 1
    bids = {exchange: venue.bids[0][0] * (venue.rate if in_usd else 1) for exchange, venue in found.items()}
    asks = {exchange: venue.asks[0][0] * (venue.rate if in_usd else 1) for exchange, venue in found.items()}
    spreads = {exchange: venue.spread_pct for exchange, venue in found.items()}
    assert result.price_currency == ("USD" if in_usd else next(iter(found.values())).quote)
    assert (result.best_bid_price, result.best_ask_price) == (near(max(bids.values())), near(min(asks.values())))
    assert bids[result.best_bid_exchange] == max(bids.values())
    assert asks[result.best_ask_exchange] == min(asks.values())
    assert (spreads[result.tightest_spread_exchange], result.tightest_spread_pct) == (min(spreads.values()), near(min(spreads.values())))
    assert result.average_spread_pct == near(sum(spreads.values()) / len(spreads))
    assert (result.successful_fetches, result.exchanges_compared, result.failures) == (len(found), list(found), {})

    common = [width for width in BAND_WIDTHS_PCT if all(venue.band(width)[1] for venue in found.values())]
    if common:
        depths = {exchange: venue.band(max(common))[0] for exchange, venue in found.items()}
        assert result.deepest_band_pct == float(max(common))
        assert depths[result.deepest_liquidity_exchange or ""] == max(depths.values())
    else:
        assert (result.deepest_liquidity_exchange, result.deepest_band_pct) == (None, None)

    for exchange, venue in found.items():
        assert result.venues[exchange].model_dump(exclude={"depth"}) == {
            "symbol_used": f"BTC/{venue.quote}",
            "price_currency": venue.quote,
            "base_currency": "BTC",
            "usd_rate": float(venue.rate),
            "best_bid": float(venue.bids[0][0]),
            "best_ask": float(venue.asks[0][0]),
            "mid_price": near(venue.mid),
            "best_bid_usd": near(venue.bids[0][0] * venue.rate),
            "best_ask_usd": near(venue.asks[0][0] * venue.rate),
            "mid_price_usd": near(venue.mid * venue.rate),
            "spread_pct": near(venue.spread_pct),
            "spread_bps": near(100 * venue.spread_pct),
            "bid_volume": near(sum(size for _, size in venue.bids)),
            "ask_volume": near(sum(size for _, size in venue.asks)),
            "taker_fee_pct": float(venue.fee_pct),
            "as_of": as_book(exchange, venue).as_of,
            "age_ms": 0.0,
        }
        assert [one.total_usd for one in result.venues[exchange].depth] == [near(venue.band(width)[0]) for width in BAND_WIDTHS_PCT]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(venues(at_least=2))
def test_arbitrage_is_gross_and_signed_over_different_exchanges_and_an_opportunity_only_net(found: dict[str, Venue]) -> None:
    result = compared(found)

    gaps = {f"buy on {buy}, sell on {sell}": gross_pct(found[buy], found[sell]) for buy, sell in permutations(found, 2)}
    widest = max(gaps.values())
    assert result.arbitrage_opportunity_pct == near(widest, 1e-9)
    if widest > 0:
        assert gaps[result.arbitrage_route or ""] == widest
    else:
        assert result.arbitrage_route is None

    routes = {(buy, sell): route for buy, sell in permutations(found, 2) if (route := matched(found[buy], found[sell])) is not None}
    if not routes:
        assert (result.arbitrage_net_route, result.arbitrage_net_pct, result.arbitrage_executable_usd, result.arbitrage_profit_usd) == (None,) * 4
        assert not result.arbitrage_is_opportunity
    else:
        (buy, sell), route = max(routes.items(), key=lambda item: item[1]["profit_usd"])
        assert result.arbitrage_profit_usd == near(route["profit_usd"], 1e-9)
        if [one["profit_usd"] for one in routes.values()].count(route["profit_usd"]) == 1:
            assert result.arbitrage_net_route == f"buy on {buy}, sell on {sell}"
            assert (result.arbitrage_net_pct, result.arbitrage_executable_usd) == (near(route["net_pct"], 1e-9), near(route["executable_usd"]))
            assert result.arbitrage_is_opportunity == result.arbitrage_reliable
    if list(gaps.values()).count(widest) == 1:
        pairs = [pair for pair in permutations(found, 2) if gaps["buy on {}, sell on {}".format(*pair)] == widest]
        pairs += [max(routes, key=lambda pair: routes[pair]["profit_usd"])] if routes else []
        assert result.arbitrage_reliable == (
            widest <= 20 and all(abs(found[one].taken_after_ms - found[other].taken_after_ms) <= 2_000 for one, other in pairs)
        )


@settings(max_examples=400, deadline=None, derandomize=True)
@given(venues(at_least=2))
def test_a_route_bears_what_matching_lot_by_lot_bears(found: dict[str, Venue]) -> None:
    for buy, sell in permutations(list(found)[:2]):
        route, expected = arbitrage.executable(as_book(buy, found[buy]), as_book(sell, found[sell])), matched(found[buy], found[sell])

        assert (route is None) == (expected is None)
        if route is not None and expected is not None:
            figures = {name: getattr(route, name) for name in expected}
            assert figures == {name: near(value, 1e-9) for name, value in expected.items()}


def two(bid: str, ask: str, **of_the_second: Any) -> dict[str, OrderBook]:
    """kraken at 100 to 101, and okx at the prices given."""
    return {"kraken": book([["100", "1"]], [["101", "1"]]), "okx": book([[bid, "1"]], [[ask, "1"]], exchange="okx", **of_the_second)}


def test_a_gap_that_fees_eat_is_a_route_but_no_opportunity() -> None:
    result = compare("BTC", two("101.1", "102", fee_pct=0.5), {}, 20, NOON)

    assert (result.arbitrage_route, result.arbitrage_opportunity_pct) == ("buy on kraken, sell on okx", pytest.approx(10 / 101))
    assert (result.arbitrage_is_opportunity, result.arbitrage_net_pct, result.arbitrage_profit_usd) == (False, None, None)


def test_prices_that_only_touch_across_exchanges_earn_nothing() -> None:
    result = compare("BTC", two("101", "102"), {}, 20, NOON)

    assert (result.arbitrage_opportunity_pct, result.arbitrage_route, result.arbitrage_is_opportunity) == (0, None, False)


def test_the_best_bid_and_ask_of_one_exchange_are_no_arbitrage() -> None:
    books = {"kraken": book([["100", "1"]], [["101", "1"]]), "okx": book([["90", "1"]], [["111", "1"]], exchange="okx")}

    result = compare("BTC", books, {}, 20, NOON)

    assert (result.best_bid_exchange, result.best_ask_exchange) == ("kraken", "kraken")
    assert result.arbitrage_opportunity_pct == pytest.approx(100 * (100 - 111) / 111)
    assert (result.arbitrage_route, result.arbitrage_is_opportunity) == (None, False)


def test_one_exchange_alone_has_no_arbitrage_at_all() -> None:
    result = compare("BTC", {"kraken": book([["100", "1"]], [["101", "1"]])}, {"okx": "okx timed out after 10 s."}, 20, NOON)

    assert (result.arbitrage_opportunity_pct, result.arbitrage_route, result.arbitrage_is_opportunity, result.arbitrage_reliable) == (None, None, False, True)
    assert (result.exchanges_compared, result.successful_fetches, result.failures) == (["kraken", "okx"], 1, {"okx": "okx timed out after 10 s."})


def test_an_unknown_conversion_cost_is_never_an_opportunity_and_is_said() -> None:
    result = compare("BTC", two("110", "112", symbol="BTC/USDC", conversion_cost_pct=None), {}, 20, NOON)

    assert (result.arbitrage_route, result.arbitrage_is_opportunity, result.arbitrage_net_route) == ("buy on kraken, sell on okx", False, None)
    assert "What converting between USD and USDC costs is unknown, so no net gain is computed between them." in result.warnings


def test_an_unknown_conversion_cost_does_not_matter_within_one_currency() -> None:
    books = {
        name: book([[bid, "1"]], [[ask, "1"]], exchange=name, symbol="BTC/USDC", conversion_cost_pct=None)
        for name, bid, ask in (("kraken", "100", "101"), ("okx", "110", "112"))
    }

    assert compare("BTC", books, {}, 20, NOON).arbitrage_profit_usd == 9


def test_an_unknown_fee_is_never_an_opportunity() -> None:
    result = compare("BTC", two("110", "112", fee_pct=None), {}, 20, NOON)

    assert (result.arbitrage_route, result.arbitrage_is_opportunity, result.arbitrage_net_pct) == ("buy on kraken, sell on okx", False, None)


def test_a_route_between_books_taken_apart_is_no_opportunity_and_says_so() -> None:
    result = compare("BTC", two("110", "112", taken_after_s=3), {}, 20, NOON)

    assert (result.arbitrage_is_opportunity, result.arbitrage_reliable, result.arbitrage_profit_usd) == (False, False, 9)
    assert "The books of kraken and okx were taken 3 s apart: a price gap between them may be time, not a better price." in result.warnings


def test_a_price_ten_times_off_among_three_is_left_out_by_name() -> None:
    books = {name: book([[bid, "1"]], [[ask, "1"]], exchange=name) for name, bid, ask in (("a", "99", "101"), ("b", "100", "102"), ("c", "999", "1001"))}

    assert {exchange: str(error) for exchange, error in implausible(books).items()} == {
        "c": "c shows a mid price of 1,000 USD where the others stand near 100.5 USD."
        " It is left out of the comparison; check that the symbol means the same asset there."
    }


@pytest.mark.parametrize(
    ("mids", "outliers"),
    [
        ([100], []),
        ([100, 1000], []),
        ([100, 10, 100], [1]),
        ([100, 120, 110], []),
        ([100, 100, 120.1], [2]),
        ([100, 100, 1000, 1000], []),
        ([100, 100, 100, 1000], [3]),
        ([100, 200, 400], []),
        ([100, 101, 99, 1000, 10], [3, 4]),
    ],
)
def test_only_a_majority_of_all_can_call_a_price_implausible(mids: list[float], outliers: list[int]) -> None:
    books = {str(at): book([[mid - 0.5, 1]], [[mid + 0.5, 1]], exchange=str(at)) for at, mid in enumerate(mids)}

    assert sorted(implausible(books)) == [str(at) for at in outliers]


def test_prices_are_judged_implausible_in_dollars() -> None:
    books = {
        "a": book([["99", 1]], [["101", 1]]),
        "b": book([["99", 1]], [["101", 1]]),
        "c": book([["13900", 1]], [["14100", 1]], symbol="BTC/JPY", usd=0.0071),
    }

    assert implausible(books) == {}


def test_a_price_ten_times_off_among_two_only_warns() -> None:
    books = two("1000", "1010")

    assert implausible(books) == {}
    assert (
        "kraken and okx disagree on the price by 890%: one of them is wrong, or the symbol means different assets there."
        in compare("BTC", books, {}, 20, NOON).warnings
    )


def test_wide_spreads_around_one_price_are_no_disagreement() -> None:
    books = {name: book([["80", "1"]], [["120", "1"]], exchange=name, all_sent=(True, True)) for name in ("a", "b")}

    assert compare("BTC", books, {}, 20, NOON).warnings == []


def test_the_same_warning_of_a_book_stands_once() -> None:
    books = {name: book([["99", "1"]], [["101", "1"]], exchange=name, all_sent=(True, True), warnings=["1 USDT counts as 1 USD."]) for name in ("a", "b")}

    assert compare("BTC", books, {}, 20, NOON).warnings == ["1 USDT counts as 1 USD."]
