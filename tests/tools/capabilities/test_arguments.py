"""Bad input gets one sentence that says what is wrong and what would work."""

from datetime import datetime
from math import inf, nan

import pytest
from simulated import simulated

from tools import calculate_market_impact, compare_exchanges, get_liquidity_history, get_order_book, liquidity_chart
from tools.errors import InvalidArgument, UnknownSymbol, UnknownTool
from tools.registry import find

ISO = "must be an ISO 8601 time such as 2026-11-22T14:00:00Z, or empty for now"


@pytest.fixture
async def market():
    async with simulated() as venues:
        yield venues.market


async def refusal(asked):
    with pytest.raises(InvalidArgument) as caught:
        await asked
    return str(caught.value)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"order_size_usd": -5}, "order_size_usd must be greater than or equal to 0, not -5."),
        ({"order_size_usd": 1e13}, "order_size_usd must be less than or equal to 1000000000000, not 10000000000000.0."),
        ({"order_size_usd": nan}, "order_size_usd must be a finite number, not nan."),
        ({"order_size_usd": inf}, "order_size_usd must be a finite number, not inf."),
        ({"order_size_usd": "much"}, "order_size_usd must be a number, not 'much'."),
        ({"order_size_usd": 1, "side": "hold"}, "side must be 'buy' or 'sell', not 'hold'."),
        ({"order_size_usd": 1, "exchange": 5}, "exchange must be text, not 5."),
        ({"order_size_usd": 1e-320}, "An order is at least 0.01 US dollars, or 1e-12 of the asset."),
        ({}, "Give exactly one positive size: order_size_usd (such as 50000) or order_size_base (such as 2.5)."),
        ({"order_size_usd": 1, "order_size_base": 1}, "Give exactly one positive size: order_size_usd (such as 50000) or order_size_base (such as 2.5)."),
        (
            {"size": 1},
            "size is no parameter of calculate_market_impact, which takes symbol, order_size_usd, side, exchange, order_size_base.",
        ),
    ],
)
async def test_a_wrong_argument_is_named_with_what_would_work(market, given, sentence):
    assert await refusal(calculate_market_impact(market, "BTC", **given)) == sentence


async def test_a_missing_symbol_is_named(market):
    with pytest.raises(InvalidArgument, match=r"^symbol is required\.$"):
        await get_order_book(market)


@pytest.mark.parametrize("symbol", ["", "   ", "x" * 41, 7, None])
async def test_a_symbol_that_cannot_be_one_is_refused(market, symbol):
    with pytest.raises(InvalidArgument, match=r"^symbol "):
        await get_order_book(market, symbol)


async def test_more_levels_than_can_be_shown_are_refused(market):
    with pytest.raises(InvalidArgument, match=r"^levels must be less than or equal to 100, not 101\.$"):
        await get_order_book(market, "BTC", levels=101)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"hours": 2161}, "hours must be less than or equal to 2160 (90 days), not 2161."),
        ({"hours": "24h"}, "hours must be a number, not '24h'."),
        ({"hours": None}, "hours must be a number, not None."),
        ({"until": 1_700_000_000}, f"until {ISO}, not 1700000000."),
        ({"until": None}, f"until {ISO}, not None."),
        ({"until": datetime(2026, 8, 9, 12)}, f"until {ISO}, not datetime.datetime(2026, 8, 9, 12, 0)."),  # noqa: DTZ001 - it would mean this machine's zone
    ],
)
async def test_a_window_that_cannot_be_is_refused_in_plain_words(market, given, sentence):
    assert await refusal(get_liquidity_history(market, "BTC", **given)) == sentence


async def test_levels_are_whole(market):
    with pytest.raises(InvalidArgument, match=r"^levels must be a whole number, not 2\.5\.$"):
        await get_order_book(market, "BTC", levels=2.5)


async def test_a_list_item_that_is_wrong_is_named_by_its_place(market):
    with pytest.raises(InvalidArgument, match=r"^exchanges\.1 "):
        await compare_exchanges(market, "BTC", ["kraken", 5])


async def test_a_string_is_not_a_list_of_exchanges(market):
    with pytest.raises(InvalidArgument, match=r"^exchanges "):
        await compare_exchanges(market, "BTC", "kraken")


async def test_an_unknown_kind_of_chart_gets_those_there_are(market):
    with pytest.raises(InvalidArgument, match=r"^kind must be 'depth', 'comparison', 'impact', 'trend' or 'alerts', not 'pie'\.$"):
        await liquidity_chart(market, "pie", "BTC")


async def test_an_impact_chart_needs_a_size(market):
    with pytest.raises(InvalidArgument, match="order_size_usd"):
        await liquidity_chart(market, "impact", "BTC")


async def test_a_symbol_that_no_exchange_lists_gets_one_sentence_and_a_suggestion(market):
    with pytest.raises(UnknownSymbol) as caught:
        await compare_exchanges(market, "BTCC")
    assert str(caught.value) == "None of binance, coinbase, kraken lists BTCC. Did you mean BTC?"


async def test_one_mistyped_exchange_among_good_ones_is_told_instead_of_dropped(market):
    with pytest.raises(InvalidArgument, match="krakn is not among the simulated exchanges here"):
        await compare_exchanges(market, "BTC", ["binance", "krakn"])


async def test_people_may_spell_symbols_and_exchanges_their_way(market):
    book = await get_order_book(market, " btc-usd ", " Kraken ")
    assert (book.symbol, book.exchange) == ("BTC/USD", "kraken")


def test_a_mistyped_tool_gets_the_closest_and_the_list():
    with pytest.raises(UnknownTool, match=r"There is no tool 'compare_exchange'.*Did you mean compare_exchanges\?"):
        find("compare_exchange")
