"""The depth chart."""

import pytest
from make_books import book
from make_charts import depth_of, ladder, legend, trace

from tools.charts import depth

THIN = book([(99.5, 10), (98.0, 20)], [(100.5, 8), (101.0, 3), (200_000.0, 50)], exchange="thin", all_sent=(True, True))


def lines(chart):
    return [one for one in chart.figure["data"] if one.get("mode") == "lines"]


def test_bids_go_left_and_asks_go_right_from_nothing_at_mid_with_the_result_s_values():
    result = depth_of([ladder("kraken", levels=500)])
    curve = result.curves["kraken"]
    bids, asks = lines(depth(result))
    assert bids["x"] == [0, *(-away for away in curve.bid_distance_pct)]
    assert bids["y"] == [0, *curve.bid_usd]
    assert asks["x"] == [0, *curve.ask_distance_pct]
    assert asks["y"] == [0, *curve.ask_usd]


def test_a_curve_cut_short_ends_with_a_mark_that_says_at_least():
    result = depth_of([ladder("bybit", levels=40), ladder("coinbase", levels=500)])
    chart = depth(result)
    assert legend(chart) == ["bybit (at least)", "coinbase", "exchange sent no more: at least this much"]
    marks = next(one for one in chart.figure["data"] if one.get("mode") == "markers")
    curve = result.curves["bybit"]
    assert marks["x"] == [-curve.bid_distance_pct[-1], curve.ask_distance_pct[-1]]
    assert marks["y"] == [curve.bid_usd[-1], curve.ask_usd[-1]]
    assert lines(chart)[0]["x"][-1] == -curve.bid_distance_pct[-1]


def test_a_whole_book_goes_on_level_to_the_edge_and_has_no_mark():
    chart = depth(depth_of([ladder("kraken", levels=40, all_sent=(True, True)), ladder("coinbase", levels=500)]))
    assert legend(chart) == ["coinbase", "kraken"] or legend(chart) == ["kraken", "coinbase"]
    bids = trace(chart, "kraken")
    assert bids["x"][-1] == pytest.approx(-2, rel=0.01)
    assert bids["y"][-1] == bids["y"][-2]


def test_the_axis_fits_what_is_known_and_an_absurd_level_does_not_widen_it():
    assert depth(depth_of([THIN])).figure["layout"]["xaxis"]["range"] == pytest.approx([-2.12, 2.12])
    low, high = depth(depth_of([ladder("bybit", levels=20)])).figure["layout"]["xaxis"]["range"]
    assert high == -low == pytest.approx(0.106)


def test_an_exchange_with_nothing_near_mid_still_stands_in_the_legend():
    wide = book([(80.0, 1)], [(120.0, 1)], exchange="wide", symbol="BTC/USDT")
    assert legend(depth(depth_of([wide, THIN])))[0] == "wide BTC/USDT (no orders within 2.00%)"


def test_the_summary_tells_depth_within_one_per_cent_and_where_it_is_a_lower_bound():
    cut = book([(99.9, 10)], [(100.1, 20)], exchange="cut")
    assert depth(depth_of([cut, THIN])).summary == (
        "Depth of BTC/USD within 1% of mid: cut bids at least $999.00, asks at least $2,002; thin bids $995.00, asks $1,107."
    )
