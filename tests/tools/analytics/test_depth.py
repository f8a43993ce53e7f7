"""Spread and depth bands against plain Decimal arithmetic."""

from decimal import Decimal

import pytest
from decimal_books import BAND_WIDTHS_PCT, DecimalBook, Level, books
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON, book

from tools.analytics import depth
from tools.analytics.depth import BookLevel, DepthBand, OrderBookView

RATES = st.sampled_from(["1", "0.9993", "1.0871", "0.0071"])


def within(levels: list[Level], mid: Decimal, width_pct: Decimal, *, all_sent: bool) -> tuple[Decimal, bool]:
    """Quote value inside the band, and whether nothing of it can be missing."""
    edge = mid * width_pct / 100
    return sum((price * size for price, size in levels if abs(price - mid) <= edge), Decimal(0)), all_sent or abs(levels[-1][0] - mid) >= edge


@settings(max_examples=250, deadline=None, derandomize=True)
@given(books(), RATES)
def test_spread_and_depth_bands_are_those_of_plain_arithmetic(wanted: DecimalBook, rate: str) -> None:
    one = book(*wanted.rows(), all_sent=wanted.all_sent, usd=float(rate))
    mid = wanted.mid

    assert depth.spread_pct(one) == pytest.approx(float(100 * (wanted.asks[0][0] - wanted.bids[0][0]) / mid), rel=1e-9, abs=0)
    for width, band in zip(BAND_WIDTHS_PCT, depth.bands(one), strict=True):
        bid, bid_complete = within(wanted.bids, mid, width, all_sent=wanted.all_sent[0])
        ask, ask_complete = within(wanted.asks, mid, width, all_sent=wanted.all_sent[1])
        assert band.width_pct == float(width)
        assert (band.bid_usd, band.ask_usd) == (
            pytest.approx(float(bid * Decimal(rate)), rel=1e-9, abs=0),
            pytest.approx(float(ask * Decimal(rate)), rel=1e-9, abs=0),
        )
        assert (band.bid_complete, band.ask_complete, band.complete) == (bid_complete, ask_complete, bid_complete and ask_complete)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(books())
def test_a_lower_bound_is_always_told_and_a_complete_book_never_called_one(wanted: DecimalBook) -> None:
    one = book(*wanted.rows(), all_sent=wanted.all_sent)
    bands = depth.bands(one)

    sentences = depth.lower_bound_warnings(one, bands)

    short = [band.width_pct for band in bands if not band.complete]
    assert [f"within {short[0]:g}% and wider" in sentence for sentence in sentences] == ([True] if short else [])


def test_levels_exactly_on_a_band_s_edge_are_inside_and_complete_it() -> None:
    one = book([["0.9995", "1"], ["0.999", "10"], ["0.99", "100"]], [["1.0005", "1"], ["1.001", "10"], ["1.01", "100"]])

    bands = {band.width_pct: band for band in depth.bands(one)}

    assert (bands[0.1].bid_usd, bands[0.1].ask_usd, bands[0.1].complete) == (pytest.approx(0.9995 + 9.99), pytest.approx(1.0005 + 10.01), True)
    assert (bands[1.0].bid_usd, bands[1.0].ask_usd, bands[1.0].complete) == (pytest.approx(0.9995 + 9.99 + 99), pytest.approx(1.0005 + 10.01 + 101), True)
    assert (bands[2.0].total_usd, bands[2.0].complete) == (bands[1.0].total_usd, False)


def test_a_level_a_hair_beyond_the_edge_is_outside() -> None:
    one = book([["0.9995", "1"], ["0.98999999", "100"]], [["1.0005", "1"], ["1.01000001", "100"]])

    assert depth.band(one, 1.0) == DepthBand(width_pct=1.0, bid_usd=0.9995, ask_usd=1.0005, bid_complete=True, ask_complete=True)


def test_a_spread_wider_than_a_band_leaves_it_empty_but_known() -> None:
    one = book([["90", "1"]], [["110", "1"]])

    assert depth.band(one, 5.0) == DepthBand(width_pct=5.0, bid_usd=0.0, ask_usd=0.0, bid_complete=True, ask_complete=True)


def test_a_side_sent_whole_is_complete_in_every_band() -> None:
    one = book([["99.99", "1"]], [["100.01", "2"]], all_sent=(True, False))

    assert [(band.bid_complete, band.ask_complete) for band in depth.bands(one)] == [(True, False)] * 6
    assert depth.lower_bound_warnings(one, depth.bands(one)) == [
        "kraken sent 1 bids and 1 asks, which end 0.01% from mid: depth within 0.1% and wider is a lower bound (at least)."
    ]


def test_an_ask_absurdly_far_away_completes_the_bands_and_adds_nothing_to_them() -> None:
    one = book([["99", "1"], ["90", "1"]], [["101", "1"], ["100100", "1000000"]], all_sent=(True, True))

    assert depth.band(one, 5.0) == DepthBand(width_pct=5.0, bid_usd=99, ask_usd=101, bid_complete=True, ask_complete=True)


def test_a_view_shows_the_best_levels_and_measures_the_whole_book() -> None:
    one = book([["99.5", "2"], ["99", "4"]], [["100.5", "1"], ["102", "3"]], symbol="BTC/EUR", usd=2.0, warnings=["Mind the gap."])

    assert depth.view(one, "BTC", 1, NOON) == OrderBookView(
        source="live",
        as_of=NOON,
        age_ms=0.0,
        warnings=["Mind the gap.", "kraken sent 2 bids and 2 asks, which end 1% from mid: depth within 2% and wider is a lower bound (at least)."],
        symbol="BTC",
        symbol_used="BTC/EUR",
        exchange="kraken",
        price_currency="EUR",
        base_currency="BTC",
        usd_rate=2.0,
        best_bid=99.5,
        best_ask=100.5,
        mid_price=100.0,
        mid_price_usd=200.0,
        spread=1.0,
        spread_pct=1.0,
        spread_bps=100.0,
        depth=depth.bands(one),
        bids=[BookLevel(price=99.5, size=2, usd=398)],
        asks=[BookLevel(price=100.5, size=1, usd=201)],
    )
