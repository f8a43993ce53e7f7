"""Looks that fail, looks that nobody took, and watches that start anew: what then becomes of alerts."""

from datetime import timedelta

from make_books import NOON
from make_watches import brief, calm, calms, down, spreads, watch

from tools.analytics.anomalies import resume


def test_an_exchange_that_comes_and_goes_all_day_is_one_outage() -> None:
    state, events = watch([down(minute) if minute % 4 < 2 else calm(minute) for minute in range(360)])
    _, [cleared] = watch(calms(360), state)

    assert brief(events) == [(1, "VENUE_OUTAGE", "raised")]
    assert brief([cleared]) == [(358, "VENUE_OUTAGE", "cleared")]


def test_an_outage_says_how_many_looks_in_a_row_have_failed() -> None:
    state, _ = watch([*map(down, range(7)), calm(7), down(8), down(9)])

    assert [one.message for one in state.open_alerts] == ["No valid book in 7 looks in a row (timed out), reached at 12:06:00 UTC"]


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


def test_a_watch_that_starts_anew_clears_the_alerts_that_stood_and_raises_none_twice() -> None:
    before, [raised] = watch(spreads(0.2, 0.2))

    state, events = watch([calm(30, spread_pct=0.2), calm(31, spread_pct=0.2), *calms(32)], resume(before.open_alerts))

    assert before.open_alerts == (raised,)
    assert events == [raised.model_copy(update={"state": "cleared", "cleared_at": NOON + timedelta(minutes=32)})]
    assert state.open_alerts == ()
