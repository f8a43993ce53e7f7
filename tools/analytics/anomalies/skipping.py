"""Stepping over a series by the looks that matter: the same alerts as by every one of them, in a fraction of the time."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...book import Column
from ..alerts import LiquidityAlert
from ..rules import OwnRule, Rule, measured_over
from ..series import milliseconds
from .deviations import JUMP_SIGMAS, SMALLEST_JUMP_PCT, stages
from .looks import Looks
from .norms import Norm
from .stepping import step
from .watching import AlertState

# Rounding, and numpy's logarithm, which differs from math's in the last digit, may decide what is this close to its limit: `step` does.
_CLOSE = 1 - 2e-9
# A stage that no figure has.
_FAILED = -3

Gone = tuple[AlertState, list[LiquidityAlert]]
"""The state after some looks, and the alerts that were cleared meanwhile."""
Going = Callable[[AlertState, Looks], Gone]


def through(state: AlertState, seen: Looks, usual: Norm) -> Gone:
    """The state after every look of a series whose own norm is `usual`, and the alerts that were cleared meanwhile.

    While nothing is in a row and nothing stands, a look that deviates in nothing changes only what the next one is compared with.
    """
    return _over(state, seen, usual, _notable(state, seen, usual), _at_rest)


def through_rules(state: AlertState, seen: Looks) -> Gone:
    """As `through`, by the rules of the state alone.

    While what stands is settled, a look of which every rule makes the same as of the one before, and no more of it than yet, changes nothing that shows.
    """
    return _over(state, seen, None, _changing(state.rules, seen), _settled)


def joined(state: AlertState, rules: Sequence[OwnRule], seen: Looks, go: Going) -> Gone:
    """As `go`, which is one of the two above without the norm, while each rule joins the state with the first look since it is there."""
    cleared, start = list[LiquidityAlert](), 0
    for one in sorted(rules, key=lambda one: one.since):
        end = int(np.searchsorted(seen.time_ms, milliseconds(one.since), side="right"))
        if end > start:
            state, ended = go(state, seen.part(start, end))
            cleared, start = [*cleared, *ended], end
        state = replace(state, rules=(*state.rules, one.rule))
    state, ended = go(state, seen.part(start, len(seen.time_ms)))
    return state, [*cleared, *ended]


def _over(state: AlertState, seen: Looks, usual: Norm | None, notable: list[int], idle: Callable[[AlertState], bool]) -> Gone:
    """Step by step, but from a state that is idle to the look before the next one that is notable."""
    notable, index, cleared = [*notable, len(seen.time_ms)], 0, list[LiquidityAlert]()
    while index < len(seen.time_ms):
        before_next = notable[bisect_left(notable, index)] - 1
        if before_next > index and idle(state):
            index, state = before_next, replace(state, last_at=None, mid=None, mid_at=None)
        state, events = step(state, seen.observation(index, usual))
        cleared += [alert for alert in events if alert.state == "cleared"]
        index += 1
    return state, cleared


def _at_rest(state: AlertState) -> bool:
    return state.failing_since is None and not any(track.beyond or track.alert for track in state.tracks.values())


def _settled(state: AlertState) -> bool:
    """Whether no count decides anything: neither a second look in a row nor an all-clear is waited for."""
    tracks = state.tracks.values()
    waiting = any(track.calm or track.unseen if track.alert else track.beyond for track in tracks)
    return state.failing_since is None and not waiting


def _notable(state: AlertState, seen: Looks, usual: Norm) -> list[int]:
    """The looks that failed, and those that deviate in anything."""
    deviating = _deviating(seen, usual, state.threshold_pct)
    for rule in state.rules:
        deviating |= stages(rule, measured_over(rule, seen.series)) > 0
    return np.flatnonzero((seen.rows < 0) | np.append(deviating, [False])[seen.rows]).tolist()


def _changing(rules: Iterable[Rule], seen: Looks) -> list[int]:
    """The looks of which a rule makes something else than of the one before, or the worst yet; to have failed is something else, and a gap is nothing."""
    changing = np.zeros(len(seen.rows), bool)
    for rule in rules:
        figures = np.append(measured_over(rule, seen.series), np.nan)[seen.rows]
        stage = np.where(seen.rows < 0, _FAILED, stages(rule, figures))
        changing |= _new(stage, np.where(stage > 0, figures if rule.above else -figures, -np.inf))
    return np.flatnonzero(changing).tolist()


def _new(stage: NDArray[np.int64], beyond: Column) -> NDArray[np.bool_]:
    """Which looks begin a stage, or are further beyond the rule than all since the second of their stage: by that an alert stands at the latest."""
    first = np.diff(stage, prepend=_FAILED - 1) != 0
    ranks = np.unique(np.where(first, -np.inf, beyond), return_inverse=True)[1]
    # The ranks of a stage, each above those of the stages before it.
    levels = ranks + np.cumsum(first) * len(ranks)
    return np.diff(np.maximum.accumulate(levels), prepend=0) > 0


def _deviating(seen: Looks, usual: Norm, threshold_pct: float) -> NDArray[np.bool_]:
    """Which snapshots deviate in anything by at least their limit."""
    series, depth, limit = seen.series, seen.depth, _CLOSE * threshold_pct
    deviating = 100 * (series.spread_pct - usual.spread_median_pct) >= limit * usual.spread_median_pct
    if depth.usd is not None and usual.depth_median_usd:
        deviating |= 100 * (usual.depth_median_usd - depth.usd) >= limit * usual.depth_median_usd
    if depth.imbalance_pct is not None and usual.imbalance_median_pct is not None:
        deviating |= np.abs(depth.imbalance_pct - usual.imbalance_median_pct) >= limit
    if usual.return_sigma_pct is not None:
        # Over more than one interval a move may be larger, which `step` knows.
        jump = max(SMALLEST_JUMP_PCT, JUMP_SIGMAS * threshold_pct / 30 * usual.return_sigma_pct)
        deviating[1:] |= np.abs(series.moves_pct) >= _CLOSE * jump
    return deviating
