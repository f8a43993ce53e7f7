"""The board of alerts."""

from datetime import timedelta

import make_alerts
import pytest
from make_books import NOON
from make_snapshots import series

from tools.analytics.board import WatchedMarket, board, standing, watch
from tools.analytics.gaps import Gap

START = NOON - timedelta(hours=1)


def alert(after_min, cleared_min=None, **parts):
    """One that was raised, and cleared where that is given, so many minutes after START."""
    over = {} if cleared_min is None else {"state": "cleared", "cleared_at": START + timedelta(minutes=cleared_min)}
    return make_alerts.alert(f"{after_min}", timestamp=START + timedelta(minutes=after_min), **{"severity": "HIGH", **over, **parts})


def looked(**parts):
    return series(times_s=[-3_000, -1_800, -600], **{"start": START, "failed_s": [-3_300], **parts})


def a_minute_apart(minutes=range(61), **parts):
    return series(times_s=[60 * minute - 3_600 for minute in minutes], start=START, **parts)


def boarded(of, alerts=(), asked="BTC", failures=None):
    """The board of these series, each with its own among the alerts."""
    own = [watch(one, [alert for alert in alerts if (alert.exchange, alert.symbol) == (one.exchange, one.symbol)]) for one in of]
    return board(asked, "live", (START, NOON), NOON, own, alerts, failures or {})


def market(**parts):
    calm = {"late": False, "failed_count": 0, "open_count": 0, "cleared_count": 0, "gaps": []}
    return WatchedMarket(**{"exchange": "kraken", "symbol_used": "BTC/USD", **calm, **parts})


def test_alerts_stand_newest_first_and_are_counted_by_state_severity_and_type():
    old, new = alert(5, 10), alert(30, severity="LOW", alert_type="DEPTH_DROP")
    made = boarded([looked()], [old, new])
    assert made.alerts == [new, old]
    assert (made.open_count, made.watched[0].open_count, made.watched[0].cleared_count) == (1, 1, 1)
    assert made.by_severity == {"LOW": 1, "MEDIUM": 0, "HIGH": 1}
    assert made.by_type == {"SPREAD_WIDENING": 1, "DEPTH_DROP": 1, "IMBALANCE": 0, "PRICE_ANOMALY": 0, "VENUE_OUTAGE": 0, "RULE": 0}


def test_what_was_watched_is_told_from_the_first_to_the_last_look_with_those_that_failed():
    made = boarded([looked(), looked(exchange="coinbase", symbol="BTC/USDC", failed_s=[])], failures={"gate": "nothing recorded"})
    last = NOON - timedelta(minutes=10)
    assert made.watched == [
        market(first=START + timedelta(minutes=5), last=last, sample_count=3, failed_count=1, watched_pct=75),
        market(
            exchange="coinbase",
            symbol_used="BTC/USDC",
            first=START + timedelta(minutes=10),
            last=last,
            sample_count=3,
            watched_pct=200 / 3,
        ),
    ]
    assert (made.symbol, made.exchanges, made.failures, made.sample_count) == ("BTC", ["kraken", "coinbase"], {"gate": "nothing recorded"}, 6)
    assert (made.start, made.end, made.source, made.warnings) == (START, NOON, "live", [])


def test_a_stretch_in_which_nobody_looked_is_told_and_one_in_which_the_venue_failed_is_not():
    looks = [minute for minute in range(61) if not 20 < minute < 40 and not 45 < minute < 55]
    (one,) = boarded([a_minute_apart(looks, failed_s=[-60 * minute for minute in range(6, 15)])]).watched
    assert one.gaps == [Gap(start=START + timedelta(minutes=20), end=START + timedelta(minutes=40), cause="not recorded")]
    assert one.watched_pct == pytest.approx(100 * 40 / 60)


def test_of_a_window_that_is_no_time_at_all_nothing_was_watched():
    assert watch(series(times_s=[], start=NOON), []).watched_pct == 0


def test_one_failed_look_does_not_make_a_gap_watched():
    looks = [minute for minute in range(61) if not 20 < minute < 50]
    (one,) = boarded([a_minute_apart(looks, failed_s=[-1_800])]).watched
    assert [(gap.start - START, gap.end - START) for gap in one.gaps] == [
        (timedelta(minutes=20), timedelta(minutes=30)),
        (timedelta(minutes=30), timedelta(minutes=50)),
    ]


def test_a_stretch_between_the_last_book_and_a_look_that_failed_is_a_gap_too():
    (one,) = boarded([a_minute_apart(range(21), failed_s=[-60, 0])]).watched
    assert [(gap.start - START, gap.end - START) for gap in one.gaps] == [(timedelta(minutes=20), timedelta(minutes=59))]
    assert (one.last, one.late) == (NOON, False)


def test_every_stretch_in_which_nobody_looked_is_told_however_many_outages_were_longer():
    out = [range(60 * hour, 60 * hour + 50) for hour in range(1, 8)]
    failed = {minute for one in out for minute in one}
    looks = [minute for minute in range(601) if minute not in failed and not 530 < minute < 540]
    of = series(times_s=[60.0 * (minute - 600) for minute in looks], failed_s=[60.0 * (minute - 600) for minute in sorted(failed)])
    assert [gap.start - NOON for gap in watch(of, []).gaps] == [timedelta(minutes=-70)]


@pytest.mark.parametrize(("before_s", "late"), [(0, False), (750, False), (751, True)])
def test_a_market_is_looked_at_as_often_as_it_was_lately_and_not_as_in_most_of_the_window(before_s, late):
    """Every ten seconds at first, then every five minutes, of which every second look failed."""
    taken, failed = [*range(-3_600, -2_400, 10), *range(-2_400, 1, 600)], range(-2_100, 1, 600)
    (one,) = boarded([series(times_s=[at - before_s for at in taken], failed_s=[at - before_s for at in failed], start=START)]).watched
    assert (one.last, one.late) == (NOON - timedelta(seconds=before_s), late)


def test_a_board_is_as_old_as_the_market_whose_last_look_is_oldest():
    made = boarded([looked(), series(start=START)])
    assert (made.as_of, made.age_ms) == (NOON - timedelta(minutes=10), 600_000)


def test_a_market_that_nobody_looks_at_any_more_does_not_date_the_board_unless_there_is_no_other():
    late, none = a_minute_apart(range(30)), series(times_s=[], start=START, exchange="gate")
    assert [one.late for one in boarded([late, none, series(start=START, exchange="okx")]).watched] == [True, True, False]
    assert boarded([late, none, series(start=START, exchange="okx")]).as_of == NOON
    assert boarded([late, none]).as_of == START + timedelta(minutes=29)
    assert boarded([none]).as_of == NOON


def test_a_market_that_nobody_looked_at_is_a_warning_and_has_no_times():
    made = boarded([series(times_s=[], start=START, exchange="gate")])
    assert made.watched == [market(exchange="gate", first=None, last=None, late=True, sample_count=0, watched_pct=0)]
    assert made.warnings == ["Nothing of BTC/USD on gate was recorded in this window, so no alert could be raised or cleared there."]


def test_of_many_markets_that_nobody_looked_at_one_warning_names_some():
    def said(count):
        return boarded([series(times_s=[], start=START, symbol=f"{letter}/USD") for letter in "ABCDEFGHI"[:count]], asked="").warnings

    assert said(2) == ["Nothing of A/USD on kraken and B/USD on kraken was recorded in this window, so no alert could be raised or cleared there."]
    assert said(9)[0].startswith("Nothing of A/USD on kraken, ")
    assert ", F/USD on kraken and 3 more markets was recorded" in said(9)[0]


@pytest.mark.parametrize(("cleared_min", "stood"), [(None, True), (59, False), (60, False), (61, True)])
def test_an_alert_that_was_cleared_after_the_window_still_stood_at_its_end(cleared_min, stood):
    one = alert(30, cleared_min)
    assert standing(one, NOON) is stood
    assert boarded([looked()], [one]).open_count == stood


@pytest.mark.parametrize(
    ("minutes", "cleared_min", "unsure"), [(range(61), None, False), (range(58), None, True), (range(58), 50, False), (range(59), None, False)]
)
def test_where_nobody_has_looked_lately_it_is_said_that_an_alert_may_not_stand_any_more(minutes, cleared_min, unsure):
    made = boarded([a_minute_apart(minutes), series(times_s=[-3_600, -60, 0], start=START, exchange="okx")], [alert(30, cleared_min)])
    said = "BTC/USD on kraken was last looked at 2026-08-09 11:57:00 UTC, so whether its alerts still stand is not known."
    assert made.warnings == ([said] if unsure else [])


def test_of_several_markets_with_alerts_that_nobody_has_looked_at_lately_one_warning_tells():
    late = [a_minute_apart(range(50), exchange=exchange) for exchange in ("kraken", "okx")]
    (said,) = boarded(late, [alert(30), alert(30, exchange="okx")]).warnings
    assert said == (
        "Nobody has looked lately at BTC/USD on kraken (2026-08-09 11:49:00 UTC) and BTC/USD on okx (2026-08-09 11:49:00 UTC),"
        " so whether the alerts there still stand is not known."
    )


def test_of_all_markets_those_come_first_whose_standing_alert_is_gravest_then_those_nobody_looks_at_then_those_that_had_one():
    def of(exchange, minutes=range(61)):
        return a_minute_apart(minutes, exchange=exchange)

    alerts = [
        alert(5, 10, exchange="cleared"),
        alert(50, exchange="low", severity="LOW"),
        alert(20, exchange="high"),
        alert(30, exchange="high", severity="LOW", alert_type="DEPTH_DROP"),
    ]
    recorded = [of("calm"), of("cleared"), of("high"), of("late", range(20)), of("low")]
    assert boarded(recorded, alerts, asked="").exchanges == ["calm", "cleared", "high", "late", "low"]
    assert [one.exchange for one in boarded(recorded, alerts, asked="").watched] == ["high", "low", "late", "cleared", "calm"]
    assert [one.exchange for one in boarded(recorded, alerts).watched] == ["calm", "cleared", "high", "late", "low"]


def test_sources_are_never_mixed_on_one_board():
    with pytest.raises(ValueError, match="different sources"):
        boarded([looked()], [alert(5, source="simulated")])
