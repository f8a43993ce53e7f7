"""Baselines of which a part is not known: now, or the depth at this hour of the week."""

from datetime import timedelta

import numpy as np
import pytest
from make_books import NOON
from make_snapshots import miss, series, snapshot

from tools.analytics.baseline import baseline
from tools.analytics.look import Look, look

WEEK_S = 7 * 86_400


@pytest.mark.parametrize("current", [None, look(miss(after_s=30))], ids=["nobody looked", "the look failed"])
def test_where_now_is_not_known_nothing_is_placed_and_the_newest_snapshot_dates_the_baseline(current: Look | None) -> None:
    window = series(spread_pct=np.linspace(0.1, 0.2, 20), depth_usd=np.linspace(1e6, 2e6, 20), end=NOON)

    found = baseline(window, "BTC", 24, current, NOON + timedelta(minutes=1))

    assert found.depth is not None
    assert found.imbalance is not None
    assert [(one.now, one.percentile, one.z_score) for one in (found.spread, found.depth, found.imbalance)] == [(None, None, None)] * 3
    assert (found.verdict, found.depth_band_pct, found.as_of) == (None, 5.0, NOON)
    assert found.warnings[0] == "Now is not known, so nothing is compared with the baseline."


def test_an_hour_of_the_week_whose_books_did_not_reach_the_band_tells_the_spread_alone() -> None:
    earlier = [-week * WEEK_S + 60.0 * minute for week in (3, 2, 1) for minute in range(6)]
    last = [-60.0 * minute for minute in range(30, 0, -1)]
    complete = np.repeat([False] * len(earlier) + [True] * len(last), 6).reshape(-1, 6)
    past = series(times_s=[*earlier, *last], spread_pct=np.linspace(0.11, 0.2, 48), complete=complete)

    found = baseline(past.since(NOON - timedelta(days=1)), "BTC", 24, look(snapshot()), NOON, past).hour_of_week

    assert found is not None
    assert (found.sample_count, found.spread_percentile, found.depth_median_usd, found.depth_percentile) == (18, 0.0, None, None)


def test_a_book_of_now_that_does_not_reach_the_band_is_placed_in_its_hour_of_the_week_by_the_spread_alone() -> None:
    past = series(times_s=[-week * WEEK_S + 60.0 * minute for week in (3, 2, 1, 0) for minute in range(-20, 6) if 60 * minute <= week * WEEK_S])

    found = baseline(past.since(NOON - timedelta(days=1)), "BTC", 24, look(snapshot(bid_complete=[False] * 6)), NOON, past).hour_of_week

    assert found is not None
    assert (found.spread_percentile, found.depth_median_usd, found.depth_percentile) == (50.0, pytest.approx(1e6), None)


@pytest.mark.parametrize(("weeks", "per_hour", "samples"), [(2, 5, 10), (1, 60, None), (2, 4, None), (3, 4, 12)])
def test_an_hour_of_two_earlier_weeks_with_ten_samples_is_compared(weeks: int, per_hour: int, samples: int | None) -> None:
    minutes = np.arange(per_hour)
    past = series(times_s=[*(-week * WEEK_S + 60.0 * minute for week in range(weeks, 0, -1) for minute in minutes), *range(-1_200, 60, 60)])

    found = baseline(past.since(NOON - timedelta(days=1)), "BTC", 24, look(snapshot()), NOON, past).hour_of_week

    assert (found and found.sample_count) == samples
