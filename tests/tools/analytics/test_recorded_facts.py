"""Facts of real recorded books, worked out once by hand."""

import gzip
import json
import os
from pathlib import Path

import pytest
from make_books import NOON, book

from tools.analytics import depth
from tools.analytics.impact import Order, market_impact
from tools.book import OrderBook

ROOT = Path(__file__).resolve().parents[3]
RECORDED = (ROOT / os.environ.get("LIQUIDITY_TEST_BOOKS", "../shared/books")).resolve()

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded books at {RECORDED}; set LIQUIDITY_TEST_BOOKS")


def recorded(name: str, *, whole: bool) -> OrderBook:
    """The first book of a recording."""
    with gzip.open(RECORDED / f"{name}.jsonl.gz", "rt") as lines:
        row = json.loads(next(lines))
    return book(row["bids"], row["asks"], exchange=row["exchange"], symbol=row["symbol"], source="replay", all_sent=(whole, whole))


@pytest.fixture(scope="module")
def coinbase_btc() -> OrderBook:
    return recorded("2026-08-09-full/coinbase-BTC-USD", whole=True)


def test_250_000_dollars_of_btc_cost_0_39_bps_over_20_levels_of_coinbase(coinbase_btc: OrderBook) -> None:
    result = market_impact(coinbase_btc, "BTC", Order("buy", usd=250_000), NOON)

    assert (round(result.slippage_vs_mid_bps, 2), result.levels_consumed, result.sufficient_liquidity, result.warnings) == (0.39, 20, True, [])


def test_250_000_dollars_of_eth_cost_2_25_bps_over_36_levels_of_coinbase() -> None:
    result = market_impact(recorded("2026-08-09-full/coinbase-ETH-USD", whole=True), "ETH", Order("buy", usd=250_000), NOON)

    assert (round(result.slippage_vs_mid_bps, 2), result.levels_consumed, result.sufficient_liquidity) == (2.25, 36, True)


@pytest.mark.parametrize("whole", [True, False])
def test_one_per_cent_of_coinbase_s_btc_book_holds_15_51_and_17_93_million_dollars(coinbase_btc: OrderBook, whole: bool) -> None:
    one = coinbase_btc if whole else recorded("2026-08-09-full/coinbase-BTC-USD", whole=False)

    band = depth.band(one, 1.0)

    assert (round(band.bid_usd / 1e6, 2), round(band.ask_usd / 1e6, 2), band.complete) == (15.51, 17.93, True)
    assert depth.lower_bound_warnings(one, depth.bands(one)) == []


def test_one_per_cent_of_bybit_s_200_levels_is_a_lower_bound_and_says_so() -> None:
    one = recorded("2026-08-09/bybit-BTC-USDT", whole=False)

    assert (len(one.bids), len(one.asks), depth.band(one, 0.1).complete, depth.band(one, 1.0).complete) == (200, 200, True, False)
    [sentence] = depth.lower_bound_warnings(one, depth.bands(one))
    assert sentence.startswith("bybit sent 200 bids and 200 asks, which end 0.1")
    assert sentence.endswith("% from mid: depth within 0.25% and wider is a lower bound (at least).")
