"""What is usual, against scipy and the standard library."""

from dataclasses import asdict
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_snapshots import SHARES, series
from scipy.stats import median_abs_deviation

from tools.analytics.anomalies import norm

POSITIVE = st.floats(0.01, 100)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(POSITIVE, POSITIVE, POSITIVE, st.floats(-99, 99)), min_size=11, max_size=50), st.floats(0.5, 3_600))
def test_a_norm_holds_the_medians_and_median_absolute_deviations_of_its_window(rows: list[tuple[float, ...]], interval_s: float) -> None:
    spreads, mids, depths, imbalances = (list(column) for column in zip(*rows, strict=True))
    interval_s = round(interval_s, 3)

    usual = norm(series(mid=mids, spread_pct=spreads, depth_usd=depths, imbalance_pct=imbalances, interval_s=interval_s))

    returns = 100 * np.diff(np.log(mids))
    assert usual is not None
    assert asdict(usual) == {
        "sample_count": len(rows),
        "spread_median_pct": pytest.approx(median(spreads)),
        "spread_mad_pct": pytest.approx(median_abs_deviation(spreads), abs=1e-9),
        "depth_band_pct": 5.0,
        "depth_median_usd": pytest.approx(median(depths)),
        "depth_mad_usd": pytest.approx(median_abs_deviation(depths), abs=1e-9),
        "imbalance_median_pct": pytest.approx(median(imbalances), abs=1e-9),
        "imbalance_mad_pct": pytest.approx(median_abs_deviation(imbalances), abs=1e-9),
        "return_sigma_pct": pytest.approx(median_abs_deviation(returns, scale="normal"), rel=1e-5, abs=1e-9) if len(rows) > 30 else None,
        "interval_s": pytest.approx(interval_s, abs=0.002),
        "depth_complete": True,
    }


def test_fewer_than_ten_snapshots_that_know_their_prices_are_no_norm() -> None:
    unknown = [np.nan, *[100.0] * 9]

    assert [norm(series(mid=mids)) for mids in ([100.0] * 9, unknown, [])] == [None] * 3
    assert norm(series(mid=[np.nan, *[100.0] * 10])) == norm(series(mid=[100.0] * 10))


def test_an_incident_that_fills_a_third_of_the_window_does_not_move_the_norm() -> None:
    calm = [0.05, 0.051, 0.049] * 20
    spread, depth = np.array(calm), np.full(60, 1e6)
    spread[20:40] *= 10
    depth[20:40] = 1e4

    usual = norm(series(spread_pct=spread, depth_usd=depth))

    assert usual is not None
    assert usual.spread_median_pct == pytest.approx(0.05, rel=0.03)
    assert usual.depth_median_usd == pytest.approx(1e6)


def test_depth_is_that_of_the_widest_band_complete_in_every_snapshot() -> None:
    complete = np.ones((12, 6), bool)
    complete[3, 4:], complete[7, 3] = False, False

    usual = norm(series(complete=complete, depth_usd=np.full(12, 1e6)))

    assert usual is not None
    assert (usual.depth_band_pct, usual.depth_median_usd, usual.depth_complete) == (0.5, pytest.approx(SHARES[2] * 1e6), True)


def test_without_a_band_that_every_snapshot_covers_there_is_no_usual_depth() -> None:
    usual = norm(series(complete=False, mid=[100.0] * 12))

    assert usual is not None
    assert (usual.depth_band_pct, usual.depth_median_usd, usual.depth_mad_usd, usual.imbalance_median_pct, usual.imbalance_mad_pct) == (None,) * 5


def test_imported_snapshots_without_bands_fall_back_on_the_depth_within_1_per_cent() -> None:
    nothing = np.full((12, 6), np.nan)

    usual = norm(series(bid_usd=nothing, ask_usd=nothing, complete=False, mid=[100.0] * 12, liquidity_1pct_usd=np.arange(12.0)))

    assert usual is not None
    assert (usual.depth_band_pct, usual.depth_median_usd, usual.depth_complete, usual.imbalance_median_pct) == (1.0, 5.5, False, None)


def test_moves_over_longer_and_shorter_steps_are_scaled_to_one_interval_and_those_over_gaps_left_out() -> None:
    steps = [1.0] * 10 + [2.0, 0.6, 60.0, 0.01] + [1.0] * 19
    sizes = np.array([*[0.1, -0.2, 0.3, -0.1, 0.2] * 2, 0.9, -0.5, 50.0, 9.0, *[0.2, -0.3, 0.1, 0.25] * 4, 0.2, -0.3, 0.1])
    mids = 100 * np.exp(np.concatenate(([0.0], np.cumsum(sizes))) / 100)
    times = 60 * (np.concatenate(([0.0], np.cumsum(steps))) - sum(steps))

    usual = norm(series(mid=mids, times_s=times))

    used = [size / np.sqrt(step) for size, step in zip(sizes, steps, strict=True) if step not in {60.0, 0.01}]
    assert usual is not None
    assert usual.interval_s == 60
    assert usual.return_sigma_pct == pytest.approx(median_abs_deviation(used, scale="normal"), rel=1e-5)


def test_prices_that_stand_still_usually_move_by_nothing() -> None:
    usual = norm(series(mid=[100.0] * 31))

    assert usual is not None
    assert usual.return_sigma_pct == 0.0


def test_how_much_the_price_usually_moves_is_unknown_of_fewer_than_thirty_moves_over_about_an_interval() -> None:
    with_a_gap = [*range(-60 * 40, -60 * 25, 60), *range(-60 * 14, 60, 60)]

    usual = [norm(series(mid=[100.0] * 30)), norm(series(mid=[100.0] * 30, times_s=with_a_gap)), norm(series(mid=[100.0] * 31))]

    assert [one and one.return_sigma_pct for one in usual] == [None, None, 0.0]


def test_how_much_the_price_usually_moves_is_unknown_where_snapshots_lie_too_irregularly() -> None:
    usual = norm(series(mid=[100.0] * 12, times_s=sorted(-(3.0**n) for n in range(12))))

    assert usual is not None
    assert usual.return_sigma_pct is None
