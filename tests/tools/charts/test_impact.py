"""The impact chart."""

from math import log10

import pytest
from make_books import book
from make_charts import impact_of, ladder, legend, trace

from tools.charts import impact


def marks(chart):
    return [one for one in chart.figure["data"] if one.get("mode") == "markers" and "name" not in one]


def test_lines_hold_the_result_s_sizes_and_all_in_costs():
    result = impact_of([ladder("kraken", levels=500, fee_pct=0.26)])
    line = trace(impact(result), "kraken")
    assert line["x"] == result.curves["kraken"].sizes_usd
    assert line["y"] == result.curves["kraken"].all_in_bps


def test_the_legend_ranks_exchanges_and_tells_cost_and_fee():
    chart = impact(impact_of([ladder("coinbase", fee_pct=1.2), ladder("kraken", fee_pct=0.26), ladder("bybit", fee_pct=0.1)], usd=5_000))
    assert legend(chart) == [
        "bybit: 10.50 bps, with 0.100% fee",
        "kraken: 26.50 bps, with 0.260% fee",
        "coinbase: 120.51 bps, with 1.20% fee",
        "the order asked about",
    ]


def test_a_mark_stands_at_the_asked_size_with_its_all_in_cost():
    result = impact_of([ladder("kraken", fee_pct=0.26)])
    order = result.curves["kraken"].at_order
    assert [(one["x"], one["y"], one["customdata"]) for one in marks(impact(result))[:1]] == [([50_000], [order.all_in_bps], [order.all_in_bps])]


def test_the_title_says_side_and_size():
    assert impact(impact_of([ladder("kraken")], side="sell")).title.startswith("All-in cost of a $50,000 market sell, BTC/USD")


def test_a_book_that_ends_before_the_order_is_drawn_to_its_end_and_fills_only_that():
    result = impact_of([book([(99, 1)], [(101, 10), (102, 10)], exchange="thin", fee_pct=0.26, all_sent=(True, True))])
    chart = impact(result)
    order = result.curves["thin"].at_order
    assert legend(chart) == ["thin: fills only $2,030, with 0.260% fee", "the book ends"]
    assert (marks(chart)[0]["x"], marks(chart)[0]["y"]) == ([2_030], [order.all_in_bps])
    assert (trace(chart, "thin")["x"][-1], trace(chart, "thin")["y"][-1]) == (2_030, order.all_in_bps)
    assert "thin fills only $2,030" in chart.summary


def test_a_cost_far_beyond_the_others_is_marked_at_the_top_and_does_not_widen_the_axis():
    ruinous = book([(9_000, 1)], [(9_999, 0.1), (20_000, 100)], exchange="ruinous")
    chart = impact(impact_of([ladder("kraken", fee_pct=0.1), ladder("okx", fee_pct=0.1), ruinous]))
    top = chart.figure["layout"]["yaxis"]["range"][1]
    asked = marks(chart)[0]
    assert top < 200
    assert asked["marker"]["symbol"] == ["circle", "circle", "triangle-up"]
    assert asked["y"][-1] < top < asked["customdata"][-1]


def test_an_unknown_fee_is_left_out_and_the_legend_and_summary_say_so():
    result = impact_of([ladder("kraken", fee_pct=None)], usd=5_000)
    chart = impact(result)
    assert trace(chart, "kraken")["y"] == result.curves["kraken"].slippage_bps
    assert legend(chart)[0] == "kraken: 0.50 bps, fee unknown and left out"
    assert "kraken 0.50 bps (fee unknown and left out)" in chart.summary


@pytest.mark.parametrize("usd", [10, 50_000, 1e12])
def test_the_size_axis_is_logarithmic_with_few_round_ticks_in_dollars(usd):
    axis = impact(impact_of([ladder("kraken")], usd=usd)).figure["layout"]["xaxis"]
    low, high = axis["range"]
    assert axis["type"] == "log"
    assert 2 <= len(axis["tickvals"]) <= 7
    assert all(low <= log10(tick) <= high for tick in axis["tickvals"])
    assert all(f"{tick:e}"[:8] in ("1.000000", "2.000000", "3.000000", "5.000000") for tick in axis["tickvals"])
    assert all(text.startswith("$") for text in axis["ticktext"])


def test_the_summary_ranks_all_in_costs_in_bps_and_usd():
    chart = impact(impact_of([ladder("kraken", fee_pct=0.26), ladder("bybit", fee_pct=0.1)], usd=5_000))
    assert chart.summary == (
        "A market buy of $5,000 in BTC/USD, cost against mid, cheapest first: bybit 10.50 bps all-in ($5.25, with 0.100% fee);"
        " kraken 26.50 bps all-in ($13.25, with 0.260% fee)."
    )
