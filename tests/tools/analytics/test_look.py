"""The last look of a window is the one that history would tell of its newest snapshot or miss."""

from dataclasses import replace

import numpy as np
import pytest
from make_snapshots import miss, series, snapshots

from tools.analytics.look import last, look
from tools.analytics.series import Series


def test_the_newest_snapshot_of_a_window_is_its_last_look() -> None:
    of = series(spread_pct=[0.05, 0.07], depth_usd=[1e6, 2e6], imbalance_pct=[0.0, 20.0], failed_s=[-30])

    assert last(of) == look(snapshots(of)[-1])


def test_a_look_in_vain_after_it_is_the_last_without_the_reason_which_a_series_does_not_know() -> None:
    of = series(spread_pct=[0.05, 0.07], failed_s=[10, 70])

    assert last(of) == replace(look(miss(after_s=70)), failure="")


@pytest.mark.parametrize(
    "of",
    [
        series(times_s=[]),
        series(spread_pct=[0.05] * 3, hourly=[True] * 3),
        replace(series(spread_pct=[0.05] * 2), best_bid=np.array([99.0, np.nan])),
    ],
    ids=["nothing", "an hour's mean", "no prices"],
)
def test_what_is_no_look_is_none(of: Series) -> None:
    assert last(of) is None
