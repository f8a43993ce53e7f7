"""The past of simulated venues is what a recorder would have got of them over the wire."""

import math
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import tools.feeds.exchange  # noqa: F401 - no test's deadline pays for importing ccxt
from tools.analytics.series import milliseconds
from tools.analytics.snapshot import Miss, Snapshot, snapshot
from tools.cache import Cache
from tools.deepening import covering_depth
from tools.errors import LiquidityError, UnknownSymbol
from tools.feeds import ExchangeBooks, Limits, MarketFiles, venue
from tools.feeds.depth_limits import is_all_sent, request_limit
from tools.simulator import SPOKEN, GeneratedBooks, Incident, Simulator, past
from tools.simulator.past import Recorder

EXCHANGES = ("binance", "coinbase", "kraken")
START = datetime(2026, 11, 2, 9, 0, 0, 123_000, tzinfo=UTC)
STEP = timedelta(minutes=5)
# Calm, a venue out that prices USDT, one side gone, little left, most of it asked, a wide spread, a price that jumped, the venue itself out.
INCIDENTS = tuple(
    Incident(kind, exchange, base, START + place * STEP - STEP / 2, START + place * STEP + STEP / 2, size)
    for place, (kind, exchange, base, size) in enumerate(
        [
            ("venue_outage", "coinbase", "", 0.0),
            ("one_sided", "", "BTC", 1.0),
            ("depth_drop", "", "BTC", 0.7),
            ("imbalance", "", "BTC", -0.6),
            ("spread_widening", "", "BTC", 3.0),
            ("price_jump", "", "BTC", 0.02),
            ("venue_outage", "", "", 0.0),
        ],
        start=1,
    )
)
LOOKS = len(INCIDENTS) + 1
# One of those whose USDT is not worth the same on coinbase and on kraken, so that it shows which was asked.
SEED = 13
RECORDER = Recorder(request_limit, is_all_sent, EXCHANGES)


class Clock:
    """A clock that stands where it is put."""

    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def seconds(self):
        return self.at.timestamp()


@asynccontextmanager
async def venues_at(clock):
    """The books of simulated venues over the wire, at a clock of one's own, as a market opens them."""
    async with Simulator(GeneratedBooks(SEED, clock.now, INCIDENTS)) as simulator:
        # Hours of looks go by in a second here, which no exchange's published limits allow.
        config = {exchange: venue({**settings, "rateLimit": 1e-6}) for exchange, settings in simulator.exchange_config.items()}
        books = ExchangeBooks(
            EXCHANGES,
            config,
            source="simulated",
            taker_fees={},
            limits=Limits(),
            files=MarketFiles(None),
            cache=Cache(clock=clock.seconds),
            now=clock.now,
        )
        try:
            yield books
        finally:
            await books.close()


async def looks_over_the_wire(exchange, symbol):
    clock, looks = Clock(), []
    async with venues_at(clock) as books:
        for place in range(LOOKS):
            clock.at = START + place * STEP
            try:
                looks.append(snapshot(await covering_depth(books, exchange, symbol)))
            except LiquidityError as error:
                looks.append(Miss(source="simulated", exchange=exchange, symbol=symbol, timestamp=clock.at, kind=error.kind))
    return looks


def recorded(exchange, symbol, incidents=INCIDENTS, looks=LOOKS):
    return list(past.past(GeneratedBooks(SEED, incidents=incidents), exchange, symbol, START, START + looks * STEP, STEP.total_seconds(), RECORDER))


@pytest.mark.parametrize(
    ("exchange", "symbol"),
    [
        ("binance", "BTC/USDT"),
        ("binance", "MINA/USDT"),
        ("coinbase", "BTC/USD"),
        ("coinbase", "BTC/USDT"),
        ("kraken", "BTC/USD"),
        ("kraken", "BTC/USDC"),
        ("kraken", "OXT/USD"),
        ("okx", "BTC/USDT"),
        ("okx", "BTC/USDC"),
        ("bybit", "BTC/USDT"),
        ("bybit", "BTC/USDC"),
    ],
)
async def test_the_past_equals_to_the_last_digit_what_was_recorded_over_the_wire(exchange, symbol):
    assert recorded(exchange, symbol) == await looks_over_the_wire(exchange, symbol)


def test_a_look_that_found_no_valid_book_is_a_miss_of_the_errors_kind():
    kinds = [look.kind if isinstance(look, Miss) else "" for look in recorded("kraken", "BTC/USD")]

    assert kinds == ["", "", "empty_book", "", "", "", "", "unavailable"]
    assert [look.kind for look in recorded("coinbase", "BTC/USD") if isinstance(look, Miss)] == ["unavailable", "empty_book", "unavailable"]


@pytest.mark.parametrize("exchange", SPOKEN)
def test_what_stands_beyond_the_reach_of_a_snapshot_is_left_out_and_not_missed(exchange, monkeypatch):
    pairs = [market.symbol for market in GeneratedBooks().markets(exchange)]
    short = [recorded(exchange, symbol) for symbol in pairs]
    reached = [len(prices) for symbol in pairs for prices, _ in GeneratedBooks().columns_at(exchange, symbol, milliseconds(START), 5_000, past.REACH_PCT)]
    monkeypatch.setattr(past, "REACH_PCT", math.inf)

    assert [recorded(exchange, symbol) for symbol in pairs] == short
    assert sum(reached) < sum(len(prices) for symbol in pairs for prices, _ in GeneratedBooks().columns_at(exchange, symbol, milliseconds(START), 5_000))


def test_a_book_that_was_built_no_farther_than_a_snapshot_needs_is_built_anew_for_who_wants_all_of_it():
    books, whole = GeneratedBooks(), GeneratedBooks().book_at("coinbase", "BTC/USD", milliseconds(START))

    (short, _), _ = books.columns_at("coinbase", "BTC/USD", milliseconds(START), None, past.REACH_PCT)

    assert len(short) < len(whole.bids)
    assert books.book_at("coinbase", "BTC/USD", milliseconds(START)) == whole


def test_looks_are_an_interval_apart_from_the_start_until_before_the_end():
    looks = recorded("okx", "BTC/USDT", incidents=())

    assert [look.timestamp for look in looks] == [START + place * STEP for place in range(LOOKS)]
    assert all(isinstance(look, Snapshot) for look in looks)


def test_the_past_of_a_market_that_is_not_listed_is_an_unknown_symbol():
    with pytest.raises(UnknownSymbol, match="binance does not list BTC/USD"):
        recorded("binance", "BTC/USD")


def test_a_bridge_currency_that_no_exchange_at_hand_prices_counts_as_a_dollar():
    alone = Recorder(request_limit, is_all_sent, ("binance",))

    looks = past.past(GeneratedBooks(), "binance", "BTC/USDT", START, START + STEP, 300, alone)

    assert [look.usd_rate for look in looks] == [1.0]


@pytest.mark.parametrize("exchange", SPOKEN)
def test_a_day_without_incidents_is_calm_on_every_market(exchange):
    """Spread, depth and imbalance stay nearer to their median than the 30 per cent that alerts begin at, with a tenth of that to spare."""
    books = GeneratedBooks()
    for market in books.markets(exchange):
        looks = list(past.past(books, exchange, market.symbol, START, START + timedelta(days=1), 3_600, RECORDER))
        widest = [band for look in looks for band in look.depth if band.complete and band.width_pct == _widest_pct(looks)]
        bid, ask = np.array([band.bid_usd for band in widest]), np.array([band.ask_usd for band in widest])
        spread, depth, imbalance = np.array([look.spread_percentage for look in looks]), bid + ask, 100 * (bid - ask) / (bid + ask)
        worst = 100 * (spread / np.median(spread) - 1).max(), 100 * (1 - depth / np.median(depth)).max(), np.abs(imbalance - np.median(imbalance)).max()
        assert max(worst) < 27, (market.symbol, worst)


def _widest_pct(looks):
    """The widest depth band that every look covers."""
    return max(width for width in (0.1, 0.25, 0.5, 1.0, 2.0, 5.0) if all(band.complete for look in looks for band in look.depth if band.width_pct == width))
