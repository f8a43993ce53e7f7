"""The renderer: every number of an answer is a reference into a result."""

from datetime import datetime, timedelta

import pytest
from make_alerts import alert
from make_books import NOON

from agent.answers import Reference, UnknownReference, literal, references, render
from tools.analytics.alerts import LiquidityAlert
from tools.analytics.comparison import compare
from tools.analytics.depth import view
from tools.analytics.heatmap import grid
from tools.analytics.impact import Order, market_impact
from tools.analytics.result import Result
from tools.units import Pct, Ratio


@pytest.fixture(scope="module")
def results(three):
    books = three()
    return {
        "impact_kraken": market_impact(books["kraken"], "SOL", Order("buy", usd=5_000), NOON),
        "book_binance": view(books["binance"], "SOL", 2, NOON),
        "comparison": compare("SOL", books, {"okx": "okx timed out."}, 20, NOON),
    }


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("costs {impact_kraken.order_size_usd}", "costs $5,000"),
        ("{impact_kraken.levels_consumed} levels on {impact_kraken.exchange}", "1 levels on kraken"),
        ("{impact_kraken.best_price}", "100.05 USD"),
        ("{impact_kraken.taker_fee_pct}", "0.250%"),
        ("{impact_kraken.slippage_vs_mid_bps}", "5.00 bps"),
        ("{impact_kraken.order_size_base}", "not available"),
        ("{impact_kraken.sufficient_liquidity}", "yes"),
        ("{impact_kraken.as_of}", "12:00:00 UTC"),
        ("{book_binance.bids.1.price} for {book_binance.bids.1.size}", "99.90 USDT for 1,000.00 SOL"),
        ("{comparison.venues.binance.best_bid} is {comparison.venues.binance.best_bid_usd}", "99.99 USDT is 99.89001 USD"),
        ("{comparison.best_ask_price}", "99.90999 USD"),
        ("{comparison.exchanges_compared}: {comparison.failures.okx}", "binance, coinbase, kraken, okx: okx timed out."),
        ("{book_binance.warnings}", "binance sent 3 bids and 3 asks, which end 1% from mid: depth within 2% and wider is a lower bound (at least)."),
        ("{{not a reference}}", "{not a reference}"),
        (literal("a {b} c"), "a {b} c"),
        ("no reference", "no reference"),
    ],
)
def test_a_reference_reads_as_its_unit_says(results, template, text):
    assert render(template, results) == text


DROPPED = {"unit": "usd", "current_value": 412_000.0, "baseline_value": 1_250_000.0, "z_score": None, "message": "Depth dropped by 67.0%"}


class Remembered(Result):
    hours: Ratio
    alerts: list[LiquidityAlert]
    times: list[datetime]
    p5: list[Pct]


REMEMBERED = Remembered(
    source="live",
    as_of=NOON - timedelta(minutes=5),
    age_ms=300_000,
    warnings=[],
    hours=24,
    alerts=[alert(after_s=-7_200, **DROPPED), alert(current_value=0.087, after_s=-86_400), alert(unit="count", current_value=3, baseline_value=None)],
    times=[NOON + timedelta(hours=1), NOON + timedelta(hours=12)],
    p5=[0.05, 1.5],
)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{m.alerts.0.message} at {m.alerts.0.timestamp}", "Depth dropped by 67.0% at 10:00 UTC"),
        ("{m.alerts.0.current_value} of {m.alerts.0.baseline_value}", "$412,000 of $1.25 million"),
        ("{m.alerts.1.current_value} at {m.alerts.1.timestamp}", "0.087% at 2026-08-08 12:00 UTC"),
        ("{m.alerts.2.current_value} of {m.alerts.2.baseline_value}", "3 of not available"),
        ("{m.alerts.0.z_score}, {m.alerts.0.cleared_at}, {m.alerts.0.requires_action}", "not available, not available, yes"),
        ("{m.times.0} and {m.times.1}", "13:00 UTC and 2026-08-10 00:00 UTC"),
        ("{m.p5.0} to {m.p5.1} over {m.hours}", "0.050% to 1.50% over 24 h"),
        ("{m.as_of}", "11:55:00 UTC"),
    ],
)
def test_lists_times_and_numbers_of_changing_unit_read_as_their_record_says(template, text):
    assert render(template, {"m": REMEMBERED}) == text


def test_a_side_that_is_not_complete_reads_as_at_least(results):
    complete, cut_short = "{book_binance.depth.3.bid_usd}", "{book_binance.depth.4.bid_usd}"
    assert render(f"{complete}; {cut_short}", results) == "$535,360; at least $535,360"
    assert render("{comparison.venues.binance.depth.5.ask_usd}", results) == "at least $543,560"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{impact_okx.all_in_bps}", "the results are impact_kraken, book_binance, comparison"),
        ("{impact_kraken.all_in}", "MarketImpact has no field 'all_in'"),
        ("{impact_kraken.filled_usd.cents}", "there is no 'cents' in it"),
        ("{book_binance.bids.7.price}", "there is no '7' in it"),
        ("{book_binance.bids.first}", "there is no 'first' in it"),
        ("{comparison.venues.okx.best_bid}", "there is no 'okx' in it"),
        ("{comparison.venues}", "it holds dict, not a value"),
        ("{impact_kraken}", "it holds MarketImpact, not a value"),
        ("{}", "the results are"),
        ("{impact_kraken.all_in_bps", "a brace stands alone"),
        ("a } b", "a brace stands alone"),
    ],
)
def test_a_reference_that_leads_nowhere_is_an_error_at_once(results, template, why):
    with pytest.raises(UnknownReference, match="The answer refers to") as raised:
        render(template, results)
    assert why in str(raised.value)


def test_references_are_listed_with_their_values_for_audit(results):
    assert references("{impact_kraken.levels_consumed} levels, {{}} {impact_kraken.symbol_used}", results) == [
        Reference("impact_kraken.levels_consumed", 1, "count", "1"),
        Reference("impact_kraken.symbol_used", "SOL/USD", None, "SOL/USD"),
    ]


def test_a_number_without_a_unit_is_refused_unless_it_counts(three):
    class Bare(Result):
        number: float

    results = {"grid": grid(three()["kraken"], "SOL", 5, NOON), "bare": Bare(source="live", as_of=NOON, age_ms=0, warnings=[], number=1.5)}
    assert render("{grid.bins.5.levels}", results) == "1"
    with pytest.raises(UnknownReference, match="no unit"):
        render("{bare.number}", results)
