"""Incidents are part of the books, change what they are named after, and keep to their schedule."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args

import ccxt
import numpy as np
import pytest

from tools.errors import ExchangeUnavailable
from tools.simulator import SPOKEN, GeneratedBooks, Incident, Simulator, VenueDown, demo_incidents, schedule
from tools.simulator.incidents import Kind

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
END = START + timedelta(minutes=20)
MARKETS = {"binance": "SOL/USDT", "coinbase": "SOL/USD", "kraken": "SOL/USD", "okx": "SOL/USDT", "bybit": "SOL/USDT"}
MINUTE = timedelta(minutes=1)


def ms(moment):
    return round(moment.timestamp() * 1_000)


def books_with(kind, size=0.0, exchange="kraken", base="SOL"):
    return GeneratedBooks(incidents=(Incident(kind, exchange, base, START, END, size),))


def sides(books, moment, exchange="kraken", symbol="SOL/USD", levels=500):
    return books.columns_at(exchange, symbol, ms(moment), levels)


def same(one, other):
    return all(np.array_equal(a, b) for side, twin in zip(one, other, strict=True) for a, b in zip(side, twin, strict=True))


def spread_and_mid(bids, asks):
    return asks[0][0] - bids[0][0], (asks[0][0] + bids[0][0]) / 2


def notional_within(bids, asks, pct):
    _, mid = spread_and_mid(bids, asks)
    return [float((prices * sizes)[np.abs(prices - mid) <= pct / 100 * mid].sum()) for prices, sizes in (bids, asks)]


@pytest.mark.parametrize(
    ("kind", "size"),
    [("spread_widening", 3.0), ("depth_drop", 0.6), ("imbalance", 0.5), ("one_sided", 1.0), ("one_sided", -1.0), ("price_jump", 0.02), ("venue_outage", 0.0)],
)
def test_an_incident_is_there_from_its_start_until_just_before_its_end_and_nowhere_else(kind, size):
    books, calm = books_with(kind, size), GeneratedBooks()

    def untouched(moment, exchange="kraken", symbol="SOL/USD"):
        try:
            return same(sides(books, moment, exchange, symbol), sides(calm, moment, exchange, symbol))
        except VenueDown:
            return False

    assert [untouched(one) for one in (START - MINUTE / 60, START, END - MINUTE / 60)] == [True, False, False]
    assert untouched(END) is (kind != "price_jump")
    assert untouched(START, "okx", "SOL/USDT")
    assert untouched(START, symbol="BTC/USD")


def test_a_widened_spread_is_so_many_times_as_wide_around_the_same_mid_with_the_depth_it_had():
    (calm_spread, calm_mid), (spread, mid) = (spread_and_mid(*sides(one, START)) for one in (GeneratedBooks(), books_with("spread_widening", 3.0)))

    assert spread == pytest.approx(3 * calm_spread)
    assert mid == pytest.approx(calm_mid, abs=0.0051)
    for pct in (1.0, 5.0):
        usual, now = (notional_within(*sides(one, START), pct) for one in (GeneratedBooks(), books_with("spread_widening", 3.0)))
        assert now == pytest.approx(usual, rel=0.1)


def test_a_depth_drop_leaves_every_price_and_takes_the_same_share_of_both_sides():
    usual, now = sides(GeneratedBooks(), START), sides(books_with("depth_drop", 0.6), START)

    assert all(np.array_equal(before[0], after[0]) for before, after in zip(usual, now, strict=True))
    for pct in (0.5, 1.0, 5.0):
        assert [after / before for before, after in zip(notional_within(*usual, pct), notional_within(*now, pct), strict=True)] == pytest.approx(
            [0.4, 0.4], rel=0.03
        )


@pytest.mark.parametrize("size", [0.5, -0.7])
def test_an_imbalance_leaves_every_price_and_moves_a_share_of_the_depth_from_one_side_to_the_other(size):
    usual, now = sides(GeneratedBooks(), START), sides(books_with("imbalance", size), START)

    assert all(np.array_equal(before[0], after[0]) for before, after in zip(usual, now, strict=True))
    for pct in (0.5, 1.0, 5.0):
        factors = [after / before for before, after in zip(notional_within(*usual, pct), notional_within(*now, pct), strict=True)]
        assert factors == pytest.approx([1 + size, 1 - size], rel=0.03)


@pytest.mark.parametrize(("size", "gone"), [(-1.0, 0), (1.0, 1)])
def test_a_one_sided_book_has_no_level_on_one_side_and_its_usual_ones_on_the_other(size, gone):
    usual, now = sides(GeneratedBooks(), START), sides(books_with("one_sided", size), START)

    assert [len(column) for column in now[gone]] == [0, 0]
    assert np.array_equal(now[1 - gone][0], usual[1 - gone][0])
    assert np.array_equal(now[1 - gone][1], usual[1 - gone][1])
    raw = books_with("one_sided", size).book_at("kraken", "SOL/USD", ms(START), 5)
    assert [len(side) for side in (raw.bids, raw.asks)] == ([0, 5] if gone == 0 else [5, 0])


def test_a_price_jump_is_the_assets_on_every_venue_and_wears_off_over_four_hours():
    books, calm = books_with("price_jump", 0.02, exchange=""), GeneratedBooks()

    def moved(exchange, moment):
        return np.log(np.divide(*(spread_and_mid(*sides(one, moment, exchange, MARKETS[exchange], 1))[1] for one in (books, calm))))

    for exchange in SPOKEN:
        shares = [moved(exchange, START + timedelta(minutes=minutes)) / 0.02 for minutes in (-1, 0, 19, 80, 140, 200, 259, 261)]
        assert shares == pytest.approx([0, 1, 1, 0.75, 0.5, 0.25, 1 / 240, 0], abs=0.01)


def test_a_price_jump_leaves_what_the_dollar_pegs_are_worth():
    books, calm = books_with("price_jump", 0.02, exchange="", base="BTC"), GeneratedBooks()

    assert same(sides(books, START, symbol="USDT/USD"), sides(calm, START, symbol="USDT/USD"))


def test_an_outage_has_no_book_of_any_market_of_the_venue():
    books = books_with("venue_outage", base="")

    for market in books.markets("kraken"):
        with pytest.raises(VenueDown, match="kraken is unavailable"):
            books.book_at("kraken", market.symbol, ms(START))
    assert issubclass(VenueDown, ExchangeUnavailable)


def test_a_book_kept_from_before_is_not_given_in_an_outage():
    books = books_with("venue_outage", base="")
    books.book_at("kraken", "SOL/USD", ms(START - MINUTE))

    with pytest.raises(VenueDown):
        books.book_at("kraken", "SOL/USD", ms(START))
    assert books.book_at("kraken", "SOL/USD", ms(END)) == GeneratedBooks().book_at("kraken", "SOL/USD", ms(END))


async def test_the_wire_tells_of_an_outage_by_a_status_and_of_one_side_by_an_empty_list(connect):
    moment, incidents = [START], (Incident("venue_outage", "okx", "", START, END), Incident("one_sided", "okx", "SOL", END, END + MINUTE, 1.0))
    async with Simulator(GeneratedBooks(now=lambda: moment[0], incidents=incidents)) as simulator:
        client = connect(simulator.exchange_config, "okx")
        with pytest.raises(ccxt.ExchangeNotAvailable, match="503"):
            await client.fetch_order_book("SOL/USDT", 5)
        moment[0] = END
        book = await client.fetch_order_book("SOL/USDT", 5)
        assert (len(book["bids"]), len(book["asks"])) == (5, 0)


def test_columns_are_exactly_what_the_decimal_strings_say():
    for exchange in SPOKEN:
        for market in GeneratedBooks().markets(exchange):
            books = GeneratedBooks()
            raw, columns = books.book_at(exchange, market.symbol, ms(START), 400), books.columns_at(exchange, market.symbol, ms(START), 400)
            for words, (prices, sizes) in zip((raw.bids, raw.asks), columns, strict=True):
                assert [(float(price), float(size)) for price, size in words] == list(zip(prices.tolist(), sizes.tolist(), strict=True))


def test_a_schedule_is_one_incident_after_another_with_calm_between_and_at_both_ends():
    week = schedule(START, 7)

    assert Counter(one.kind for one in week) == {**dict.fromkeys(get_args(Kind), 18), "spread_widening": 19, "depth_drop": 19}
    assert all(timedelta(minutes=10) <= one.end - one.start <= timedelta(minutes=30) for one in week)
    assert min(after.start - before.end for before, after in pairwise(week)) >= timedelta(minutes=30)
    assert week[0].start >= START + timedelta(minutes=90)
    assert week[-1].end <= START + timedelta(days=7) - timedelta(minutes=90)
    assert {one.exchange for one in week} == {"", *SPOKEN}
    assert {one.base for one in week} == {"", "BTC", "ETH", "SOL"}


def test_a_schedule_is_the_same_for_everyone_with_the_same_seed():
    assert schedule(START, 2, seed=3) == schedule(START, 2, seed=3) != schedule(START, 2, seed=4)


def test_only_whole_venues_are_out_and_only_whole_assets_jump():
    for one in (*schedule(START, 7), *demo_incidents(START)):
        assert (one.exchange == "") is (one.kind == "price_jump")
        assert (one.base == "") is (one.kind == "venue_outage")


def test_a_demo_has_a_day_of_incidents_behind_it_and_meets_the_first_at_least_90_minutes_on():
    incidents, calm = demo_incidents(START), timedelta(minutes=90)

    assert not [one for one in incidents if one.start < START + calm and one.end > START - calm]
    before = [one for one in incidents if one.end <= START]
    assert {one.kind for one in before} == set(get_args(Kind))
    assert all(START - timedelta(hours=22) <= one.start for one in before)
    after = [one for one in incidents if one.start >= START]
    assert after == list(schedule(START, 30))


def test_a_demo_goes_on_having_incidents_however_long_ago_it_opened():
    opened, later = demo_incidents(START), demo_incidents(START, START + timedelta(days=100))

    assert later[: len(opened)] == opened
    assert later[-1].end > START + timedelta(days=129)


def test_a_demo_has_seen_the_incidents_that_people_will_ask_about():
    def hours_ago(kind, exchange, base):
        meant = next(one for one in demo_incidents(START) if (one.kind, one.exchange, one.base) == (kind, exchange, base))
        return (START - meant.start).total_seconds() / 3_600

    assert hours_ago("spread_widening", "kraken", "ETH") == pytest.approx(5, abs=0.5)
    assert hours_ago("depth_drop", "binance", "SOL") == pytest.approx(3, abs=0.5)
    assert hours_ago("depth_drop", "kraken", "SOL") < 6
