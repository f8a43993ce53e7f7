"""Curves agree with the figures they are drawn from."""

import pytest
from decimal_books import DecimalBook, books
from hypothesis import given, settings
from make_books import NOON, book

from tools.analytics import curves, depth
from tools.analytics.impact import Order, market_impact

DEEP = book([["99", "10"], ["98", "50"], ["90", "500"]], [["101", "10"], ["102", "50"], ["110", "500"]], fee_pct=0.1)
SHALLOW = book([["99", "1"]], [["101", "1"]], exchange="okx", fee_pct=0.1, all_sent=(True, True))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(books())
def test_a_depth_curve_ends_at_the_depth_of_its_widest_band(wanted: DecimalBook) -> None:
    one = book(*wanted.rows(), all_sent=wanted.all_sent)

    curve = curves.depth_curves("BTC", {"kraken": one}, {}, NOON).curves["kraken"]

    band = depth.band(one, curves.WIDEST_PCT)
    assert ([*curve.bid_usd, 0.0][: len(curve.bid_usd) or 1][-1], [*curve.ask_usd, 0.0][: len(curve.ask_usd) or 1][-1]) == (band.bid_usd, band.ask_usd)
    assert (curve.bid_complete, curve.ask_complete) == (band.bid_complete, band.ask_complete)
    for distances, values in ((curve.bid_distance_pct, curve.bid_usd), (curve.ask_distance_pct, curve.ask_usd)):
        assert distances == sorted(set(distances))
        assert values == sorted(values)
        assert len(distances) == len(values)


def test_a_long_book_is_thinned_to_a_few_hundred_points_that_keep_both_ends_and_every_wall() -> None:
    rows = [[round(100 - 0.5 - step * 0.001, 3), 50 if step in (333, 777) else 1] for step in range(1_000)]

    curve = curves.depth_curves("BTC", {"kraken": book(rows, [["100.5", "1"]])}, {}, NOON).curves["kraken"]

    assert 200 <= len(curve.bid_usd) <= 240
    assert (curve.bid_distance_pct[0], curve.bid_distance_pct[-1]) == (pytest.approx(0.5), pytest.approx(1.499))
    assert curve.bid_usd[-1] == pytest.approx(sum(price * size for price, size in rows))
    for wall in (333, 777):
        assert curve.bid_usd[curve.bid_distance_pct.index(pytest.approx(0.5 + wall * 0.001))] == pytest.approx(
            sum(price * size for price, size in rows[: wall + 1])
        )


def test_an_impact_curve_is_the_cost_of_each_size_and_ends_where_the_book_does() -> None:
    result = curves.impact_curves("BTC", {"kraken": DEEP, "okx": SHALLOW}, Order("buy", usd=500), {"binance": "binance timed out after 10 s."}, NOON)

    deep, shallow = result.curves["kraken"], result.curves["okx"]
    assert (deep.sizes_usd[0], deep.sizes_usd[-1], len(deep.sizes_usd)) == (pytest.approx(100), pytest.approx(2_500), 60)
    for size, slippage, all_in in zip(deep.sizes_usd, deep.slippage_bps, deep.all_in_bps, strict=True):
        point = market_impact(DEEP, "BTC", Order("buy", usd=size), NOON)
        assert (slippage, all_in) == (point.slippage_vs_mid_bps, point.all_in_bps)
    assert (deep.ends_usd, shallow.ends_usd, shallow.sizes_usd[0] <= 101) == (None, 101, True)
    assert max(shallow.sizes_usd) == 101
    assert (result.order_size_usd, result.failures) == (500, {"binance": "binance timed out after 10 s."})
    assert [exchange for exchange, _ in result.cheapest_first] == ["kraken", "okx"]


def test_a_book_that_ends_before_the_smallest_size_has_only_its_end_on_the_curve() -> None:
    result = curves.impact_curves("BTC", {"okx": SHALLOW}, Order("buy", usd=1_000_000), {}, NOON)

    assert (result.curves["okx"].sizes_usd, result.curves["okx"].ends_usd) == ([101], 101)
    assert (result.curves["okx"].at_order.filled_usd, result.curves["okx"].at_order.sufficient_liquidity) == (101, False)


def test_exchanges_ranked_over_books_taken_apart_carry_a_warning() -> None:
    late = book([["99", "1"]], [["101", "1"]], exchange="okx", taken_after_s=90)

    result = curves.impact_curves("BTC", {"kraken": DEEP, "okx": late}, Order("buy", usd=50), {}, NOON)

    assert "The books of kraken and okx were taken 90 s apart: a price gap between them may be time, not a better price." in result.warnings
