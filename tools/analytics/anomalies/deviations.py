"""How far the figures of one observation stand from what is usual, or from a person's rule."""

from math import copysign, expm1, inf, log, sqrt
from sys import float_info
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...book import Column
from ...units import format_value
from ..alerts import AlertType, Severity, ValueUnit
from ..dispersion import robust_z
from ..figures import Figures, Usds, imbalance_pct
from ..rules import Rule, measured
from .norms import FEWEST_MOVES, GAP_INTERVALS, Norm
from .watching import AlertState, Observation

JUMP_SIGMAS = 6.0
"""How many robust sigmas a price jump is, at a threshold of 30 %.

Real moves over 2 to 30 seconds that pass SMALLEST_JUMP_PCT stay within six, and pass five: tests/tools/analytics/test_recorded_series.py.
"""
SMALLEST_JUMP_PCT = 0.2
CALM_STRENGTH = 2 / 3
"""The part of its limit that a deviation must fall below to count as calm again: the hysteresis."""
# Exactly 30 % may come out a digit below it.
_REACHED = 1 - 1e-9
_MEDIUM, _HIGH, _DEPTH_GONE_PCT = 4 / 3 * _REACHED, 2.0 * _REACHED, 90.0 * _REACHED
# How far back inside its value a rule's figure must be to count as calm: a part of the value, for an imbalance points. It need not stop a flicker,
# which the calm looks in a row do, only the noise of a figure that stays at the value.
_RULE_MARGIN = {"spread": 0.02, "depth": 0.02, "bid depth": 0.02, "ask depth": 0.02, "price": 0.001}
_RULE_MARGIN_POINTS = 1.0


class Deviation(NamedTuple):
    """One figure against what it is compared with; `deviation_pct` and `limit_pct` are in per cent, of an imbalance in percentage points, of a price the move.

    `intervals` is over how many of them a price moved.
    `beyond` counts towards an alert, `calm` towards its all-clear; what is neither is hysteresis.
    """

    alert_type: AlertType
    unit: ValueUnit
    current: float
    baseline: float | None
    deviation_pct: float | None
    limit_pct: float | None
    z_score: float | None
    beyond: bool
    calm: bool
    severity: Severity
    rule: Rule | None = None
    intervals: int = 1


LIQUIDITY_TYPES: tuple[AlertType, ...] = ("SPREAD_WIDENING", "DEPTH_DROP", "IMBALANCE", "PRICE_ANOMALY")
"""What is judged of every valid book."""
_NO_BAND = "No depth band is covered by every sample."
Judged = Deviation | str
"""A deviation, or the sentence that says why the figure could not be checked."""


def judge(state: AlertState, observation: Observation, seen: Figures) -> dict[str, Judged]:
    """Every figure that alerts look at, by the key of its track: spread, depth, imbalance, price, and each rule of the state."""
    judged: dict[str, Judged] = {rule.text: _rule(rule, seen) for rule in state.rules}
    usual = observation.norm
    if usual is None:
        return judged | dict.fromkeys(LIQUIDITY_TYPES, "There are too few samples to say what is usual.")
    judged["SPREAD_WIDENING"] = _spread(seen, usual, state.threshold_pct)
    judged["DEPTH_DROP"] = _depth(seen, usual, state.threshold_pct)
    judged["IMBALANCE"] = _imbalance(seen, usual, state.threshold_pct)
    judged["PRICE_ANOMALY"] = _price(seen, usual, state, observation)
    return judged


def severity_of(strength: float) -> Severity:
    """HIGH from twice the limit, MEDIUM from four thirds of it, else LOW."""
    return "HIGH" if strength >= _HIGH else "MEDIUM" if strength >= _MEDIUM else "LOW"


def _spread(seen: Figures, usual: Norm, threshold_pct: float) -> Judged:
    middle = usual.spread_median_pct
    if middle <= 0:
        return "The usual spread is zero."
    deviation = 100 * (seen.spread_pct / middle - 1)
    z_score = robust_z(seen.spread_pct, middle, usual.spread_mad_pct)
    return _found("SPREAD_WIDENING", "pct", (seen.spread_pct, middle, deviation, threshold_pct, z_score), deviation / threshold_pct)


def _depth(seen: Figures, usual: Norm, threshold_pct: float) -> Judged:
    middle = usual.depth_median_usd
    if middle is None or usual.depth_band_pct is None or usual.depth_mad_usd is None:
        return _NO_BAND
    if not middle:
        return "The usual depth is zero."
    sides = seen.sides_usd(usual.depth_band_pct)
    current = seen.liquidity_1pct_usd if not usual.depth_complete else sum(sides) if sides else None
    if current is None:
        return _not_reached(usual.depth_band_pct)
    deviation = 100 * (current / middle - 1)
    found = _found("DEPTH_DROP", "usd", (current, middle, deviation, threshold_pct, robust_z(current, middle, usual.depth_mad_usd)), -deviation / threshold_pct)
    return found._replace(severity="HIGH") if -deviation >= _DEPTH_GONE_PCT else found


def _imbalance(seen: Figures, usual: Norm, threshold_pct: float) -> Judged:
    if usual.depth_band_pct is None or not usual.depth_complete:
        return _NO_BAND
    sides, middle = seen.sides_usd(usual.depth_band_pct), usual.imbalance_median_pct
    if sides is None:
        return _not_reached(usual.depth_band_pct)
    if middle is None or usual.imbalance_mad_pct is None:
        return f"There are too few samples with orders within {usual.depth_band_pct:g}% of mid."
    if not sum(sides):
        return f"There are no orders within {usual.depth_band_pct:g}% of mid."
    current = imbalance_pct(*sides)
    points, z_score = current - middle, robust_z(current, middle, usual.imbalance_mad_pct)
    return _found("IMBALANCE", "pct", (current, middle, points, threshold_pct, z_score), abs(points) / threshold_pct)


def _price(seen: Figures, usual: Norm, state: AlertState, observation: Observation) -> Judged:
    """The move since the observation before in per cent of that price, judged by its log return; `baseline` is the usual move, one robust sigma."""
    if state.mid is None or state.mid_at is None:
        return "There is no observation just before this one to compare the price with."
    seconds = (observation.at - state.mid_at).total_seconds()
    if seconds > GAP_INTERVALS * observation.interval_s:
        return f"The price before this one is {format_value(1_000 * seconds, 'ms')} old, more than an interval."
    if usual.return_sigma_pct is None:
        return f"Fewer than {FEWEST_MOVES} moves over about an interval are known, too few to say how much the price usually moves."
    # Over more than the norm's interval a price walks as much further as the root of the time.
    move, sigma = 100 * log(seen.mid / state.mid), usual.return_sigma_pct * sqrt(max(1.0, seconds / usual.interval_s))
    limit = max(SMALLEST_JUMP_PCT, JUMP_SIGMAS * state.threshold_pct / 30 * sigma)
    change, change_limit = (100 * expm1(one / 100) for one in (move, copysign(limit, move)))
    found = _found("PRICE_ANOMALY", "pct", (change, sigma, change, abs(change_limit), move / sigma if sigma else None), abs(move) / limit)
    return found._replace(intervals=max(1, round(seconds / observation.interval_s)))


def _found(alert_type: AlertType, unit: ValueUnit, values: tuple[float, float, float, float, float | None], strength: float) -> Deviation:
    """The deviation of (current, baseline, deviation, limit, z-score), at `strength` times its limit."""
    return Deviation(alert_type, unit, *values, beyond=strength >= _REACHED, calm=strength < CALM_STRENGTH, severity=severity_of(strength))


def _not_reached(band_pct: float) -> str:
    return f"The book does not reach {band_pct:g}% from mid on both sides."


def _rule(rule: Rule, seen: Figures) -> Judged:
    current, value = measured(rule, seen), rule.value
    if current is None:
        return f"The book does not reach {rule.within_pct:g}% from mid."
    past = _past(rule, current)
    change = current - value if rule.metric == "imbalance" else 100 * (current / value - 1)
    severity = severity_of(_times(rule, max(current, float_info.min), past))
    return Deviation("RULE", rule.unit, current, value, change, None, None, beyond=past > 0, calm=past <= -_margin(rule), severity=severity, rule=rule)


def _past(rule: Rule, current: Usds) -> Usds:
    """How far a figure is beyond its rule."""
    return current - rule.value if rule.above else rule.value - current


def _margin(rule: Rule) -> float:
    return _RULE_MARGIN_POINTS if rule.metric == "imbalance" else _RULE_MARGIN[rule.metric] * rule.value


def _times(rule: Rule, current: Usds, past: Usds) -> Usds:
    """How many times its value a figure beyond a rule is; below a value, how many times the value is the figure."""
    if rule.metric != "imbalance" and not rule.above:
        return rule.value / current
    return 1 + past / abs(rule.value or inf)


def stages(rule: Rule, figures: Column) -> NDArray[np.int64]:
    """What a rule makes of each of its figures, shape (n,): unknown -2, calm -1, neither 0, beyond it 1 to 3 by severity."""
    past = _past(rule, figures)
    with np.errstate(over="ignore"):
        severity = np.digitize(_times(rule, np.maximum(figures, float_info.min), past), (_MEDIUM, _HIGH))
    return np.select([np.isnan(past), past > 0, past <= -_margin(rule)], [-2, 1 + severity, -1], 0)
