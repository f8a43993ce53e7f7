"""One step of the watch: what raises an alert, what clears it, and what each says."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from make_books import NOON
from make_snapshots import snapshot
from make_watches import MINUTE, USUAL, brief, calm, calms, down, spreads, watch

from tools.analytics.anomalies import AlertState, observe, resume, step
from tools.analytics.look import look
from tools.analytics.rules import parse
from tools.analytics.snapshot import Snapshot


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
        "worst_at": None,
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
            "message": "Spread widened by 1,900.0% (current: 1.00%, baseline: 0.050%), reached at 12:03:00 UTC",
            "worst_at": NOON + timedelta(minutes=3),
        }
    )


def test_a_standing_alert_takes_the_values_of_a_worse_observation_under_the_same_id() -> None:
    state, [first, worse] = watch(spreads(0.066, 0.066, 0.12, 0.066))
    _, [cleared] = watch(calms(4), state)

    assert (first.severity, worse.severity, cleared.severity) == ("LOW", "HIGH", "HIGH")
    assert (worse.alert_id, worse.timestamp, worse.state) == (first.alert_id, first.timestamp, "raised")
    assert worse.message == "Spread widened by 140.0% (current: 0.120%, baseline: 0.050%), reached at 12:02:00 UTC"
    assert state.open_alerts == (worse,)
    assert cleared == worse.model_copy(update={"state": "cleared", "cleared_at": NOON + timedelta(minutes=4)})


def test_what_was_reached_on_another_day_than_the_alert_is_from_is_told_with_its_date() -> None:
    tonight = [calm(minute, spread_pct=spread_pct) for minute, spread_pct in ((718, 0.2), (719, 0.2), (720, 0.3))]

    state, _ = watch(tonight)

    assert [(one.timestamp, one.message.partition(", reached ")[2]) for one in state.open_alerts] == [
        (NOON + timedelta(minutes=719), "on 2026-08-10 at 00:00:00 UTC")
    ]


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


def test_an_id_is_one_word_on_the_command_line_whatever_the_market_is_called() -> None:
    looks = [calm(minute, spread_pct=0.2).model_copy(update={"symbol": "币安/USDT:USDT", "exchange": "gate_io"}) for minute in (0, 1)]

    [alert] = watch(looks)[1]

    assert alert.alert_id == "gate-io-币安-usdt-usdt-spread-widening-20260809t120100z"
