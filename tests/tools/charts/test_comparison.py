"""The comparison chart."""

from make_books import book
from make_charts import FAILURES, comparison_of, ladder, legend, notes, trace

from tools.charts import comparison

CUT = book([(99.99, 100)], [(100.01, 200)], exchange="cut")
WIDE = book([(70.0, 1)], [(130.0, 1)], exchange="wide", all_sent=(True, True))


def test_bars_hold_spread_and_depth_of_the_result_tightest_first():
    result = comparison_of([ladder("kraken", step=1.0), ladder("bybit", levels=200)], FAILURES)
    chart = comparison(result)
    order = sorted(result.venues, key=lambda name: result.venues[name].spread_bps)
    bands = [next(band for band in result.venues[name].depth if band.width_pct == result.deepest_band_pct) for name in order]
    assert order == ["bybit", "kraken"]
    assert trace(chart, "spread")["y"] == order
    assert trace(chart, "spread")["x"] == [result.venues[name].spread_bps for name in order]
    assert trace(chart, "bids")["x"] == [band.bid_usd for band in bands]
    assert trace(chart, "asks")["x"] == [band.ask_usd for band in bands]


def test_the_band_is_the_widest_that_all_cover_and_is_stated():
    chart = comparison(comparison_of([ladder("kraken", levels=500), ladder("bybit", levels=60)]))
    assert chart.figure["layout"]["xaxis2"]["title"]["text"] == "Depth within 0.25% of mid (USD)"
    assert "within 0.25% of mid" in chart.summary


def test_without_a_common_band_half_a_per_cent_is_drawn_with_lower_bounds_hatched_and_labelled():
    chart = comparison(comparison_of([CUT, WIDE]))
    assert chart.figure["layout"]["xaxis2"]["title"]["text"] == "Depth within 0.5% of mid (USD)"
    assert trace(chart, "bids")["text"] == ["at least $9,999", "$0.00"]
    assert trace(chart, "asks")["marker"]["pattern"]["shape"] == ["/", ""]
    assert legend(chart) == ["bids", "asks", "hatched: at least (exchange sent no more)"]
    assert "Which is deepest cannot be told" in chart.summary


def test_covered_depth_is_neither_hatched_nor_called_at_least():
    chart = comparison(comparison_of([ladder("kraken", levels=500)]))
    assert legend(chart) == ["bids", "asks"]
    assert trace(chart, "bids")["marker"]["pattern"]["shape"] == [""]
    assert "at least" not in chart.summary


def test_one_absurd_spread_is_cut_and_says_so_while_its_value_stays():
    chart = comparison(comparison_of([ladder("kraken"), ladder("okx"), WIDE]))
    spreads = trace(chart, "spread")
    assert spreads["customdata"][-1] == 6_000
    assert spreads["x"][-1] == 500
    assert spreads["text"][-1] == "6,000.00 bps (bar cut)"
    assert chart.figure["layout"]["xaxis"]["range"][1] < 1_000


def test_a_failed_exchange_has_a_row_with_its_reason():
    chart = comparison(comparison_of([ladder("kraken")], FAILURES))
    assert chart.figure["layout"]["yaxis"]["categoryarray"] == ["gate", "kraken"]
    assert notes(chart) == "<i>failed: timed out after 10 s</i>"
    assert chart.figure["layout"]["annotations"][0]["y"] == 0


def test_the_summary_tells_each_exchange_s_spread_and_depth():
    chart = comparison(comparison_of([book([(99.99, 100), (90, 1)], [(100.01, 200), (110, 1)], symbol="BTC/USDT")]))
    assert (
        chart.summary
        == "BTC/USD, spread and depth within 5% of mid, tightest first: kraken BTC/USDT spread 2.00 bps, bids $9,999, asks $20,002. Deepest is kraken."
    )
