"""Whatever one exchange suffers from, the answer names it in plain words and the others' numbers stand."""

import pytest
from simulated import FIVE, simulated

from tools import calculate_market_impact, compare_exchanges
from tools.cache import Cache
from tools.errors import (
    CrossedBook,
    EmptyBook,
    ExchangeTimeout,
    ExchangeUnavailable,
    NoConnection,
    NoNetwork,
    NoUsableExchange,
    RateLimited,
    RegionBlocked,
    StaleBook,
    UnreadableResponse,
)
from tools.feeds import Limits
from tools.feeds.books import BOOK_TTL_S
from tools.simulator import Fault

BLOCKED = "blocked in your region (HTTP {})"
DOWN = "is unavailable (HTTP {})"
FAULTS = {
    **{f"status {code}": (Fault.status(code), ExchangeUnavailable, DOWN.format(code)) for code in (400, 402, 404, 409, 410, 422, 500, 501, 502, 503, 520)},
    **{f"status {code}": (Fault.status(code), RegionBlocked, BLOCKED.format(code)) for code in (403, 451)},
    **{f"status {code}": (Fault.status(code), RateLimited, "rate limited us") for code in (418, 429)},
    **{f"status {code}": (Fault.status(code), ExchangeTimeout, f"timed out (HTTP {code})") for code in (408, 504)},
    "status 401": (Fault.status(401), ExchangeUnavailable, "is unavailable"),
    "bot wall with 403": (Fault.status(403, html=True), RegionBlocked, BLOCKED.format(403)),
    "hang": (Fault.hang(), ExchangeTimeout, "timed out (no answer within 2 s)"),
    "dropped connection": (Fault.dropped(), NoConnection, "cannot be reached from here (no connection)"),
    "web page with status 200": (Fault.html(), UnreadableResponse, "something unreadable"),
    "empty body": (Fault.empty_body(), UnreadableResponse, "something unreadable"),
    "half of the JSON": (Fault.truncated(), UnreadableResponse, "something unreadable"),
    "empty sides": (Fault.empty_sides(), EmptyBook, "empty book"),
    "crossed": (Fault.crossed(), CrossedBook, "crossed book"),
}


MARKETS = {"binance": "BTC/USDT", "coinbase": "BTC/USD", "kraken": "BTC/USD", "okx": "BTC/USDT", "bybit": "BTC/USDT"}
UNTHROTTLED = {"rateLimit": 0.001}


@pytest.mark.parametrize("victim", FIVE)
async def test_every_fault_of_one_exchange_is_named_and_the_others_stand(victim):
    others = [exchange for exchange in FIVE if exchange != victim][:2]
    moment = [0.0]
    async with simulated(FIVE, limits=Limits(deadline_s=2), config=UNTHROTTLED, cache=Cache(clock=lambda: moment[0])) as venues:
        await compare_exchanges(venues.market, MARKETS[victim], [*others, victim])
        for name, (fault, kind, words) in FAULTS.items():
            # Past what is kept of books, not past what is kept of USD rates.
            moment[0] += BOOK_TTL_S
            venues.simulator.faults.set(victim, fault)
            comparison = await compare_exchanges(venues.market, MARKETS[victim], [*others, victim])
            assert (name, list(comparison.failures), list(comparison.venues)) == (name, [victim], others)
            assert comparison.failures[victim].startswith(f"{victim} "), name
            assert words in comparison.failures[victim], name
            with pytest.raises(kind):
                await venues.market.books.fetch(victim, MARKETS[victim])
            venues.simulator.faults.clear(victim)


@pytest.mark.parametrize("victim", FIVE)
@pytest.mark.parametrize("fault", [Fault.zero_levels(), Fault.nan_levels()], ids=["zero levels", "NaN levels"])
async def test_unusable_levels_are_dropped_and_the_rest_of_the_book_stands(victim, fault):
    async with simulated(FIVE, config=UNTHROTTLED) as venues:
        venues.simulator.faults.set(victim, fault)
        comparison = await compare_exchanges(venues.market, MARKETS[victim], [victim])
        assert comparison.failures == {}
        assert 0 < comparison.venues[victim].best_bid < comparison.venues[victim].best_ask


async def test_a_stale_book_of_one_exchange_is_named_and_the_others_stand():
    async with simulated(FIVE) as venues:
        venues.simulator.faults.set("okx", Fault.stale(60))
        comparison = await compare_exchanges(venues.market, "BTC", ["okx", "kraken"])
        assert "okx sent a stale book" in comparison.failures["okx"]
        assert list(comparison.venues) == ["kraken"]
        with pytest.raises(StaleBook):
            await venues.market.books.fetch("okx", "BTC")


async def test_when_every_exchange_fails_the_error_tells_of_each():
    async with simulated() as venues:
        for exchange, fault in (("binance", Fault.status(451)), ("coinbase", Fault.status(503)), ("kraken", Fault.empty_sides())):
            venues.simulator.faults.set(exchange, fault)
        with pytest.raises(NoUsableExchange) as caught:
            await compare_exchanges(venues.market, "BTC")
        assert list(caught.value.failures) == ["binance", "coinbase", "kraken"]


async def test_without_a_network_one_sentence_says_so_and_offers_the_demo():
    async with simulated() as venues:
        for exchange in venues.market.exchanges:
            venues.simulator.faults.set(exchange, Fault.dropped(), everywhere=True)
        with pytest.raises(NoNetwork, match="None of binance, coinbase, kraken can be reached from here: check the network, or use --demo"):
            await compare_exchanges(venues.market, "BTC")


async def test_a_venue_whose_price_is_ten_times_off_is_left_out_by_name():
    def ten_times(book):
        return type(book)(
            book.timestamp_ms,
            book.clock_ms,
            [(str(float(price) * 10), size) for price, size in book.bids],
            [(str(float(price) * 10), size) for price, size in book.asks],
        )

    async with simulated() as venues:
        venues.simulator.faults.set("kraken", Fault(alter=ten_times))
        comparison = await compare_exchanges(venues.market, "BTC")
        assert list(comparison.venues) == ["binance", "coinbase"]
        assert "where the others stand near" in comparison.failures["kraken"]


async def test_a_failing_deeper_fetch_leaves_the_shallower_answer():
    async with simulated(("coinbase",)) as venues:
        shallow = await calculate_market_impact(venues.market, "BTC", 1_000, exchange="coinbase")
        venues.simulator.faults.set("coinbase", Fault.status(503))
        huge = await calculate_market_impact(venues.market, "BTC", 1e11, exchange="coinbase")
        assert shallow.sufficient_liquidity
        assert (huge.sufficient_liquidity, huge.book_truncated) == (False, True)
        assert "More of the book was asked for in vain: coinbase is unavailable (HTTP 503)." in " ".join(huge.warnings)
