"""The closing line: exchange, market, time and source of every answer's numbers."""

from datetime import timedelta

import pytest
from make_books import NOON
from make_snapshots import series

from agent.facts import ToolFacts, provenance
from tools import charts
from tools.analytics.comparison import compare
from tools.analytics.curves import depth_curves
from tools.analytics.depth import view
from tools.analytics.heatmap import grid
from tools.analytics.impact import Order, market_impact
from tools.analytics.trend import trend


def facts(*results):
    return [ToolFacts("tool", {}, result, 1.0) for result in results]


@pytest.fixture
def kraken(sol):
    def one(source, after_s=0.0):
        return sol([[(99, 10)], [(101, 10)]], "kraken", source=source, taken_after_s=after_s)

    return one


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("live", "Source: kraken SOL/USD at 12:00:00 UTC, live."),
        ("simulated", "Source: kraken SOL/USD at 12:00:00 UTC, simulated (not live)."),
        ("replay", "Source: kraken SOL/USD at 2026-08-09 12:00:00 UTC, replay of recorded books (not live)."),
    ],
)
def test_every_source_is_named_plainly(kraken, source, line):
    assert provenance(facts(view(kraken(source), "SOL", 5, NOON))) == line


def test_every_venue_of_a_comparison_is_named_and_the_times_span_them(three):
    books = three()
    comparison = compare("SOL", books, {"okx": "okx timed out."}, 20, NOON)
    chart = charts.depth(depth_curves("SOL", books, {}, NOON))
    line = "Source: binance SOL/USDT, coinbase SOL/USD, kraken SOL/USD at 12:00:00 UTC, simulated (not live)."
    assert provenance(facts(chart, comparison)) == line


def test_what_was_true_on_another_day_is_dated():
    yesterday = series(symbol="SOL/USD", end=NOON - timedelta(days=1), spread_pct=[0.1] * 20)
    at = "Source: kraken SOL/USD at 2026-08-08 12:00:00 UTC, live."
    assert provenance(facts(trend(yesterday, "SOL", NOON))) == at
    assert provenance(facts(trend(yesterday, "SOL", NOON - timedelta(days=1)))) == "Source: kraken SOL/USD at 12:00:00 UTC, live."


def test_two_moments_of_one_market_are_a_span(kraken):
    early, late = (market_impact(kraken("live", after_s), "SOL", Order("buy", usd=100), NOON) for after_s in (-2.0, 0.0))
    assert provenance(facts(late, early)) == "Source: kraken SOL/USD between 11:59:58 and 12:00:00 UTC, live."


def test_a_chart_alone_names_its_exchange_and_what_was_asked_for(kraken):
    assert provenance(facts(charts.heatmap(grid(kraken("live"), "SOL", 5, NOON)))) == "Source: kraken SOL at 12:00:00 UTC, live."


def test_without_numbers_there_is_no_source():
    assert provenance([]) == ""
