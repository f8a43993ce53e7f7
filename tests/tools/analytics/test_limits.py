"""What stands exactly at a limit: of a verdict, of a norm's samples, of a person's rule; and that figures below zero are treated as those above."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON
from make_snapshots import miss, series, snapshot
from scipy.stats import median_abs_deviation

from tools.analytics.anomalies import AlertState, norm, observe, report, step
from tools.analytics.anomalies.deviations import Deviation, judge, stages
from tools.analytics.dispersion import DepthDistribution, SpreadDistribution, percentile_of, robust_z
from tools.analytics.figures import Figures
from tools.analytics.look import look
from tools.analytics.rules import Rule, parse
from tools.analytics.verdict import verdict

FINITE = st.floats(-1_000, 1_000).map(lambda one: round(one, 6))
FIGURES: dict[str, Any] = {"median": 1.0, "mean": 1.0, "std": 0.1, "mad": 0.1, "p5": 0.9, "p95": 1.1, "z_score": None}


def test_ten_snapshots_that_know_their_prices_are_a_norm_and_nine_are_none() -> None:
    ten, nine = norm(series(mid=[np.nan, *[100.0] * 10])), norm(series(mid=[np.nan, *[100.0] * 9]))

    assert (ten and ten.sample_count, nine) == (10, None)


def test_price_moves_over_half_an_interval_to_two_and_a_half_count_by_the_root_of_their_time() -> None:
    steps = [60.0] * 30 + [30.0, 29.0, 150.0, 151.0] * 4
    mids = 100 + np.cumsum(np.resize([0.0, 0.1, -0.3, 0.7, -0.6, 0.2, 0.9], len(steps) + 1))

    usual = norm(series(times_s=np.cumsum([0.0, *steps]) - sum(steps), mid=mids))

    moves = zip(100 * np.diff(np.log(mids)), steps, strict=True)
    counted = [move / (step / 60) ** 0.5 for move, step in moves if 30 <= step <= 150]
    assert usual is not None
    assert usual.return_sigma_pct == pytest.approx(1.4826 * median_abs_deviation(counted))


@pytest.mark.parametrize(
    ("spread", "depth", "told"),
    [
        ((1.1, 95.0), (1.0, 50.0), "worse than usual"),
        ((1.099, 95.0), (1.0, 50.0), "usual"),
        ((1.1, 94.9), (1.0, 50.0), "usual"),
        ((1.0, 50.0), (0.9, 5.0), "worse than usual"),
        ((1.0, 50.0), (0.901, 5.0), "usual"),
        ((1.0, 50.0), (0.9, 5.1), "usual"),
        ((0.9, 5.0), (1.0, 50.0), "better than usual"),
        ((0.9, 5.0), (0.9, 10.0), "usual"),
        ((0.9, 5.0), (0.901, 10.0), "better than usual"),
        ((1.0, 50.0), (1.1, 95.0), "better than usual"),
        ((1.1, 90.0), (1.1, 95.0), "usual"),
        ((1.099, 90.0), (1.1, 95.0), "better than usual"),
    ],
)
def test_exactly_10_per_cent_from_the_median_and_exactly_5_per_cent_of_the_samples_count(
    spread: tuple[float, float], depth: tuple[float, float], told: str
) -> None:
    placed = SpreadDistribution(**FIGURES, now=spread[0], percentile=spread[1]), DepthDistribution(**FIGURES, now=depth[0], percentile=depth[1])

    assert verdict(*placed) == told


def seen(rule: Rule, figure: float) -> Figures:
    """Figures of which the rule's is exactly this."""
    match rule.metric:
        case "imbalance":
            sides = 100 + figure, 100 - figure
        case "ask depth":
            sides = 1e9, figure
        case _:
            sides = figure / 4, figure * 3 / 4
    bid, ask = ((side,) * 6 for side in sides)
    return Figures(figure / 100, figure, bid, ask, (True,) * 6, None)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("BTC price > 3000", {2_996: "calm", 2_997: "calm", 2_998: "", 3_000: "", 3_001: "LOW", 3_999: "LOW", 4_000: "MEDIUM", 5_999: "MEDIUM", 6_000: "HIGH"}),
        ("BTC price < 3000", {3_004: "calm", 3_003: "calm", 3_002: "", 3_000: "", 2_999: "LOW", 2_251: "LOW", 2_250: "MEDIUM", 1_501: "MEDIUM", 1_500: "HIGH"}),
        ("BTC spread > 50 bps", {48: "calm", 49: "calm", 49.5: "", 50: "", 51: "LOW", 67: "MEDIUM", 100: "HIGH"}),
        ("BTC depth < $1m", {1.02e6: "calm", 1.01e6: "", 1e6: "", 9e5: "LOW", 7.5e5: "MEDIUM", 5e5: "HIGH", 0: "HIGH"}),
        ("BTC ask depth > $1m", {9.8e5: "calm", 9.9e5: "", 1e6: "", 1.1e6: "LOW", 1.5e6: "MEDIUM", 2e6: "HIGH"}),
        ("BTC imbalance > 40%", {38: "calm", 39: "calm", 39.5: "", 40: "", 41: "LOW", 54: "MEDIUM", 80: "HIGH"}),
        ("BTC imbalance < -20%", {-19: "calm", -19.5: "", -20: "", -21: "LOW", -27: "MEDIUM", -40: "HIGH"}),
        ("BTC imbalance > -20%", {-21: "calm", -20.5: "", -20: "", -19: "LOW", -13: "MEDIUM", 0: "HIGH"}),
        ("BTC imbalance > 0%", {-1: "calm", -0.5: "", 0: "", 1: "LOW", 99: "LOW"}),
    ],
)
def test_of_a_rule_one_look_and_a_whole_series_make_the_same(text: str, figures: dict[float, str]) -> None:
    rule, names = parse(text, "kraken"), {"calm": -1, "": 0, "LOW": 1, "MEDIUM": 2, "HIGH": 3}
    state, at = AlertState(rules=(rule,)), observe(look(snapshot(at=NOON)), None, 60)

    judged = [judge(state, at, seen(rule, figure))[rule.text] for figure in figures]

    found = [one for one in judged if isinstance(one, Deviation)]
    assert [one.current for one in found] == list(figures)
    assert ["calm" if one.calm else one.severity if one.beyond else "" for one in found] == list(figures.values())
    assert stages(rule, np.array([*figures, np.nan])).tolist() == [*(names[one] for one in figures.values()), -2]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(FINITE, FINITE, st.one_of(st.floats(0, 1e-8), st.floats(0, 100)))
def test_a_robust_z_of_figures_below_zero_is_that_of_their_mirror_image(value: float, median: float, mad: float) -> None:
    mirrored, found = robust_z(-value, -median, mad), robust_z(value, median, mad)

    assert mirrored == (None if found is None else -found)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(FINITE, min_size=1, max_size=30), FINITE, st.sampled_from([-0.9, -0.3, 0.0, 0.3, 0.9]))
def test_a_percentile_of_figures_below_zero_is_that_of_their_mirror_image(values: list[float], value: float, part: float) -> None:
    """Of a figure that rounding moved as well."""
    column = np.array([*values, value + part * 1e-12 * max(abs(value), 100)])

    assert percentile_of(np.sort(-column), -value) == pytest.approx(100 - percentile_of(np.sort(column), value), abs=1e-9)


def test_a_mad_that_rounding_left_over_of_figures_below_zero_is_none() -> None:
    for value, median in ((-50.0, 0.0), (0.0, -50.0), (50.0, 0.0), (0.0, 50.0)):
        assert (robust_z(value, median, 4e-11), robust_z(value, median, 6e-11) is None) == (None, False)


@pytest.mark.parametrize("seconds", [20, 60, 100, 150])
@pytest.mark.parametrize("move_pct", [2.0, -2.0])
def test_the_limit_of_a_price_move_is_told_in_per_cent_of_the_price_either_way(move_pct: float, seconds: float) -> None:
    usual = norm(series(mid=100 + 0.1 * np.resize([0.0, 1.0, 3.0, 2.0, 5.0], 60)))
    assert usual is not None
    assert usual.return_sigma_pct is not None
    mid = 100 * (1 + move_pct / 100)
    state = AlertState(mid=100.0, mid_at=NOON, last_at=NOON)
    at = look(snapshot(after_s=seconds, best_bid=mid - 0.01, best_ask=mid + 0.01))

    found = judge(state, observe(at, usual, 60), at.figures or pytest.fail("a book has figures"))["PRICE_ANOMALY"]

    sigma = usual.return_sigma_pct * max(1, seconds / 60) ** 0.5
    limit = max(0.2, 6 * sigma)
    assert isinstance(found, Deviation)
    assert (found.deviation_pct, found.baseline) == (pytest.approx(move_pct), pytest.approx(sigma))
    assert found.limit_pct == pytest.approx(abs(100 * (math.exp(math.copysign(limit, move_pct) / 100) - 1)))
    assert found.z_score == pytest.approx(100 * math.log(mid / 100) / sigma)
    assert found.intervals == max(1, round(seconds / 60))


@pytest.mark.parametrize("threshold_pct", [20, 30, 45])
@pytest.mark.parametrize(("part", "found"), [(0.99, 0), (1.01, 1)])
@pytest.mark.parametrize("kind", ["SPREAD_WIDENING", "DEPTH_DROP", "IMBALANCE", "PRICE_ANOMALY"])
def test_what_was_just_beyond_its_limit_in_the_window_is_found_and_what_was_just_inside_is_not(
    kind: str, part: float, found: int, threshold_pct: float
) -> None:
    moves, strength, at = np.resize([0.05, -0.05, 0.1, -0.1, 0.0], 61), np.zeros(61), [40, 41]
    strength[at] = part * threshold_pct
    spread, drop, points = (strength if kind == one else np.zeros(61) for one in ("SPREAD_WIDENING", "DEPTH_DROP", "IMBALANCE"))
    if kind == "PRICE_ANOMALY":
        moves[40] = 99
        moves[40] = part * 6 * threshold_pct / 30 * 1.4826 * median_abs_deviation(moves[1:])
    mids = 100 * np.exp(np.cumsum(moves) / 100)
    of = series(mid=mids, spread_pct=0.1 * (1 + spread / 100), depth_usd=1e6 * (1 - drop / 100), imbalance_pct=points)
    now = look(snapshot(after_s=60, best_bid=mids[-1] * 0.9995, best_ask=mids[-1] * 1.0005))

    told = report(of, "BTC", now, threshold_pct, 24, now.at)

    assert (told.alerts, [one.alert_type for one in told.cleared]) == ([], [kind] * found)


@pytest.mark.parametrize(("points", "calm", "beyond"), [(19.9, True, False), (20, False, False), (29.9, False, False), (30, False, True), (-30, False, True)])
def test_two_thirds_of_a_limit_are_not_calm_yet_and_all_of_it_is_beyond(points: float, calm: bool, beyond: bool) -> None:
    usual = norm(series(mid=[100.0] * 10))

    found = judge(AlertState(), observe(look(snapshot()), usual, 60), seen(parse("BTC imbalance > 1%", "kraken"), points))["IMBALANCE"]

    assert isinstance(found, Deviation)
    assert (found.calm, found.beyond) == (calm, beyond)


@pytest.mark.parametrize(
    ("text", "figure", "deviation"),
    [("BTC imbalance > 40%", 55, 15), ("BTC imbalance < -40%", -55, -15), ("BTC price > 3000", 3_300, 10), ("BTC price < 3000", 2_700, -10)],
)
def test_how_far_a_figure_is_from_a_rule_is_told_in_points_of_an_imbalance_and_in_per_cent_of_all_else(text: str, figure: float, deviation: float) -> None:
    rule = parse(text, "kraken")

    found = judge(AlertState(rules=(rule,)), observe(look(snapshot()), None, 60), seen(rule, figure))[rule.text]

    assert isinstance(found, Deviation)
    assert found.deviation_pct == pytest.approx(deviation)


def test_a_usual_spread_of_zero_says_nothing_of_how_wide_one_is() -> None:
    usual = norm(series(mid=[100.0] * 10, spread_pct=0))

    told = judge(AlertState(), observe(look(snapshot()), usual, 60), seen(parse("BTC spread > 1%", "kraken"), 1))

    assert told["SPREAD_WIDENING"] == "The usual spread is zero."


@pytest.mark.parametrize(("failed_s", "alerts"), [((45, 90), 1), ((45, 89), 0), ((90,), 0)])
def test_an_outage_is_two_looks_in_vain_at_least_one_and_a_half_intervals_after_the_last_book(failed_s: tuple[float, ...], alerts: int) -> None:
    state = AlertState()
    for one in (snapshot(), *(miss(after_s=after) for after in failed_s)):
        state, _ = step(state, observe(look(one), None, 60))

    assert [one.alert_type for one in state.open_alerts] == ["VENUE_OUTAGE"] * alerts


@pytest.mark.parametrize(("failed_s", "back_s", "jumps"), [(75, 150, 1), (76, 151, 0)])
def test_a_price_from_before_a_look_in_vain_is_compared_within_two_and_a_half_intervals(failed_s: float, back_s: float, jumps: int) -> None:
    usual, state = norm(series(mid=[100.0] * 31)), AlertState()
    for one in (snapshot(), miss(after_s=failed_s), snapshot(after_s=back_s, best_bid=109.95, best_ask=110.05)):
        state, _ = step(state, observe(look(one), usual, 60))

    assert [one.alert_type for one in state.open_alerts] == ["PRICE_ANOMALY"] * jumps
