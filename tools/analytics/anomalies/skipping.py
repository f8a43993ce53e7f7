"""Stepping over a series by the looks that matter: the same alerts as by every one of them, in a fraction of the time."""

from bisect import bisect_left
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..alerts import LiquidityAlert
from ..bands_over_time import depth_column
from ..rules import measured_over
from .deviations import JUMP_SIGMAS, SMALLEST_JUMP_PCT
from .looks import Looks
from .norms import Norm
from .stepping import step
from .watching import AlertState

# numpy's logarithm may differ from math's in the last digit: what is this close to its limit is stepped over too.
_CLOSE = 1 - 1e-9


def through(state: AlertState, seen: Looks, usual: Norm | None) -> tuple[AlertState, list[LiquidityAlert]]:
    """The state after every look of a series whose own norm is `usual` (None to judge by rules alone), and the alerts that were cleared meanwhile.

    While nothing is in a row and nothing stands, a look that deviates in nothing changes only what the next one is compared with.
    """
    notable, index, cleared = [*_notable(state, seen, usual), len(seen.time_ms)], 0, list[LiquidityAlert]()
    while index < len(seen.time_ms):
        before_next = notable[bisect_left(notable, index)] - 1
        if before_next > index and _at_rest(state):
            index, state = before_next, replace(state, last_at=None, mid=None, mid_at=None)
        state, events = step(state, seen.observation(index, usual))
        cleared += [alert for alert in events if alert.state == "cleared"]
        index += 1
    return state, cleared


def _at_rest(state: AlertState) -> bool:
    return state.failing_since is None and not any(track.beyond or track.alert for track in state.tracks.values())


def _notable(state: AlertState, seen: Looks, usual: Norm | None) -> list[int]:
    """The looks that failed, and those that deviate in anything."""
    rows = np.array(seen.rows, dtype=np.int64)
    deviating = np.zeros(len(seen.series) + 1, dtype=np.bool_)
    for rule in state.rules:
        figure = measured_over(rule, seen.series)
        deviating[:-1] |= figure > rule.value if rule.above else figure < rule.value
    if usual is not None:
        deviating[:-1] |= _deviating(seen, usual, state.threshold_pct)
    return np.flatnonzero((rows < 0) | deviating[rows]).tolist()


def _deviating(seen: Looks, usual: Norm, threshold_pct: float) -> NDArray[np.bool_]:
    """Which snapshots deviate in anything by at least their limit."""
    series, depth, limit = seen.series, depth_column(seen.series), _CLOSE * threshold_pct
    deviating = 100 * (series.spread_pct - usual.spread_median_pct) >= limit * usual.spread_median_pct
    if depth.usd is not None and usual.depth_median_usd:
        deviating |= 100 * (usual.depth_median_usd - depth.usd) >= limit * usual.depth_median_usd
    if depth.imbalance_pct is not None and usual.imbalance_median_pct is not None:
        deviating |= np.abs(depth.imbalance_pct - usual.imbalance_median_pct) >= limit
    if usual.return_sigma_pct is not None:
        sigmas = usual.return_sigma_pct * np.sqrt(np.maximum(1, np.diff(series.time_ms) / 1_000 / usual.interval_s))
        limits = np.maximum(SMALLEST_JUMP_PCT, JUMP_SIGMAS * threshold_pct / 30 * sigmas)
        deviating[1:] |= np.abs(100 * np.diff(np.log(series.mid))) >= _CLOSE * limits
    return deviating
