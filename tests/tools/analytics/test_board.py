"""The board of alerts."""

from datetime import timedelta

import pytest
from make_books import NOON
from make_snapshots import series

from tools.analytics.alerts import LiquidityAlert
from tools.analytics.board import WatchedMarket, board, standing
from tools.analytics.gaps import Gap

START = NOON - timedelta(hours=1)
NOW = NOON + timedelta(seconds=2)


def alert(after_min, cleared_min=None, **parts):
    made = {
        "alert_id": f"{after_min}",
        "timestamp": START + timedelta(minutes=after_min),
        "severity": "HIGH",
        "symbol": "BTC/USD",
        "exchange": "kraken",
        "source": "live",
        "alert_type": "SPREAD_WIDENING",
        "unit": "pct",
        "current_value": 0.09,
        "baseline_value": 0.05,
        "deviation_percentage": 80.0,
        "z_score": None,
        "sample_count": 60,
        "message": "Spread widened.",
        "suggested_action": "Wait.",
        "requires_action": True,
        "state": "raised" if cleared_min is None else "cleared",
        "cleared_at": None if cleared_min is None else START + timedelta(minutes=cleared_min),
    }
    return LiquidityAlert(**{**made, **parts})


def watched(**parts):
    return series(times_s=[-3_000, -1_800, -600], **{"start": START, "failed_s": [-3_300], **parts})


def test_alerts_stand_newest_first_and_are_counted_by_state_severity_and_type():
    old, new = alert(5, 10), alert(30, severity="LOW", alert_type="DEPTH_DROP")
    made = board([old, new], [watched()], "BTC", NOW)
    assert made.alerts == [new, old]
    assert made.open_count == 1
    assert made.by_severity == {"LOW": 1, "MEDIUM": 0, "HIGH": 1}
    assert made.by_type == {"SPREAD_WIDENING": 1, "DEPTH_DROP": 1, "IMBALANCE": 0, "PRICE_ANOMALY": 0, "VENUE_OUTAGE": 0, "RULE": 0}


def test_what_was_watched_is_told_from_the_first_to_the_last_look_with_those_that_failed():
    made = board([], [watched(), watched(exchange="coinbase", symbol="BTC/USDC", failed_s=[])], "BTC", NOW, {"gate": "nothing recorded"})
    assert made.watched == [
        WatchedMarket(
            exchange="kraken",
            symbol_used="BTC/USD",
            first=START + timedelta(minutes=5),
            last=NOON - timedelta(minutes=10),
            sample_count=3,
            failed_count=1,
            gaps=[],
        ),
        WatchedMarket(
            exchange="coinbase",
            symbol_used="BTC/USDC",
            first=START + timedelta(minutes=10),
            last=NOON - timedelta(minutes=10),
            sample_count=3,
            failed_count=0,
            gaps=[],
        ),
    ]
    assert (made.symbol, made.exchanges, made.failures, made.sample_count) == ("BTC", ["kraken", "coinbase"], {"gate": "nothing recorded"}, 6)
    assert (made.start, made.end, made.source, made.warnings) == (START, NOON, "live", [])


def test_a_stretch_in_which_nobody_looked_is_told_and_one_in_which_the_venue_failed_is_not():
    looks = [-60 * minute for minute in range(60, -1, -1) if not 20 < minute < 40]
    times, failed = [one for one in looks if not -900 < one < -300], range(-840, -300, 60)
    (one,) = board([], [series(times_s=times, start=START, failed_s=list(failed))], "BTC", NOW).watched
    assert one.gaps == [Gap(start=NOON - timedelta(minutes=40), end=NOON - timedelta(minutes=20), cause="not recorded")]


def test_a_board_is_as_old_as_the_exchange_whose_newest_snapshot_is_oldest():
    made = board([], [watched(), series(start=START)], "BTC", NOW)
    assert (made.as_of, made.age_ms) == (NOON - timedelta(minutes=10), 602_000)


def test_a_market_that_nobody_looked_at_is_a_warning_and_has_no_times():
    made = board([], [series(times_s=[], start=START, exchange="gate")], "BTC", NOW)
    assert made.watched == [WatchedMarket(exchange="gate", symbol_used="BTC/USD", first=None, last=None, sample_count=0, failed_count=0, gaps=[])]
    assert made.warnings == ["Nothing of BTC/USD on gate was recorded in this window, so no alert could be raised or cleared there."]


@pytest.mark.parametrize(("cleared_min", "stood"), [(None, True), (59, False), (60, False), (61, True)])
def test_an_alert_that_was_cleared_after_the_window_still_stood_at_its_end(cleared_min, stood):
    one = alert(30, cleared_min)
    assert standing(one, NOON) is stood
    assert board([one], [watched()], "BTC", NOW).open_count == stood


@pytest.mark.parametrize(
    ("minutes", "cleared_min", "unsure"), [(range(61), None, False), (range(58), None, True), (range(58), 50, False), (range(59), None, False)]
)
def test_where_nobody_has_looked_lately_it_is_said_that_an_alert_may_not_stand_any_more(minutes, cleared_min, unsure):
    of = series(times_s=[60 * minute - 3_600 for minute in minutes], start=START)
    made = board([alert(30, cleared_min)], [of, series(times_s=[-3_600, -60, 0], start=START, exchange="okx")], "BTC", NOW)
    said = "BTC/USD on kraken was last looked at 2026-08-09 11:57:00 UTC, so whether its alerts still stand is not known."
    assert made.warnings == ([said] if unsure else [])


def test_sources_are_never_mixed_on_one_board():
    with pytest.raises(ValueError, match="different sources"):
        board([alert(5, source="simulated")], [watched()], "BTC", NOW)
