"""Generated books are the same for everyone, change gradually, and look like real ones."""

import random
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from tools.errors import EmptyBook, UnknownSymbol
from tools.simulator import SPOKEN, GeneratedBooks, Incident, generated, mids, noise, slots

START = 1_786_276_800_000
MAIN = [("binance", "BTC/USDT"), ("coinbase", "BTC/USD"), ("kraken", "BTC/USD"), ("okx", "BTC/USDT"), ("bybit", "BTC/USDT"), ("coinbase", "ETH/USD")]
MOMENTS = [START + hours * 3_600_000 for hours in range(0, 96, 16)]


def every_market():
    return [(exchange, market) for exchange in SPOKEN for market in GeneratedBooks().markets(exchange)]


def middle(book):
    return (Decimal(book.bids[0][0]) + Decimal(book.asks[0][0])) / 2


def spread_bps(book):
    return 10_000 * (Decimal(book.asks[0][0]) - Decimal(book.bids[0][0])) / middle(book)


def within(book, side, pct):
    """Quote value of a side's levels within pct per cent of mid."""
    mid = middle(book)
    return sum(Decimal(price) * Decimal(size) for price, size in side if abs(Decimal(price) - mid) * 100 <= mid * Decimal(pct))


def reach_pct(book, side):
    return abs(Decimal(side[-1][0]) / middle(book) - 1) * 100


def test_books_of_one_seed_and_moment_are_equal_whoever_asks_in_whatever_order():
    one, other = GeneratedBooks(seed=3), GeneratedBooks(seed=3)
    forwards = [one.book_at("kraken", "ETH/USD", moment) for moment in MOMENTS]
    backwards = [other.book_at("kraken", "ETH/USD", moment) for moment in reversed(MOMENTS)]

    assert forwards == backwards[::-1]
    assert one.book_at("kraken", "ETH/USD", START) == one.book_at("kraken", "ETH/USD", START)


def test_another_seed_is_another_market():
    assert GeneratedBooks(seed=1).book_at("okx", "BTC/USDT", START, 5) != GeneratedBooks(seed=2).book_at("okx", "BTC/USDT", START, 5)


def test_a_book_asked_for_shallow_is_the_top_of_the_deep_one():
    for exchange, market in every_market():
        deep = GeneratedBooks().book_at(exchange, market.symbol, START, 1_000)
        growing = GeneratedBooks()
        for levels in (1, 20, 200):
            shallow = growing.book_at(exchange, market.symbol, START, levels)
            assert (shallow.bids, shallow.asks) == (deep.bids[:levels], deep.asks[:levels])


@pytest.mark.parametrize("exchange", SPOKEN)
def test_what_is_kept_of_other_moments_and_depths_changes_no_book(exchange):
    chance = random.Random(exchange)  # noqa: S311 - a repeatable choice, no secret
    asked = [
        (market.symbol, START + chance.randrange(-100_000_000, 100_000_000), chance.choice([1, 20, 500, None]))
        for market in GeneratedBooks().markets(exchange)
        for _ in range(3)
    ]
    incident = Incident("imbalance", exchange, "", datetime.fromtimestamp(START / 1_000 - 5e4, UTC), datetime.fromtimestamp(START / 1_000 + 5e4, UTC), 0.4)

    def book(symbol, moment, levels):
        return GeneratedBooks(incidents=[incident]).columns_at(exchange, symbol, moment, levels)

    def alone(asking):
        mids.usd.cache_clear()
        slots.chunk.cache_clear()
        return book(*asking)

    lonely = [alone(asking) for asking in asked]
    for asking, sides in zip(asked, lonely, strict=True):
        assert [column.tobytes() for side in book(*asking) for column in side] == [column.tobytes() for side in sides for column in side]


def test_slots_and_prices_are_made_of_the_noise_of_their_numbers_wherever_they_are_cut_out():
    keys = slots.MarketKeys(7, "binance", "BTC/USDT")
    first, end, width, now = -700, 5_000, 13, 1_786_276_800.25

    columns = slots.Slots._make(map(np.concatenate, zip(*slots.slots(keys, width, first, end), strict=True)))

    ids = np.arange(first, end)
    widths, ones = np.full_like(ids, width), np.ones_like(ids)
    chance = noise.uniform(keys.of("held term"), ids, widths)
    terms = np.floor(now / (8.0 * 2.0 ** np.floor(5.0 * chance)) + 32.0 * chance).astype(np.int64)
    assert (slots.term(now, columns.held_life_s, columns.held_shift) == terms).all()
    assert (noise.uniform(columns.held_bits, terms) == noise.uniform(keys.of("held"), ids, widths, terms)).all()
    assert (columns.ticks == ids * width + (noise.uniform(keys.of("place"), ids, widths) * widths).astype(np.int64)).all()
    chance = noise.uniform(keys.of("size term"), columns.ticks, ones)
    assert (columns.life_s == 8.0 * 2.0 ** np.floor(5.0 * chance)).all()
    assert (columns.shift == 32.0 * chance).all()
    assert (noise.bell(columns.bits, terms) == noise.bell(keys.of("size"), columns.ticks, terms)).all()
    assert (columns.own == noise.uniform(keys.of("settle"), columns.ticks)).all()


def test_the_best_prices_alone_are_those_of_the_book():
    gone = Incident("one_sided", "", "SOL", datetime.fromtimestamp(START / 1_000 - 60, UTC), datetime.fromtimestamp(START / 1_000 + 60, UTC), -1.0)
    books = GeneratedBooks(incidents=[gone])
    for exchange, market in every_market():
        if market.base == "SOL":
            with pytest.raises(EmptyBook, match="bid"):
                books.best_at(exchange, market.symbol, START)
        else:
            (bids, _), (asks, _) = books.columns_at(exchange, market.symbol, START, 1)
            assert books.best_at(exchange, market.symbol, START) == (bids[0], asks[0])


def test_who_goes_deeper_at_each_look_has_each_book_built_once_and_the_same(monkeypatch):
    looks = [(MOMENTS[0], 20), (MOMENTS[0], 1_000), (MOMENTS[1], 20), (MOMENTS[1], 1_000), (MOMENTS[2], 20), (MOMENTS[3], 20)]
    alone = [GeneratedBooks().book_at("binance", "BTC/USDT", moment, levels) for moment, levels in looks]
    built, build = [], generated.ladders
    monkeypatch.setattr(generated, "ladders", lambda *asked: built.append(asked[3]) or build(*asked))
    books = GeneratedBooks()

    assert [books.book_at("binance", "BTC/USDT", moment, levels) for moment, levels in looks] == alone
    assert built == [20, 1_000, 1_000, 1_000, 20]


def test_every_book_is_ordered_uncrossed_positive_and_on_its_tick_and_step():
    for exchange, market in every_market():
        book = GeneratedBooks().book_at(exchange, market.symbol, START, 300)
        bids, asks = ([(Decimal(price), Decimal(size)) for price, size in side] for side in (book.bids, book.asks))
        assert bids[0][0] < asks[0][0]
        assert all(better[0] > worse[0] > 0 for better, worse in pairwise(bids))
        assert all(better[0] < worse[0] for better, worse in pairwise(asks))
        assert all(price % Decimal(market.price_tick) == 0 and size % Decimal(market.size_step) == 0 and size > 0 for price, size in bids + asks)


def test_the_time_is_that_of_the_clock_on_steps_of_a_quarter_second():
    books = GeneratedBooks(now=lambda: datetime(2026, 8, 9, 12, 0, 0, 310_000, tzinfo=UTC))

    book = books.book("bybit", "BTC/USDT", 1)

    assert (book.clock_ms - book.timestamp_ms, book.timestamp_ms % 250, book.loop) == (60, 0, 0)
    assert books.now() == datetime(2026, 8, 9, 12, 0, 0, 310_000, tzinfo=UTC)


def test_a_market_that_is_not_listed_is_an_unknown_symbol():
    with pytest.raises(UnknownSymbol, match="binance does not list BTC/USD"):
        GeneratedBooks().book("binance", "BTC/USD")


def test_each_exchange_lists_the_quotes_it_really_lists():
    books = GeneratedBooks()
    quotes = {exchange: {market.quote for market in books.markets(exchange) if market.base == "BTC"} for exchange in SPOKEN}

    assert quotes == {
        "binance": {"USDT", "USDC"},
        "coinbase": {"USD", "USDT"},
        "kraken": {"USD", "USDT", "USDC"},
        "okx": {"USDT", "USDC", "USD"},
        "bybit": {"USDT", "USDC"},
    }


@pytest.mark.parametrize(("exchange", "symbol"), MAIN)
def test_depth_near_mid_is_13_to_38_per_cent_of_that_within_one_per_cent(exchange, symbol):
    books = GeneratedBooks()
    for moment in MOMENTS:
        book = books.book_at(exchange, symbol, moment, 2_000)
        near = within(book, book.bids, "0.1") + within(book, book.asks, "0.1")
        wide = within(book, book.bids, "1") + within(book, book.asks, "1")
        assert Decimal("0.13") <= near / wide <= Decimal("0.38")


@pytest.mark.parametrize(
    ("exchange", "symbol", "levels", "least", "most"),
    [("binance", "BTC/USDT", 1_000, "0.29", "0.37"), ("binance", "BTC/USDT", 5_000, "2", "15"), ("bybit", "BTC/USDT", 200, "0.13", "0.19")],
)
def test_books_reach_as_far_as_real_ones(exchange, symbol, levels, least, most):
    books = GeneratedBooks()
    for moment in MOMENTS:
        book = books.book_at(exchange, symbol, moment, levels)
        assert len(book.bids) == len(book.asks) == levels
        assert all(Decimal(least) <= reach_pct(book, side) <= Decimal(most) for side in (book.bids, book.asks))


def test_coinbase_sends_thousands_of_levels_and_absurd_ends():
    book = GeneratedBooks().book_at("coinbase", "BTC/USD", START)

    assert min(len(book.bids), len(book.asks)) > 5_000
    assert book.bids[-1][0] == "0.01"
    assert 990 < Decimal(book.asks[-1][0]) / middle(book) < 1_010


def test_spreads_are_tight_on_main_markets_and_wide_on_thin_ones():
    books = GeneratedBooks()
    for moment in MOMENTS:
        for exchange in SPOKEN:
            bitcoin = [books.book_at(exchange, market.symbol, moment, 1) for market in books.markets(exchange) if market.base == "BTC"]
            thin = [books.book_at(exchange, market.symbol, moment) for market in books.markets(exchange) if market.base in {"MINA", "OXT"}]
            assert all(Decimal("0.0014") < spread_bps(book) < 5 for book in bitcoin)
            assert thin
            assert all(spread_bps(book) > 27 and len(book.bids) < 30 > len(book.asks) for book in thin)


@pytest.mark.parametrize(("exchange", "symbol", "ticks"), [("binance", "BTC/USDT", 1), ("kraken", "ETH/USD", 2), ("okx", "SOL/USDT", 1)])
def test_a_spread_of_few_ticks_stays_what_it_is(exchange, symbol, ticks):
    books = GeneratedBooks()
    tick = next(Decimal(market.price_tick) for market in books.markets(exchange) if market.symbol == symbol)
    tops = [books.book_at(exchange, symbol, START + minute * 60_000, 1) for minute in range(0, 2_880, 10)]

    assert {(Decimal(top.asks[0][0]) - Decimal(top.bids[0][0])) / tick for top in tops} == {ticks}


@pytest.mark.parametrize(("exchange", "symbol"), [("coinbase", "BTC/USDT"), ("kraken", "ETH/USDT"), ("kraken", "MINA/USD"), ("bybit", "BTC/USDC")])
def test_a_wider_spread_breathes_by_less_than_a_quarter(exchange, symbol):
    books = GeneratedBooks()
    spreads = sorted(spread_bps(books.book_at(exchange, symbol, START + minute * 60_000, 1)) for minute in range(0, 2_880, 10))

    usual = spreads[len(spreads) // 2]
    assert usual * Decimal("0.75") < spreads[0] < spreads[-1] < usual * Decimal("1.25")
    assert spreads[-1] > usual * Decimal("1.05")


def test_prices_agree_between_venues_once_they_are_in_dollars():
    books = GeneratedBooks()
    for moment in MOMENTS:
        tether = middle(books.book_at("kraken", "USDT/USD", moment, 1))
        dollars = [middle(books.book_at(exchange, symbol, moment, 1)) * (tether if symbol.endswith("USDT") else 1) for exchange, symbol in MAIN[:5]]
        assert Decimal("0.9994") < tether < Decimal("1.0006")
        assert (max(dollars) / min(dollars) - 1) * 10_000 < 5
        assert len(set(dollars)) == 5


def test_prices_move_as_much_in_a_day_as_bitcoin_does():
    books = GeneratedBooks()
    mids = [middle(books.book_at("binance", "BTC/USDT", START + minute * 60_000, 1)) for minute in range(0, 1_440, 10)]
    squares = sum(float(after / before - 1) ** 2 for before, after in pairwise(mids))

    assert 1.0 < 100 * squares**0.5 < 4.0


def test_orders_persist_for_a_while_and_are_replaced_gradually():
    books = GeneratedBooks()

    def kept(later_ms):
        before, after = (set(books.book_at("binance", "BTC/USDT", START + moment, 1_000).bids) for moment in (0, later_ms))
        return len(before & after) / len(before)

    assert kept(250) > 0.9
    assert 0.2 < kept(5_000) < kept(1_000) < 1
    assert kept(600_000) < 0.2


@pytest.mark.parametrize(("exchange", "symbol"), MAIN)
def test_no_book_is_ever_made_anew(exchange, symbol):
    books = GeneratedBooks()
    for moment in MOMENTS:
        before, after = ({price for price, _ in books.book_at(exchange, symbol, moment + later, 2_000).asks} for later in (0, 250))
        assert len(before & after) > 0.9 * len(before)


@pytest.mark.parametrize(("exchange", "symbol"), MAIN)
def test_a_few_walls_stand_out_of_every_main_book(exchange, symbol):
    book = GeneratedBooks().book_at(exchange, symbol, START, 200)
    for side in (book.bids, book.asks):
        sizes = sorted(Decimal(size) for _, size in side)
        walls = [size for size in sizes if size > 5 * sizes[len(sizes) // 2]]
        assert 1 <= len(walls) <= 20
