"""What answers over time say of gaps, of many alerts, and of what failed, from results made by hand."""

from datetime import timedelta

import numpy as np
import pytest
from make_alerts import alert as made
from make_books import NOON
from make_snapshots import series

from agent.answers import render
from agent.rules.conversation import Topic
from agent.rules.writing import Outcomes, alerting, normal, past
from tools.analytics.anomalies import AnomalyReport, Check
from tools.analytics.baseline import baseline
from tools.analytics.forecast import Outlook
from tools.analytics.rules import AlertRules, RuleStatus
from tools.analytics.trend import trend

SOL = Topic("history", ("SOL",), ("kraken",))


def alert(hours_ago, **changes):
    told = {"message": f"Depth dropped {hours_ago} hours ago", "suggested_action": "Split the order."}
    return made(f"a{hours_ago}", after_s=-3_600 * hours_ago, symbol="SOL/USD", alert_type="DEPTH_DROP", **told, **changes)


def report(alerts=(), cleared=(), checked=(), **changes):
    values = {
        "source": "live",
        "as_of": NOON,
        "age_ms": 0,
        "warnings": [],
        "symbol": "SOL",
        "symbol_used": "SOL/USD",
        "exchange": "kraken",
        "threshold_pct": 30,
        "lookback_hours": 24,
        "sample_count": 1_440,
        "depth_band_pct": 1,
        "alerts": list(alerts),
        "cleared": list(cleared),
        "checked": list(checked),
    }
    return AnomalyReport(**{**values, **changes})


RULE = {
    "rule_id": "spread-1",
    "rule": "SOL spread on kraken > 5 bps",
    "symbol": "SOL",
    "exchange": "kraken",
    "metric": "spread",
    "value": 5,
    "unit": "bps",
    "created_at": NOON,
    "state": "quiet",
    "current_value": 1,
    "last_fired_at": None,
}


def said(write, **results):
    outcomes = Outcomes(results, {})
    return render(write(SOL, outcomes), outcomes.results)


def test_an_alert_says_since_when_what_happened_and_what_to_do():
    cleared = alert(5, state="cleared", cleared_at=NOON - timedelta(hours=4))
    assert said(alerting.alerts, alerts_kraken=report([alert(2)], [cleared])) == (
        "**Alert** for kraken (SOL/USD), by 1,440 samples of 24 h at a threshold of 30.00%:\n\n"
        "- **MEDIUM** 10:00 UTC: Depth dropped 2 hours ago *Split the order.*\n\n"
        "Alerts cleared within 24 h on kraken:\n\n"
        "- **MEDIUM** 07:00 UTC to 08:00 UTC: Depth dropped 5 hours ago"
    )


def test_of_several_exchanges_those_without_an_alert_share_a_sentence_and_what_cleared_a_list():
    cleared = alert(5, exchange="okx", state="cleared", cleared_at=NOON - timedelta(hours=4))
    reports = {
        "alerts_kraken": report(),
        "alerts_okx": report((), [cleared], exchange="okx", sample_count=1_390),
        "alerts_gate": report([alert(2)], exchange="gate"),
    }
    assert said(alerting.alerts, **reports) == (
        "**Alert** for gate (SOL/USD), by 1,440 samples of 24 h at a threshold of 30.00%:\n\n"
        "- **MEDIUM** 10:00 UTC: Depth dropped 2 hours ago *Split the order.*\n\n"
        "**No alert stands** for kraken (SOL/USD) and okx (SOL/USD), by 1,440 and 1,390 samples of 24 h at a threshold of 30.00%.\n\n"
        "Alerts cleared within 24 h:\n\n"
        "- **MEDIUM** on okx 07:00 UTC to 08:00 UTC: Depth dropped 5 hours ago"
    )


def check(alert_type="SPREAD_WIDENING", outcome="deviating", note=""):
    return Check(
        alert_type=alert_type,
        outcome=outcome,
        unit="pct",
        current_value=0.2,
        baseline_value=0.1,
        deviation_percentage=100,
        limit_percentage=30,
        z_score=None,
        note=note,
    )


SECOND = " at this look, and a second look in a row would raise one."


@pytest.mark.parametrize(
    ("checked", "sentence"),
    [
        ([check()], f"the spread is beyond it{SECOND}"),
        ([check(), check("IMBALANCE"), check("DEPTH_DROP", "normal")], f"the spread and the imbalance are beyond it{SECOND}"),
        ([check("RULE", note="SOL spread on kraken > 5 bps")], f"your rule SOL spread on kraken > 5 bps is met{SECOND}"),
        ([check(), check("RULE", note="SOL spread on kraken > 5 bps")], f"the spread is beyond it and your rule SOL spread on kraken > 5 bps is met{SECOND}"),
        ([check("SPREAD_WIDENING", "not checked"), check("VENUE_OUTAGE")], "there is no valid book at this look."),
    ],
)
def test_a_deviation_seen_once_is_said_of_its_exchange(checked, sentence):
    assert said(alerting.alerts, alerts_kraken=report(checked=checked), alerts_okx=report(exchange="okx")).startswith(
        f"**No alert stands** for kraken (SOL/USD) and okx (SOL/USD), by 1,440 samples each of 24 h at a threshold of 30.00%. On kraken {sentence}"
    )


def test_an_alert_whose_figure_is_calm_again_is_said_to_be_clearing_and_when_it_ends():
    checked = [check("DEPTH_DROP", "clearing"), check("VENUE_OUTAGE", "clearing"), check("SPREAD_WIDENING", "alert")]
    text = said(alerting.alerts, alerts_kraken=report([alert(2)], checked=checked))
    assert "\n\nCalm again at this look: the depth and the exchange's answers; the all-clear comes after 5 calm looks in a row.\n\n" in text
    assert "| depth | 0.200% | 0.100% | 100.00% | clearing |" in text


def test_alerts_lead_the_histories_of_several_exchanges():
    cleared = alert(5, state="cleared", cleared_at=NOON - timedelta(hours=4))
    histories = {
        f"history_{exchange}": trend(series(exchange=exchange, symbol="SOL/USD", spread_pct=[0.1] * 20), "SOL", NOON) for exchange in ("kraken", "okx")
    }
    text = said(past.history, **histories, alerts_kraken=report((), [cleared]), alerts_okx=report(exchange="okx"))
    told = "Alerts cleared within 24 h:\n\n- **MEDIUM** on kraken 07:00 UTC to 08:00 UTC: Depth dropped 5 hours ago\n\nNo alert on okx in that time."
    assert text.index("SOL from ") < text.index(told) < text.index("**Spread**")


def test_histories_whose_depth_is_of_different_bands_say_so_in_each_row():
    bands = {"kraken": [True] * 4 + [False] * 2, "okx": [True] * 3 + [False] * 3}
    histories = {
        f"history_{exchange}": trend(series(exchange=exchange, symbol="SOL/USD", spread_pct=[0.1] * 20, complete=np.array(known)), "SOL", NOON)
        for exchange, known in bands.items()
    }
    text = said(past.history, **histories)
    assert "**Depth, both sides**" in text
    assert "| kraken (SOL/USD), within 1% | " in text
    assert "| okx (SOL/USD), within 0.5% | " in text


def test_exchanges_without_a_forecast_say_why():
    missing = {"gate": 0, "kraken": 1, "okx": 0, "bybit": 3}
    usual = {
        f"baseline_{exchange}": baseline(series(exchange=exchange, symbol="SOL/USD", spread_pct=[0.1] * 20), "SOL", 24, None, NOON, None, Outlook(None, days))
        for exchange, days in missing.items()
    }
    assert said(normal.outlook, **usual).split("\n\n")[:3] == [
        "There is no forecast of SOL liquidity on kraken (SOL/USD): the stored history is too short for one, by about 1 day.",
        "There is no forecast of SOL liquidity on bybit (SOL/USD): the stored history is too short for one, by about 3 days.",
        "There is no forecast of SOL liquidity on gate (SOL/USD) and okx (SOL/USD): what the hours of the day tell of it does not beat a naive forecast.",
    ]


def test_a_rule_that_never_fired_says_never():
    rule = RuleStatus(**(RULE | {"would_have_fired": 0}))
    untried = RuleStatus(**(RULE | {"would_have_fired": None}))
    kept = AlertRules(source="live", as_of=NOON, age_ms=0, warnings=[], message="2 rules are stored.", tested_hours=24, rules=[rule, untried])
    rows = said(alerting.rules, rules=kept).splitlines()[-2:]
    assert [row.split(" | ")[3:5] for row in rows] == [["0", "never"], ["not available", "not available"]]


def test_of_many_alerts_the_first_are_told_and_the_chart_shows_the_rest():
    text = said(alerting.alerts, alerts_kraken=report([alert(hour) for hour in range(1, 11)]))
    assert text.count("\n- **MEDIUM**") == 6
    assert text.endswith("- and more: the chart shows all of them")


def test_an_alert_beside_a_history_still_stands_or_has_cleared():
    history = trend(series(symbol="SOL/USD", spread_pct=[0.1] * 20), "SOL", NOON)
    text = said(past.history, history_kraken=history, alerts_kraken=report([alert(2)]))
    assert "Alert on kraken that still stands:\n\n- **MEDIUM** 10:00 UTC" in text
    assert "No alert on kraken in that time." in said(past.history, history_kraken=history, alerts_kraken=report())


def test_gaps_are_told_with_their_cause():
    minutes = [*range(-120, -90), *range(-60, 1)]
    history = trend(series(symbol="SOL/USD", times_s=[60.0 * one for one in minutes]), "SOL", NOON)
    assert "Gaps on kraken: from 10:29 UTC to 11:00 UTC nothing was recorded." in said(past.history, history_kraken=history)


def test_of_many_gaps_the_longest_are_told_and_how_many_there_are():
    starts = range(-600, -100, 40)
    minutes = [minute for minute in range(-620, 1) if not any(start < minute < start + 10 + start // -100 for start in starts)]
    history = trend(series(symbol="SOL/USD", times_s=[60.0 * one for one in minutes]), "SOL", NOON)
    told = "; ".join(f"from {one} nothing was recorded" for one in ("02:00 UTC to 02:16 UTC", "02:40 UTC to 02:55 UTC", "03:20 UTC to 03:35 UTC"))
    assert f"Gaps on kraken (the longest of 13): {told}." in said(past.history, history_kraken=history)


def test_depth_that_no_band_covers_is_said_to_be_missing():
    history = trend(series(symbol="SOL/USD", spread_pct=[0.1] * 20, complete=False), "SOL", NOON)
    text = said(past.history, history_kraken=history)
    assert "Depth over time is not available: the snapshots share no depth band that all of them cover." in text
    assert "**Spread held at 0.100% (change 0.000%).**" in text


def test_a_spread_that_moved_is_told_from_first_to_last():
    history = trend(series(symbol="SOL/USD", spread_pct=[0.1, 0.106]), "SOL", NOON)
    assert "**Spread went from 0.100% to 0.106% (change 6.00%); lowest 0.100% at 11:59 UTC, highest 0.106% at 12:00 UTC.**" in said(past.history, h=history)
