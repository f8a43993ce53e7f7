import pytest

from tools.book import ALL_LEVELS, ANALYSIS_LEVELS
from tools.feeds.depth_limits import is_all_sent, request_limit


@pytest.mark.parametrize(
    ("exchange", "levels", "asked"),
    [
        ("kucoin", 50, 100),
        ("kucoin", 20, 20),
        ("htx", 11, 20),
        ("htx", ANALYSIS_LEVELS, 150),
        ("binance", ANALYSIS_LEVELS, 1_000),
        ("binance", 1_001, 5_000),
        ("binance", ALL_LEVELS, 5_000),
        ("kraken", ANALYSIS_LEVELS, 500),
        ("okx", ANALYSIS_LEVELS, 400),
        ("bybit", ANALYSIS_LEVELS, 200),
        ("bitfinex", ANALYSIS_LEVELS, 100),
        ("gate", ANALYSIS_LEVELS, 1_000),
        ("coinbase", ANALYSIS_LEVELS, 1_000),
        ("coinbase", ALL_LEVELS, None),
        ("bitstamp", ANALYSIS_LEVELS, None),
        ("an exchange without an entry", ANALYSIS_LEVELS, None),
    ],
)
def test_the_next_allowed_depth_up_is_asked_for(exchange, levels, asked):
    assert request_limit(exchange, levels) == asked


@pytest.mark.parametrize(
    ("exchange", "limit", "count", "all_sent"),
    [
        ("binance", 1_000, 1_000, False),
        ("binance", 1_000, 37, True),
        ("binance", 1_000, 500, False),
        ("kraken", 500, 100, False),
        ("coinbase", None, 18_764, True),
        ("an exchange without an entry", None, 73, False),
    ],
)
def test_only_a_side_that_stops_short_of_what_was_asked_is_all_there_is(exchange, limit, count, all_sent):
    assert is_all_sent(exchange, limit, count) is all_sent
