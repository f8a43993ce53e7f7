"""One step of the watch: what raises an alert, what clears it, and what each says."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from make_books import NOON
from make_snapshots import miss, snapshot

from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import AlertState, Norm, observe, resume, step
from tools.analytics.anomalies.stepping import CALM_LOOKS
from tools.analytics.look import look
from tools.analytics.rules import parse
from tools.analytics.snapshot import Miss, Snapshot

MINUTE = 60.0
USUAL = Norm(
    sample_count=1_440,
    spread_median_pct=0.05,
    spread_mad_pct=0.005,
    depth_band_pct=5.0,
    depth_median_usd=1e6,
    depth_mad_usd=5e4,
    imbalance_median_pct=0.0,
    imbalance_mad_pct=4.0,
    return_sigma_pct=0.05,
    interval_s=MINUTE,
)
Event = tuple[float, str, str]
"""The minute, the type and the state of an alert."""


def calm(minute: float, *, mid: float = 100.0, spread_pct: float = 0.05, depth_usd: float = 1e6, imbalance_pct: float = 0.0) -> Snapshot:
    """A snapshot as usual, but for what is given."""
    half = mid * spread_pct / 200
    return snapshot(after_s=60 * minute, best_bid=mid - half, best_ask=mid + half, depth_usd=depth_usd, imbalance_pct=imbalance_pct)


def calms(first: float) -> list[Snapshot]:
    """As many as it takes to end an alert, from a minute on."""
    return [calm(first + after) for after in range(CALM_LOOKS)]


def down(minute: float) -> Miss:
    """A look that failed."""
    return miss(after_s=60 * minute)


def watch(looks: Iterable[Snapshot | Miss], state: AlertState = AlertState(), usual: Norm | None = USUAL) -> tuple[AlertState, list[LiquidityAlert]]:
    """The state after the looks, and every event."""
    events = list[LiquidityAlert]()
    for seen in looks:
        state, new = step(state, observe(look(seen), usual, MINUTE))
        events += new
    return state, events


def brief(events: Sequence[LiquidityAlert]) -> list[Event]:
    """When each event was, of what, and which."""
    return [(((one.cleared_at or one.timestamp) - NOON).total_seconds() / 60, one.alert_type, one.state) for one in events]


def spreads(*values: float) -> list[Snapshot]:
    """A minute each."""
    return [calm(minute, spread_pct=value) for minute, value in enumerate(values)]


def test_a_spread_widened_twice_in_a_row_raises_one_alert_and_one_all_clear() -> None:
    _, events = watch(spreads(0.05, 0.0877, 0.0877, 0.08, 0.05, 0.05, 0.05, 0.05, 0.05))

    raised, cleared = (event.model_dump() for event in events)
    assert raised == {
        "alert_id": "kraken-btc-usd-spread-widening-20260809t120200z",
        "timestamp": NOON + timedelta(minutes=2),
        "severity": "HIGH",
        "symbol": "BTC/USD",
        "exchange": "kraken",
        "source": "live",
        "alert_type": "SPREAD_WIDENING",
        "unit": "pct",
        "current_value": pytest.approx(0.0877),
        "baseline_value": 0.05,
        "deviation_percentage": pytest.approx(75.4),
        "z_score": pytest.approx(0.0377 / (1.4826 * 0.005)),
        "sample_count": 1_440,
        "message": "Spread widened by 75.4% (current: 0.0877%, baseline: 0.050%)",
        "suggested_action": "Wait for a tighter spread, place limit orders inside it, or trade where the spread is tighter.",
        "requires_action": True,
        "state": "raised",
        "rule": "",
        "cleared_at": None,
        "acknowledged_at": None,
    }
    assert cleared == {**raised, "state": "cleared", "cleared_at": NOON + timedelta(minutes=4)}


def test_one_deviating_observation_raises_nothing() -> None:
    assert watch(spreads(0.05, 0.5, 0.05, 0.5, 0.05, 0.5))[1] == []


@pytest.mark.parametrize(
    ("spread_pct", "severity", "requires_action"),
    [(0.0651, "LOW", False), (0.0699, "LOW", False), (0.0701, "MEDIUM", True), (0.0799, "MEDIUM", True), (0.0801, "HIGH", True)],
)
def test_severity_rises_with_the_deviation_and_action_is_required_from_medium(spread_pct: float, severity: str, requires_action: bool) -> None:
    [alert] = watch(spreads(spread_pct, spread_pct))[1]

    assert (alert.severity, alert.requires_action) == (severity, requires_action)


@pytest.mark.parametrize(("threshold_pct", "spread_pct", "raised"), [(30, 0.0649, 0), (30, 0.0651, 1), (100, 0.0999, 0), (100, 0.1001, 1)])
def test_the_threshold_is_where_a_deviation_begins(threshold_pct: float, spread_pct: float, raised: int) -> None:
    assert len(watch(spreads(spread_pct, spread_pct), AlertState(threshold_pct))[1]) == raised


def test_an_alert_stands_until_the_deviation_has_five_times_in_a_row_been_under_two_thirds_of_the_threshold() -> None:
    hovering = [0.0651, 0.0651, 0.063, 0.059, 0.059, 0.061, *[0.0599] * 4, 0.061]

    state, events = watch(spreads(*hovering, *[0.0599] * 4))
    _, [cleared] = watch([calm(15, spread_pct=0.0599)], state)

    assert brief(events) == [(1, "SPREAD_WIDENING", "raised")]
    assert brief([cleared]) == [(11, "SPREAD_WIDENING", "cleared")]


def test_a_market_that_flickers_all_day_is_one_alert() -> None:
    state, events = watch(spreads(*[0.1, 0.1, 0.05, 0.05] * 90))
    _, [cleared] = watch(calms(360), state)

    assert brief(events) == [(1, "SPREAD_WIDENING", "raised")]
    assert brief([cleared]) == [(358, "SPREAD_WIDENING", "cleared")]


def test_an_exchange_that_comes_and_goes_all_day_is_one_outage() -> None:
    state, events = watch([down(minute) if minute % 4 < 2 else calm(minute) for minute in range(360)])
    _, [cleared] = watch(calms(360), state)

    assert brief(events) == [(1, "VENUE_OUTAGE", "raised")]
    assert brief([cleared]) == [(358, "VENUE_OUTAGE", "cleared")]


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        (spreads(0.067, 0.067, 0.05, 0.05, 1.0), ["Spread widened by 34.0%", "Spread widened by 1,900.0%"]),
        ([calm(0), calm(1, mid=100.32), calm(2, mid=100.32), calm(3, mid=90)], ["Price rose by 0.320%", "Price fell by 10.29%"]),
    ],
)
def test_an_incident_that_gets_worse_before_it_has_ended_is_told_again_under_the_same_id(looks: list[Snapshot], told: list[str]) -> None:
    state, [first, second] = watch(looks)

    assert [event.message.partition(" (")[0].partition(" within")[0] for event in (first, second)] == told
    assert [(event.severity, event.state) for event in (first, second)] == [("LOW", "raised"), ("HIGH", "raised")]
    assert (second.alert_id, second.timestamp) == (first.alert_id, first.timestamp)
    assert state.open_alerts == (second,)


def test_an_alert_keeps_its_worst_look_of_the_same_severity_too_which_is_no_news() -> None:
    state, [raised] = watch(spreads(0.082, 0.082, 0.5, 1.0, 0.2))

    [standing] = state.open_alerts
    assert (raised.severity, standing.severity) == ("HIGH", "HIGH")
    assert standing == raised.model_copy(
        update={
            "current_value": pytest.approx(1.0),
            "deviation_percentage": pytest.approx(1_900),
            "z_score": pytest.approx(0.95 / (1.4826 * 0.005)),
            "message": "Spread widened by 1,900.0% (current: 1.00%, baseline: 0.050%)",
        }
    )


def test_an_outage_says_how_many_looks_in_a_row_have_failed() -> None:
    state, _ = watch([*map(down, range(7)), calm(7), down(8), down(9)])

    assert [one.message for one in state.open_alerts] == ["No valid book in 7 looks in a row (timed out)"]


def test_a_standing_alert_takes_the_values_of_a_worse_observation_under_the_same_id() -> None:
    state, [first, worse] = watch(spreads(0.066, 0.066, 0.12, 0.066))
    _, [cleared] = watch(calms(4), state)

    assert (first.severity, worse.severity, cleared.severity) == ("LOW", "HIGH", "HIGH")
    assert (worse.alert_id, worse.timestamp, worse.state) == (first.alert_id, first.timestamp, "raised")
    assert worse.message == "Spread widened by 140.0% (current: 0.120%, baseline: 0.050%)"
    assert state.open_alerts == (worse,)
    assert cleared == worse.model_copy(update={"state": "cleared", "cleared_at": NOON + timedelta(minutes=4)})


def test_an_alert_that_somebody_has_seen_stays_acknowledged_when_it_gets_worse() -> None:
    _, [raised] = watch(spreads(0.066, 0.066))
    seen = raised.model_copy(update={"acknowledged_at": NOON + timedelta(minutes=1)})

    state, _ = watch([calm(2, spread_pct=0.2), calm(3, spread_pct=0.2)], resume([seen]))

    assert [(one.severity, one.acknowledged_at) for one in state.open_alerts] == [("HIGH", seen.acknowledged_at)]


@pytest.mark.parametrize(
    ("changed", "alert_type", "severity", "message"),
    [
        ({"depth_usd": 6.9e5}, "DEPTH_DROP", "LOW", "Depth within 5% dropped by 31.0% (current: $690,000, baseline: $1.00 million)"),
        ({"imbalance_pct": -45}, "IMBALANCE", "MEDIUM", "Imbalance within 5% moved 45.0 points towards asks (current: -45.00%, baseline: 0.000%)"),
        ({"imbalance_pct": 61}, "IMBALANCE", "HIGH", "Imbalance within 5% moved 61.0 points towards bids (current: 61.00%, baseline: 0.000%)"),
    ],
)
def test_depth_and_imbalance_are_watched_like_the_spread(changed: dict[str, float], alert_type: str, severity: str, message: str) -> None:
    _, events = watch([calm(0, **changed), calm(1, **changed), *calms(2)])

    assert brief(events) == [(1, alert_type, "raised"), (2, alert_type, "cleared")]
    assert (events[0].severity, events[0].message) == (severity, message)


@pytest.mark.parametrize(("times", "severity"), [(1.3, "LOW"), (1.4, "MEDIUM"), (1.6, "HIGH")])
def test_exactly_the_threshold_counts_whatever_rounding_leaves_of_it(times: float, severity: str) -> None:
    found = Counter[str]()
    for middle in range(1, 2_000):
        spread_pct, usual = times * middle / 1_000, replace(USUAL, spread_median_pct=middle / 1_000)
        seen = replace(look(calm(0)), figures=look(calm(0)).figures._replace(spread_pct=spread_pct))  # type: ignore[union-attr]
        state, _ = step(AlertState(), observe(seen, usual, MINUTE))
        found.update(alert.severity for alert in step(state, observe(replace(seen, at=NOON + timedelta(minutes=1)), usual, MINUTE))[1])

    assert found == {severity: 1_999}


def test_a_tighter_spread_and_a_deeper_book_are_no_anomalies() -> None:
    assert watch([calm(minute, spread_pct=0.001, depth_usd=9e6) for minute in range(4)])[1] == []


def test_a_depth_drop_of_90_per_cent_is_severe_at_any_threshold() -> None:
    [[ninety], [less]] = (watch([calm(0, depth_usd=depth), calm(1, depth_usd=depth)], AlertState(80))[1] for depth in (0.99e5, 1.01e5))

    assert (ninety.severity, less.severity) == ("HIGH", "LOW")


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


def test_a_move_over_a_missed_look_is_measured_against_a_longer_walk() -> None:
    def raised(mid: float) -> int:
        return len(watch([calm(0), calm(2, mid=mid)])[1])

    assert [raised(100.42), raised(100.43)] == [0, 1]  # 6 * 0.05 * sqrt(2) = 0.424


@pytest.mark.parametrize(("minutes", "within"), [(0.5, "one interval"), (1.1, "one interval"), (2, "two intervals"), (2.5, "two intervals")])
def test_a_move_is_told_with_the_intervals_that_it_took(minutes: float, within: str) -> None:
    [alert] = watch([calm(0), calm(minutes, mid=97)])[1]

    assert alert.message.startswith(f"Price fell by 3.00% within {within} (")


def test_nothing_is_compared_or_counted_over_a_gap() -> None:
    _, events = watch([calm(0), calm(1, spread_pct=0.2), calm(3.6, spread_pct=0.2, mid=150), calm(6.2, spread_pct=0.2, mid=200)])

    assert events == []


def test_looks_that_fail_long_after_one_another_are_no_outage() -> None:
    assert watch([calm(0), down(1), down(61), down(121)])[1] == []


def test_two_failed_looks_in_a_row_are_an_outage_that_ends_with_the_first_of_five_valid_books() -> None:
    state, [raised] = watch([calm(0), down(1), down(2), down(3), *calms(4)[:-1]])
    _, [cleared] = watch([calm(8)], state)
    events = [raised, cleared]

    assert brief(events) == [(2, "VENUE_OUTAGE", "raised"), (4, "VENUE_OUTAGE", "cleared")]
    assert events[0].alert_id == "kraken-btc-usd-venue-outage-20260809t120200z"
    assert events[0].message == "No valid book in 2 looks in a row (timed out)"
    assert (events[0].severity, events[0].requires_action, events[0].unit, events[0].current_value) == ("HIGH", True, "count", 2)
    assert (events[0].baseline_value, events[0].deviation_percentage, events[0].z_score) == (None, None, None)


def test_one_failed_look_is_no_outage_and_interrupts_nothing() -> None:
    _, events = watch([calm(0), calm(1, depth_usd=1e5), down(2), calm(3, depth_usd=1e5)])

    assert brief(events) == [(3, "DEPTH_DROP", "raised")]


def test_failed_looks_in_quick_succession_are_no_outage_before_the_time_has_passed() -> None:
    _, events = watch([calm(0), down(0.1), down(0.2), down(1.4), down(1.6)])

    assert brief(events) == [(1.6, "VENUE_OUTAGE", "raised")]


def test_a_watch_that_starts_in_an_outage_raises_it_with_the_second_look() -> None:
    assert brief(watch([down(0), down(1)], usual=None)[1]) == [(1, "VENUE_OUTAGE", "raised")]


def test_after_an_outage_comparisons_start_anew() -> None:
    _, events = watch([calm(0), calm(1, spread_pct=0.2), down(2), down(3), calm(3.4, mid=150, spread_pct=0.2), calm(4.4, mid=150, spread_pct=0.2)])

    assert brief(events) == [(3, "VENUE_OUTAGE", "raised"), (4.4, "SPREAD_WIDENING", "raised")]


def test_an_alert_stands_through_an_outage_and_a_gap() -> None:
    looks = [calm(0, depth_usd=1e5), calm(1, depth_usd=1e5), down(2), down(3), calm(4, depth_usd=1e5), calm(90, depth_usd=1e5), *calms(91)]

    _, events = watch(looks)

    assert brief(events) == [(1, "DEPTH_DROP", "raised"), (3, "VENUE_OUTAGE", "raised"), (90, "VENUE_OUTAGE", "cleared"), (91, "DEPTH_DROP", "cleared")]


def test_an_alert_from_before_a_gap_ends_with_the_first_look_that_does_not_still_deviate() -> None:
    bad = {"spread_pct": 0.2, "depth_usd": 1e5, "imbalance_pct": 50}

    state, _ = watch([calm(minute, **bad) for minute in (0, 1)])
    state, events = watch([down(600), calm(601, depth_usd=1e5, imbalance_pct=25), calm(602, imbalance_pct=0)], state)

    assert brief(events) == [(601, "SPREAD_WIDENING", "cleared")]
    assert [one.alert_type for one in state.open_alerts] == ["DEPTH_DROP", "IMBALANCE"]


def test_a_price_that_jumped_before_a_gap_is_over_after_it() -> None:
    _, events = watch([calm(0), calm(1, mid=101), calm(600, mid=150), calm(601, mid=150)])

    assert brief(events) == [(1, "PRICE_ANOMALY", "raised"), (600, "PRICE_ANOMALY", "cleared")]


def test_an_outage_from_before_a_gap_ends_with_a_valid_book_unless_a_look_has_failed_again() -> None:
    before = [down(0), down(1)]

    assert brief(watch([*before, calm(600)])[1]) == [(1, "VENUE_OUTAGE", "raised"), (600, "VENUE_OUTAGE", "cleared")]
    assert brief(watch([*before, down(600), *calms(601)[:-1]])[1]) == [(1, "VENUE_OUTAGE", "raised")]
    assert brief(watch([*before, down(600), *calms(601)])[1]) == [(1, "VENUE_OUTAGE", "raised"), (601, "VENUE_OUTAGE", "cleared")]


def test_an_alert_whose_figure_cannot_be_told_any_more_stands_for_ten_looks() -> None:
    before = [calm(0, depth_usd=1e5), calm(1, depth_usd=1e5)]
    short = [calm(minute).model_copy(update={"depth": calm(0).depth[:5]}) for minute in range(2, 30)]

    seen_again = [*before, *short[:10], calm(12, depth_usd=1e5), *(calm(minute, depth_usd=1e5) for minute in range(13, 20))]

    assert brief(watch([*before, *short])[1]) == [(1, "DEPTH_DROP", "raised"), (12, "DEPTH_DROP", "cleared")]
    assert brief(watch(seen_again)[1]) == [(1, "DEPTH_DROP", "raised")]


def test_a_watch_that_starts_anew_ends_what_it_has_no_norm_to_judge_by() -> None:
    before, _ = watch(spreads(0.2, 0.2))

    assert brief(watch([calm(30)], resume(before.open_alerts), usual=None)[1]) == [(30, "SPREAD_WIDENING", "cleared")]


def test_of_several_alerts_of_one_kind_the_oldest_is_taken_up_and_the_others_end_with_the_next_book() -> None:
    _, [first] = watch(spreads(0.2, 0.2))
    second, third = (first.model_copy(update={"alert_id": f"again-{hour}", "timestamp": first.timestamp + timedelta(hours=hour)}) for hour in (1, 2))

    state, events = watch([down(300), calm(301, spread_pct=0.2)], resume([third, second, first]))

    assert state.open_alerts == (first,)
    assert events == [one.model_copy(update={"state": "cleared", "cleared_at": NOON + timedelta(minutes=301)}) for one in (second, third)]


def test_incidents_of_several_kinds_are_told_apart() -> None:
    bad = [calm(minute, spread_pct=0.2, depth_usd=1e5, imbalance_pct=50, mid=110) for minute in (1, 2)]

    _, events = watch([calm(0), *bad])

    assert brief(events) == [(1, "PRICE_ANOMALY", "raised"), (2, "SPREAD_WIDENING", "raised"), (2, "DEPTH_DROP", "raised"), (2, "IMBALANCE", "raised")]


def test_an_observation_that_is_not_newer_is_passed_over() -> None:
    state, _ = watch([calm(1, spread_pct=0.2)])

    assert watch([calm(1, spread_pct=0.2), calm(0.5, spread_pct=0.2)], state) == (state, [])


def test_without_a_norm_only_outages_and_rules_are_judged() -> None:
    rule = parse("BTC spread > 10 bps", "kraken")
    looks = [calm(minute, spread_pct=0.2, depth_usd=1, mid=100 * 2**minute) for minute in range(3)]

    _, events = watch([*looks, down(3), down(4)], AlertState(rules=(rule,)), usual=None)

    assert brief(events) == [(1, "RULE", "raised"), (4, "VENUE_OUTAGE", "raised")]
    assert events[0].sample_count == 0


def test_a_book_that_does_not_reach_the_band_proves_no_drop() -> None:
    short = [calm(minute, depth_usd=1e5).model_copy(update={"depth": calm(0).depth[:5]}) for minute in (0, 1)]
    bounds = [snapshot(after_s=60 * minute, best_bid=99.975, best_ask=100.025, depth_usd=1e5, ask_complete=[True] * 5 + [False]) for minute in (0, 1)]

    assert watch(short)[1] == []
    assert watch(bounds)[1] == []


def test_imported_snapshots_are_judged_by_their_depth_within_1_per_cent() -> None:
    usual = replace(USUAL, depth_band_pct=1.0, depth_complete=False, imbalance_median_pct=None, imbalance_mad_pct=None)
    looks = [snapshot(after_s=60 * minute, best_bid=99.975, best_ask=100.025, depth=[], liquidity_1pct_usd=4e5) for minute in (0, 1)]

    [alert] = watch(looks, usual=usual)[1]

    assert alert.message == "Depth within 1% dropped by 60.0% (current: $400,000, baseline: $1.00 million)"


def test_a_figure_that_never_varied_has_no_z_score() -> None:
    [alert] = watch(spreads(0.1, 0.1), usual=replace(USUAL, spread_mad_pct=0.0))[1]

    assert alert.z_score is None


def test_a_watch_that_starts_anew_clears_the_alerts_that_stood_and_raises_none_twice() -> None:
    before, [raised] = watch(spreads(0.2, 0.2))

    state, events = watch([calm(30, spread_pct=0.2), calm(31, spread_pct=0.2), *calms(32)], resume(before.open_alerts))

    assert before.open_alerts == (raised,)
    assert events == [raised.model_copy(update={"state": "cleared", "cleared_at": NOON + timedelta(minutes=32)})]
    assert state.open_alerts == ()


def test_a_rule_fires_after_two_observations_and_clears_when_back_by_a_margin() -> None:
    rule = parse("BTC spread on kraken > 6 bps", "binance")
    looks = spreads(0.05, 0.061, 0.061, 0.059, 0.0595, 0.053, 0.0539, 0.05, 0.05, 0.05)

    _, events = watch(looks, AlertState(rules=(rule,)))

    assert brief(events) == [(2, "RULE", "raised"), (5, "RULE", "cleared")]
    assert events[0].alert_id == f"kraken-btc-usd-{rule.rule_id}-20260809t120200z"
    assert (events[0].message, events[0].rule) == ("BTC spread on kraken > 6 bps: now 6.10 bps", rule.text)
    assert (events[0].unit, events[0].current_value, events[0].baseline_value) == ("bps", pytest.approx(6.1), 6)
    assert (events[0].deviation_percentage, events[0].severity) == (pytest.approx(100 / 60), "LOW")


def test_a_rule_is_over_where_its_figure_stays_on_the_right_side_of_its_value_if_only_by_a_little() -> None:
    rule = parse("BTC spread on kraken > 5 bps", "kraken")

    _, events = watch(spreads(0.048, 0.051, 0.051, *[0.048] * 5), AlertState(rules=(rule,)), usual=None)

    assert brief(events) == [(2, "RULE", "raised"), (3, "RULE", "cleared")]


@pytest.mark.parametrize(
    ("said", "quiet", "firing", "severity", "near", "back"),
    [
        ("spread > 0.1%", {}, {"spread_pct": 0.15}, "MEDIUM", {"spread_pct": 0.0985}, {"spread_pct": 0.0975}),
        ("depth within 5% below $1m", {"depth_usd": 2e6}, {"depth_usd": 4.9e5}, "HIGH", {"depth_usd": 1.015e6}, {"depth_usd": 1.025e6}),
        ("bid depth within 5% > 400k", {"depth_usd": 1e5}, {"depth_usd": 9e5}, "LOW", {"depth_usd": 7.9e5}, {"depth_usd": 7.8e5}),
        ("imbalance > 40%", {}, {"imbalance_pct": 90}, "HIGH", {"imbalance_pct": 39.5}, {"imbalance_pct": 38.5}),
        ("imbalance < -40%", {}, {"imbalance_pct": -55}, "MEDIUM", {"imbalance_pct": -39.5}, {"imbalance_pct": -38.5}),
        ("imbalance < 0%", {"imbalance_pct": 9}, {"imbalance_pct": -55}, "LOW", {"imbalance_pct": 0.5}, {"imbalance_pct": 1.5}),
        ("price < 90", {}, {"mid": 89}, "LOW", {"mid": 90.05}, {"mid": 90.1}),
    ],
)
def test_every_kind_of_rule_fires_and_clears(
    said: str, quiet: dict[str, float], firing: dict[str, float], severity: str, near: dict[str, float], back: dict[str, float]
) -> None:
    state = AlertState(rules=(parse(f"BTC {said}", "kraken"),))
    shown = [quiet, quiet, firing, firing, *[near] * CALM_LOOKS, *[back] * CALM_LOOKS]

    _, events = watch([calm(minute, **changed) for minute, changed in enumerate(shown)], state, usual=None)

    assert brief(events) == [(3, "RULE", "raised"), (9, "RULE", "cleared")]
    assert events[0].severity == severity


def test_the_alert_of_a_rule_that_was_removed_is_cleared_with_the_next_book() -> None:
    rule = parse("BTC spread > 6 bps", "kraken")
    state, [raised] = watch(spreads(0.07, 0.07), AlertState(rules=(rule,)), usual=None)

    _, events = watch([calm(2, spread_pct=0.07)], resume(state.open_alerts), usual=None)

    assert [(one.alert_id, one.state) for one in events] == [(raised.alert_id, "cleared")]


def test_an_id_is_one_word_on_the_command_line_whatever_the_market_is_called() -> None:
    looks = [calm(minute, spread_pct=0.2).model_copy(update={"symbol": "币安/USDT:USDT", "exchange": "gate_io"}) for minute in (0, 1)]

    [alert] = watch(looks)[1]

    assert alert.alert_id == "gate-io-币安-usdt-usdt-spread-widening-20260809t120100z"
