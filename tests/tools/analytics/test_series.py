"""A series cut to some of its rows, and hours of the clock."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_books import NOON
from make_snapshots import same, series

from tools.analytics.series import HOUR_MS, Extremes, Series, hour_of, milliseconds, moment

MINUTES = [-4, -3, -2, -1, 0]


def told(minutes: list[int]) -> Series:
    """Rows of some of MINUTES, an hour's mean each, with all that a row has told by its minute."""
    of = np.array(minutes, float)
    depth = 1e6 + 1e5 * np.add.outer(of, np.arange(6))
    cut = series(times_s=60 * of, spread_pct=0.5 + of / 10, mid=100 + of, hourly=True, failed_s=[60 * one for one in minutes])
    low, high = (Extremes(100 + of + sign, 0.5 + of / 10 + sign / 100, depth * (1 + sign / 10), depth[:, 0] * (1 + sign / 5)) for sign in (-1, 1))
    return replace(cut, start=NOON - timedelta(minutes=5), low=low, high=high)


@pytest.mark.parametrize(
    ("cut", "by", "start_minutes", "rows", "failed"),
    [
        ("where", np.array([True, False, True, True, False]), -5, [-4, -2, -1], MINUTES),
        ("since", NOON - timedelta(minutes=2), -2, [-1, 0], [-1, 0]),
        ("before", milliseconds(NOON - timedelta(minutes=1)), -5, [-4, -3, -2], [-4, -3, -2]),
    ],
)
def test_a_series_is_cut_with_the_extremes_of_its_rows(cut: str, by: Any, start_minutes: int, rows: list[int], failed: list[int]) -> None:
    """After a moment, or before it, is without the moment itself."""
    expected = replace(told(rows), start=NOON + timedelta(minutes=start_minutes), failed_ms=told(failed).failed_ms)

    assert same(getattr(told(MINUTES), cut)(by), expected)


@given(st.integers(0, 2**42))
def test_a_moment_lies_within_the_hour_that_begins_at_a_multiple_of_an_hour(time_ms: int) -> None:
    start_ms = hour_of(time_ms)

    assert isinstance(start_ms, int)
    assert (start_ms % HOUR_MS, start_ms <= time_ms < start_ms + HOUR_MS) == (0, True)


@given(st.integers(0, 2**42), st.integers(-499, 499))
def test_a_moment_comes_back_as_its_millisecond_and_a_finer_one_as_the_nearest(time_ms: int, microseconds: int) -> None:
    assert milliseconds(moment(time_ms) + timedelta(microseconds=microseconds)) == time_ms


@pytest.mark.parametrize(
    ("hours", "seconds", "usual_s"),
    [
        pytest.param(4, [], 3_600, id="hours alone"),
        pytest.param(4, [0], 3_600, id="one snapshot after hours tells no spacing"),
        pytest.param(4, [0, 20], 20, id="two snapshots do"),
        pytest.param(0, [0, 10, 20, 90], 10, id="the median one"),
        pytest.param(0, [0, 10, 40], 20, id="of two the mean"),
        pytest.param(0, [0], 60, id="one row: what a recorder leaves"),
    ],
)
def test_the_usual_spacing_is_the_median_between_whole_snapshots_and_between_hours_where_there_are_no_others(
    hours: int, seconds: list[float], usual_s: float
) -> None:
    times = [*(-3_600.0 * hour - 1_800 for hour in range(hours, 0, -1)), *seconds]

    of = series(times_s=times, hourly=[True] * hours + [False] * len(seconds))

    assert of.usual_ms == 1_000 * usual_s
