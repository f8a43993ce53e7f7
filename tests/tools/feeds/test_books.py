import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from simulated import FIVE, simulated

from tools import open_market
from tools.book import ALL_LEVELS
from tools.cache import Cache
from tools.errors import ExchangeTimeout, ExchangeUnavailable, InvalidArgument, MislabelledSource, RateLimited, StaleBook, UnknownExchange, UnknownSymbol
from tools.feeds import Limits
from tools.settings import Settings
from tools.simulator import Fault, RecordedBooks

WARM = "BTC/USD"


@pytest.mark.parametrize("exchange", FIVE)
async def test_every_venue_gives_an_uncrossed_book_in_numpy_columns(exchange):
    async with simulated(FIVE) as venues:
        book = await venues.market.books.fetch(exchange, "BTC")
        assert (book.exchange, book.base, book.source) == (exchange, "BTC", "simulated")
        assert book.best_bid < book.best_ask
        assert len(book.bids) >= 200
        assert not book.bids.prices.flags.writeable


async def test_a_bare_asset_means_each_exchanges_deepest_dollar_market():
    async with simulated() as venues:
        used = {exchange: (await venues.market.books.fetch(exchange, "BTC")).symbol for exchange in ("binance", "coinbase", "kraken")}
        assert used == {"binance": "BTC/USDT", "coinbase": "BTC/USD", "kraken": "BTC/USD"}


async def test_which_market_is_the_deepest_is_found_out_once():
    async with simulated(("kraken",)) as venues:
        await venues.market.books.fetch("kraken", "BTC")
        asked = venues.book_requests("kraken")
        await venues.market.books.fetch("kraken", "BTC", ALL_LEVELS)
        assert venues.book_requests("kraken") == asked


async def test_when_one_of_an_assets_markets_fails_another_serves_and_that_is_said_and_not_remembered():
    async with simulated(("kraken",), config={"rateLimit": 0.001}) as venues:
        client = await venues.market.books._client("kraken")
        await client.loaded_markets()
        fetched = client.raw_book

        async def failing(market, levels):
            if market == "BTC/USD":
                raise ExchangeUnavailable("kraken", "HTTP 503")
            return await fetched(market, levels)

        client.raw_book = failing
        book = await venues.market.books.fetch("kraken", "BTC")
        assert book.symbol in {"BTC/USDT", "BTC/USDC"}
        assert book.warnings[0] == f"kraken gave no usable book of BTC/USD; its {book.symbol} is used."
        client.raw_book = fetched
        assert (await venues.market.books.fetch("kraken", "BTC")).symbol == "BTC/USD"


async def test_a_market_that_an_exchange_lacks_is_replaced_by_the_nearest_and_said_so():
    async with simulated() as venues:
        book = await venues.market.books.fetch("binance", "SOL/USD")
        assert book.symbol == "SOL/USDT"
        assert book.warnings == ("binance does not list SOL/USD; its SOL/USDT is used instead.",)


async def test_the_same_book_asked_for_many_times_at_once_is_fetched_once():
    async with simulated(("kraken",)) as venues:
        books = await asyncio.gather(*(venues.market.books.fetch("kraken", WARM) for _ in range(20)))
        assert all(book is books[0] for book in books)
        assert venues.book_requests("kraken") == 1


async def test_a_kept_book_is_not_renewed_by_reading():
    moment = [0.0]
    async with simulated(("kraken",), cache=Cache(clock=lambda: moment[0])) as venues:
        for moment[0] in (0.0, 0.9, 1.8, 2.1):
            await venues.market.books.fetch("kraken", WARM)
        assert venues.book_requests("kraken") == 2


async def test_prices_in_tether_are_worth_what_its_dollar_book_says():
    async with simulated() as venues:
        book, rate = await asyncio.gather(venues.market.books.fetch("binance", "BTC/USDT"), venues.market.books.fetch("coinbase", "USDT/USD"))
        assert book.usd.value == pytest.approx(rate.mid, rel=1e-4)
        assert book.usd.market == "coinbase USDT/USD"
        assert book.usd.conversion_cost_pct > 0


async def test_a_stablecoin_that_no_exchange_at_hand_prices_counts_as_one_with_a_warning():
    async with simulated(("binance",)) as venues:
        book = await venues.market.books.fetch("binance", "BTC/USDT")
        assert (book.usd.value, book.usd.conversion_cost_pct) == (1.0, None)
        assert book.warnings == ("USDT is counted as 1 USD: no exchange at hand prices it.",)


async def test_a_configured_fee_goes_before_the_exchanges_default_schedule():
    async with simulated(taker_fees={"kraken": 0.16}) as venues:
        kraken, coinbase = await asyncio.gather(*(venues.market.books.fetch(exchange, "BTC/USD") for exchange in ("kraken", "coinbase")))
        assert (kraken.fee.pct, kraken.fee.origin) == (0.16, "configured")
        assert (coinbase.fee.pct, coinbase.fee.origin) == (1.2, "default schedule")


async def test_an_unlisted_symbol_gets_the_closest_listed_ones():
    async with simulated(("kraken",)) as venues:
        with pytest.raises(UnknownSymbol, match=r"kraken does not list BTCC\. Did you mean BTC"):
            await venues.market.books.fetch("kraken", "BTCC")


async def test_an_exchange_beyond_the_simulated_ones_is_never_contacted():
    async with simulated() as venues:
        with pytest.raises(InvalidArgument, match="bitstamp is not among the simulated exchanges here, which are binance, coinbase, kraken, okx, bybit"):
            await venues.market.books.fetch("bitstamp", "BTC")


async def test_a_mistyped_exchange_gets_the_closest_ids(tmp_path):
    async with open_market(Settings(cache_dir=tmp_path)) as market:
        with pytest.raises(UnknownExchange, match=r"no exchange 'krakn'.*Did you mean kraken"):
            await market.books.fetch("krakn", "BTC")


async def test_a_hanging_exchange_is_given_up_at_the_deadline_and_its_request_ended():
    async with simulated(("kraken",), limits=Limits(deadline_s=0.2)) as venues:
        venues.simulator.faults.set("kraken", Fault.hang(), everywhere=True)
        with pytest.raises(ExchangeTimeout, match=r"kraken timed out \(no answer within 0.2 s\)"):
            await venues.market.books.fetch("kraken", WARM)


async def test_a_call_that_would_wait_longer_for_the_rate_limit_than_its_deadline_says_so_at_once():
    async with simulated(("kraken",), limits=Limits(deadline_s=0.5), config={"rateLimit": 60_000}) as venues:
        with pytest.raises(RateLimited, match="kraken rate limited us"):
            await venues.market.books.fetch("kraken", WARM)


@pytest.mark.parametrize("exchange", ["coinbase", "okx", "bybit"])
async def test_a_book_that_the_exchange_itself_dates_too_far_back_is_stale(exchange):
    async with simulated(FIVE) as venues:
        venues.simulator.faults.set(exchange, Fault.stale(60))
        with pytest.raises(StaleBook, match=rf"{exchange} sent a stale book .*6[01] s old, the limit is 10 s"):
            await venues.market.books.fetch(exchange, "BTC")


async def test_a_simulated_endpoint_configured_as_live_is_refused():
    async with simulated(config={"source": "live"}) as venues:
        with pytest.raises(MislabelledSource, match="configured as live, but its endpoint says that its books are simulated"):
            await venues.market.books.fetch("kraken", WARM)


async def test_markets_of_live_exchanges_are_kept_for_the_next_start_and_those_of_others_are_not(tmp_path):
    async with simulated(("kraken",), files=tmp_path) as venues:
        await venues.market.books.fetch("kraken", WARM)
    assert list(tmp_path.iterdir()) == []


def recording(folder: Path, times: list[int]) -> Path:
    path = folder / "kraken.jsonl"
    rows = [{"exchange": "kraken", "symbol": "BTC/USD", "timestamp": time, "bids": [["99", "1"]] * 1, "asks": [["101", "1"]]} for time in times]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


async def test_a_replayed_book_is_as_old_as_the_recording_says(tmp_path):
    elapsed = [0.7]
    times = [1_700_000_000_000, 1_700_000_002_000]
    async with simulated(("kraken",), books=RecordedBooks(recording(tmp_path, times), lambda: elapsed[0])) as venues:
        elapsed[0] += 1.5
        book = await venues.market.books.fetch("kraken", WARM)
        assert (book.source, book.as_of) == ("replay", datetime.fromtimestamp(times[0] / 1_000, UTC))
        assert book.lag_ms == pytest.approx(1_500, abs=1)


async def test_of_a_recording_nobody_knows_whether_it_is_the_whole_book(tmp_path):
    async with simulated(("kraken",), books=RecordedBooks(recording(tmp_path, [1_700_000_000_000]))) as venues:
        book = await venues.market.books.fetch("kraken", WARM)
        assert (book.bids.all_sent, book.asks.all_sent) == (False, False)


async def test_a_side_that_stops_short_is_all_there_is_unless_it_stops_at_a_usual_cut():
    async with simulated(("kraken",)) as venues:
        venues.simulator.faults.set("kraken", Fault(alter=lambda book: replace(book, bids=book.bids[:7], asks=book.asks[:100])))
        book = await venues.market.books.fetch("kraken", WARM)
        assert (len(book.bids), book.bids.all_sent) == (7, True)
        assert (len(book.asks), book.asks.all_sent) == (100, False)


class Arrivals(Counter):
    """Counts requests, and says so when one arrives."""

    def __init__(self, counts, arrived):
        super().__init__(counts)
        self.arrived = arrived

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        if hasattr(self, "arrived"):
            self.arrived.set()


async def test_giving_up_on_a_book_ends_the_request():
    async with simulated(("kraken",)) as venues:
        await venues.market.books.fetch("kraken", "ETH/USD")
        venues.simulator.faults.set("kraken", Fault.hang())
        arrived = asyncio.Event()
        venues.simulator.requests = Arrivals(venues.simulator.requests, arrived)
        waiting = asyncio.ensure_future(venues.market.books.fetch("kraken", WARM))
        await arrived.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert venues.market.books._flights._flights == {}
