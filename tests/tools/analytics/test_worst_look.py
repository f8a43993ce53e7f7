"""Which look an alert that stands keeps: the most severe, among those the strongest, among those the first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import make_watches
from make_books import NOON
from make_snapshots import series, snapshot
from make_watches import MINUTE, watch

from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import report
from tools.analytics.look import look
from tools.analytics.snapshot import Snapshot

# As wide as the snapshots are.
USUAL = replace(make_watches.USUAL, spread_median_pct=0.1)


def priced(minute: float, mid: float) -> Snapshot:
    return snapshot(after_s=MINUTE * minute, best_bid=mid * 0.9995, best_ask=mid * 1.0005)


def standing(looks: Sequence[Snapshot]) -> LiquidityAlert:
    """The one alert that stands after the looks."""
    state, _ = watch(looks, usual=USUAL)
    [alert] = state.open_alerts
    return alert


def test_of_depth_it_is_the_one_with_the_least() -> None:
    alert = standing([snapshot(after_s=MINUTE * minute, depth_usd=depth) for minute, depth in enumerate((6.9e5, 6.9e5, 6.2e5, 6.5e5))])

    assert (alert.severity, alert.current_value, alert.deviation_percentage) == ("LOW", 6.2e5, -38.0)


def test_of_a_fall_of_the_price_it_is_the_deepest() -> None:
    alert = standing([priced(0, 100), priced(1, 99.6), priced(2, 99.1)])

    assert (alert.severity, round(alert.deviation_percentage or 0, 2)) == ("MEDIUM", -0.5)


def test_of_two_as_strong_it_is_the_first() -> None:
    alert = standing([snapshot(after_s=MINUTE * minute, imbalance_pct=side) for minute, side in enumerate((50, 50, -50))])

    assert (alert.deviation_percentage, alert.message.partition(" (")[0]) == (50.0, "Imbalance within 5% moved 50.0 points towards bids")


def test_a_larger_move_that_is_less_severe_because_it_took_longer_is_not_kept() -> None:
    fast = [priced(0, 100), priced(1, 100.61)]
    slow = priced(3, 100.61 * 1.007)

    alone, both = standing([priced(1, 100.61), slow]), standing([*fast, slow])

    assert (standing(fast).severity, alone.severity) == ("HIGH", "MEDIUM")
    assert both == standing(fast)


def test_a_worse_look_after_nobody_had_watched_is_no_part_of_an_alert_that_is_told_as_it_was_stored() -> None:
    """Whoever watches takes it up, and the report tells what is stored."""
    calm, later = series(spread_pct=[0.1] * 61), NOON + timedelta(hours=1)
    wide = look(snapshot(after_s=3_600, best_bid=99.0, best_ask=101.0))
    slight = standing([snapshot(after_s=MINUTE * (minute - 9), best_bid=99.9325, best_ask=100.0675) for minute in range(3)])

    told = report(calm, "BTC", wide, 30, 24, later, (), [slight])

    assert (slight.severity, told.alerts) == ("LOW", [slight])


def test_a_figure_that_is_calm_again_is_not_said_to_be_beyond_its_limit() -> None:
    wide = standing([snapshot(after_s=MINUTE * (minute - 12), best_bid=99.9, best_ask=100.1) for minute in range(3)])
    over = wide.model_copy(update={"state": "cleared", "cleared_at": NOON - timedelta(minutes=5)})

    told = report(series(spread_pct=[0.1] * 60 + [0.2] * 15), "BTC", look(snapshot(after_s=MINUTE)), 30, 24, NOON + timedelta(minutes=1), (), [over])

    assert (told.alerts, told.cleared, told.checked[0].outcome, told.checked[0].note) == ([], [over], "normal", "")


def test_an_alert_that_was_over_before_nobody_watched_is_told_with_the_time_at_which_it_ended() -> None:
    wide = standing([snapshot(after_s=MINUTE * (minute - 30), best_bid=99.9, best_ask=100.1) for minute in range(3)])
    over = wide.model_copy(update={"state": "cleared", "cleared_at": NOON - timedelta(minutes=20)})

    told = report(series(spread_pct=[0.1] * 61), "BTC", look(snapshot(after_s=3_600)), 30, 24, NOON + timedelta(hours=1), (), [over])

    assert (told.alerts, told.cleared) == ([], [over])
