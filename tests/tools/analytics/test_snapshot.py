"""What history keeps of a book, against plain Decimal arithmetic."""

from datetime import timedelta
from decimal import Decimal

import pytest
from decimal_books import DecimalBook, Level, books
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON, book
from pydantic import ValidationError

from tools.analytics import depth
from tools.analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile, LiquiditySnapshot, Snapshot, snapshot, stored

EDGES = [Decimal(str(edge)) for edge in PROFILE_EDGES_PCT]
UNKNOWN = [None]


def volume(levels: list[Level], count: int) -> Decimal:
    return sum((size for _, size in levels[:count]), Decimal(0))


def profile(levels: list[Level], mid: Decimal, *, all_sent: bool) -> list[Decimal | None]:
    """Size between one edge and the next; None where the exchange may hold levels that it did not send."""
    reach, sizes = abs(levels[-1][0] - mid), list[Decimal | None]()
    for inner, outer in zip([Decimal(-1), *EDGES], EDGES, strict=False):
        near, far = inner * mid / 100, outer * mid / 100
        inside = sum((size for price, size in levels if near < abs(price - mid) <= far), Decimal(0))
        sizes.append(inside if all_sent or far <= reach else None)
    return sizes


@settings(max_examples=150, deadline=None, derandomize=True)
@given(books(levels=30), st.sampled_from(["1", "0.9993", "0.0071"]))
def test_prices_volumes_and_depth_are_those_of_plain_arithmetic(wanted: DecimalBook, rate: str) -> None:
    one = book(*wanted.rows(), all_sent=wanted.all_sent, usd=float(rate))
    bids, asks, mid = wanted.bids, wanted.asks, wanted.mid

    taken = snapshot(one)

    expected = {
        "best_bid": bids[0][0],
        "best_ask": asks[0][0],
        "spread": asks[0][0] - bids[0][0],
        "spread_percentage": 100 * (asks[0][0] - bids[0][0]) / mid,
        "mid_price": mid,
        "bid_volume_10": volume(bids, 10),
        "ask_volume_10": volume(asks, 10),
        "total_volume_20": volume(bids, 20) + volume(asks, 20),
        "imbalance_ratio": volume(bids, 10) / volume(asks, 10),
        "liquidity_1pct_usd": within_usd(wanted, Decimal(1), Decimal(rate)),
        "liquidity_2pct_usd": within_usd(wanted, Decimal(2), Decimal(rate)),
    }
    assert {name: getattr(taken, name) for name in expected} == {name: pytest.approx(float(one), rel=1e-9, abs=0) for name, one in expected.items()}
    assert taken.depth == depth.bands(one)
    assert (taken.usd_rate, taken.source, taken.exchange, taken.symbol, taken.timestamp) == (float(rate), "live", "kraken", "BTC/USD", NOON)


def within_usd(wanted: DecimalBook, width_pct: Decimal, rate: Decimal) -> Decimal:
    edge = wanted.mid * width_pct / 100
    return rate * sum((price * size for price, size in [*wanted.bids, *wanted.asks] if abs(price - wanted.mid) <= edge), Decimal(0))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(books(levels=30))
def test_a_profile_holds_the_size_of_each_bin_and_null_where_levels_may_be_missing(wanted: DecimalBook) -> None:
    taken = snapshot(book(*wanted.rows(), all_sent=wanted.all_sent))

    assert taken.profile is not None
    for sizes, levels, all_sent in ((taken.profile.bid_sizes, wanted.bids, wanted.all_sent[0]), (taken.profile.ask_sizes, wanted.asks, wanted.all_sent[1])):
        total = volume(levels, len(levels))
        expected = profile(levels, wanted.mid, all_sent=all_sent)
        assert [size is None for size in sizes] == [size is None for size in expected]
        # A bin is a difference of cumulative sizes, so that its rounding is a part of the side's whole.
        assert sizes == [None if size is None else pytest.approx(float(size), rel=1e-9, abs=1e-12 * float(total)) for size in expected]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(books(levels=30))
def test_the_bins_up_to_a_band_s_edge_hold_that_band_s_size_and_are_known_where_it_is_complete(wanted: DecimalBook) -> None:
    taken = snapshot(book(*wanted.rows(), all_sent=wanted.all_sent))

    assert taken.profile is not None
    for band in taken.depth:
        upto = PROFILE_EDGES_PCT.index(band.width_pct) + 1
        edge = wanted.mid * Decimal(str(band.width_pct)) / 100
        for sizes, levels, complete in ((taken.profile.bid_sizes, wanted.bids, band.bid_complete), (taken.profile.ask_sizes, wanted.asks, band.ask_complete)):
            inside = [size for size in sizes[:upto] if size is not None]
            assert (len(inside) == upto) is complete
            if complete:
                held = sum((size for price, size in levels if abs(price - wanted.mid) <= edge), Decimal(0))
                assert sum(inside) == pytest.approx(float(held), rel=1e-9, abs=1e-12 * float(volume(levels, len(levels))))


SMALL = [["99.95", "1"], ["99.9", "2"], ["99", "4"]], [["100.05", "3"], ["100.1", "1"], ["101", "6"], ["110", "9"]]


def test_a_small_book_is_kept_as_anyone_would_work_it_out() -> None:
    one = book(*SMALL, all_sent=(False, True), usd=2.0, source="simulated", lag_ms=250)

    taken = snapshot(one)

    bids = [0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 4] + 7 * UNKNOWN
    asks = [0, 0, 0, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
    assert taken == Snapshot(
        source="simulated",
        exchange="kraken",
        symbol="BTC/USD",
        timestamp=NOON - timedelta(milliseconds=250),
        best_bid=99.95,
        best_ask=100.05,
        spread=100.05 - 99.95,
        spread_percentage=taken.spread_percentage,
        mid_price=100.0,
        bid_volume_10=7,
        ask_volume_10=19,
        total_volume_20=26,
        liquidity_1pct_usd=taken.liquidity_1pct_usd,
        liquidity_2pct_usd=taken.liquidity_1pct_usd,
        imbalance_ratio=7 / 19,
        usd_rate=2.0,
        depth=depth.bands(one),
        profile=DepthProfile(bid_sizes=bids, ask_sizes=asks),
    )
    assert (taken.spread_percentage, taken.liquidity_1pct_usd) == (pytest.approx(0.1), pytest.approx(2 * (99.95 + 199.8 + 396 + 300.15 + 100.1 + 606)))
    assert [band.complete for band in taken.depth] == [True, True, True, True, False, False]


def test_volumes_are_of_the_best_ten_and_twenty_levels_and_of_all_where_there_are_fewer() -> None:
    deep = [[str(99 - i), "1"] for i in range(25)]
    shallow = [["101", "1"], ["102", "1"], ["103", "1"]]

    taken = snapshot(book(deep, shallow))

    assert (taken.bid_volume_10, taken.ask_volume_10, taken.total_volume_20) == (10, 3, 23)


def test_every_depth_band_ends_on_an_edge_of_the_profile() -> None:
    assert set(depth.BAND_WIDTHS_PCT) <= set(PROFILE_EDGES_PCT)
    assert list(PROFILE_EDGES_PCT) == sorted(set(PROFILE_EDGES_PCT))


def test_what_was_stored_is_told_with_the_symbol_that_was_asked_and_every_warning() -> None:
    one = book(*SMALL, symbol="BTC/EUR", warnings=["Mind the gap."])
    taken = snapshot(one)

    told = stored(taken, one, "BTC", ["It was stored twice."], NOON + timedelta(seconds=2))

    assert told == LiquiditySnapshot(
        **{**taken.model_dump(), "symbol": "BTC"},
        symbol_used="BTC/EUR",
        price_currency="EUR",
        base_currency="BTC",
        as_of=NOON,
        age_ms=2_000.0,
        warnings=[
            "Mind the gap.",
            "kraken sent 3 bids and 4 asks, which end 1% from mid: depth within 2% and wider is a lower bound (at least).",
            "It was stored twice.",
        ],
    )


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_snapshot_refuses_a_number_that_is_none(bad: float) -> None:
    taken = snapshot(book(*SMALL))

    with pytest.raises(ValidationError, match="finite number"):
        Snapshot.model_validate({**taken.model_dump(), "spread": bad})
