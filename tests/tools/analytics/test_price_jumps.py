"""Price jumps: how far a price must move within an interval to raise an alert."""

from dataclasses import replace

import numpy as np
import pytest
from make_watches import USUAL, brief, calm, watch
from scipy.stats import median_abs_deviation

from tools.analytics.anomalies import AlertState
from tools.analytics.anomalies.deviations import JUMP_SIGMAS
from tools.analytics.anomalies.norms import FEWEST_MOVES


def test_a_price_jump_raises_at_once_and_clears_when_the_price_stands_still_again() -> None:
    _, events = watch([calm(0), *(calm(minute, mid=101) for minute in range(1, 7))])

    assert brief(events) == [(1, "PRICE_ANOMALY", "raised"), (2, "PRICE_ANOMALY", "cleared")]
    assert events[0].message == "Price rose by 1.00% within one interval (usual move: 0.050%)"
    assert (events[0].current_value, events[0].deviation_percentage, events[0].baseline_value) == (pytest.approx(1), pytest.approx(1), 0.05)
    # Judged by the log return, 0.995033 %.
    assert events[0].z_score == pytest.approx(19.90066)


@pytest.mark.parametrize(
    ("sigma_pct", "move_pct", "raised"), [(0.05, 0.299, 0), (0.05, 0.301, 1), (0.05, -0.301, 1), (0.01, 0.199, 0), (0.01, 0.201, 1), (0.0, 0.201, 1)]
)
def test_a_jump_is_six_sigmas_and_at_least_a_fifth_of_a_per_cent(sigma_pct: float, move_pct: float, raised: int) -> None:
    mid = 100 * 2.718281828459045 ** (move_pct / 100)

    _, events = watch([calm(0), calm(1, mid=mid)], usual=replace(USUAL, return_sigma_pct=sigma_pct))

    assert len(events) == raised
    assert [alert.z_score for alert in events if not sigma_pct] == [None] * (raised if not sigma_pct else 0)


def test_a_jump_counts_in_relation_to_the_threshold_but_never_under_a_fifth_of_a_per_cent() -> None:
    def raised(threshold_pct: float, mid: float) -> int:
        return len(watch([calm(0), calm(1, mid=mid)], AlertState(threshold_pct))[1])

    assert [raised(60, 100.59), raised(60, 100.61), raised(10, 100.19), raised(10, 100.21)] == [0, 1, 0, 1]


def test_sigmas_are_trusted_from_so_many_moves_that_a_random_walk_hardly_ever_jumps() -> None:
    def jumps(moves: int) -> int:
        """Of 100,000 walks, those whose next move lies beyond six sigmas of the moves before it."""
        walks = np.random.default_rng(7).normal(size=(100_000, moves + 1))
        return int((np.abs(walks[:, -1]) >= JUMP_SIGMAS * median_abs_deviation(walks[:, :-1], axis=1, scale="normal")).sum())

    assert jumps(10) > 300
    assert jumps(FEWEST_MOVES) < 15


def test_a_move_over_a_missed_look_is_measured_against_a_longer_walk() -> None:
    def raised(mid: float) -> int:
        return len(watch([calm(0), calm(2, mid=mid)])[1])

    assert [raised(100.42), raised(100.43)] == [0, 1]  # 6 * 0.05 * sqrt(2) = 0.424


@pytest.mark.parametrize(("minutes", "within"), [(0.5, "one interval"), (1.1, "one interval"), (2, "two intervals"), (2.5, "two intervals")])
def test_a_move_is_told_with_the_intervals_that_it_took(minutes: float, within: str) -> None:
    [alert] = watch([calm(0), calm(minutes, mid=97)])[1]

    assert alert.message.startswith(f"Price fell by 3.00% within {within} (")


def test_a_price_that_jumped_before_a_gap_is_over_after_it() -> None:
    _, events = watch([calm(0), calm(1, mid=101), calm(600, mid=150), calm(601, mid=150)])

    assert brief(events) == [(1, "PRICE_ANOMALY", "raised"), (600, "PRICE_ANOMALY", "cleared")]
