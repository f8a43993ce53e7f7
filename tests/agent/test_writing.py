"""What answers over time say of gaps, of many alerts, and of what failed, from results made by hand."""

from datetime import timedelta

from make_books import NOON
from make_snapshots import series

from agent.answers import render
from agent.rules.conversation import Topic
from agent.rules.writing import Outcomes, alerting, past
from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import AnomalyReport
from tools.analytics.trend import trend

SOL = Topic("history", ("SOL",), ("kraken",))


def alert(hours_ago, **changes):
    values = {
        "alert_id": f"a{hours_ago}",
        "timestamp": NOON - timedelta(hours=hours_ago),
        "severity": "MEDIUM",
        "symbol": "SOL/USD",
        "exchange": "kraken",
        "source": "live",
        "alert_type": "DEPTH_DROP",
        "unit": "usd",
        "current_value": 412_000.0,
        "baseline_value": 1_250_000.0,
        "deviation_percentage": -67.0,
        "z_score": None,
        "sample_count": 1_440,
        "message": f"Depth dropped {hours_ago} hours ago",
        "suggested_action": "Split the order.",
        "requires_action": True,
        "state": "raised",
    }
    return LiquidityAlert(**{**values, **changes})


def report(alerts=(), cleared=()):
    return AnomalyReport(
        source="live",
        as_of=NOON,
        age_ms=0,
        warnings=[],
        symbol="SOL",
        symbol_used="SOL/USD",
        exchange="kraken",
        threshold_pct=30,
        lookback_hours=24,
        sample_count=1_440,
        depth_band_pct=1,
        alerts=list(alerts),
        cleared=list(cleared),
        checked=[],
    )


def said(write, **results):
    outcomes = Outcomes(results, {})
    return render(write(SOL, outcomes), outcomes.results)


def test_an_alert_says_since_when_what_happened_and_what_to_do():
    cleared = alert(5, state="cleared", cleared_at=NOON - timedelta(hours=4))
    assert said(alerting.alerts, alerts_kraken=report([alert(2)], [cleared])) == (
        "**Alert** for kraken (SOL/USD), by 1,440 samples of 24 h at a threshold of 30.00%:\n\n"
        "- **MEDIUM** 10:00 UTC: Depth dropped 2 hours ago *Split the order.*\n\n"
        "Cleared within 24 h on kraken:\n\n"
        "- **MEDIUM** 07:00 UTC to 08:00 UTC: Depth dropped 5 hours ago"
    )


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


def test_depth_that_no_band_covers_is_said_to_be_missing():
    history = trend(series(symbol="SOL/USD", spread_pct=[0.1] * 20, complete=False), "SOL", NOON)
    text = said(past.history, history_kraken=history)
    assert "Depth over time is not available: the snapshots share no depth band that all of them cover." in text
    assert "**Spread went from 0.100% to 0.100% (change 0.000%)" in text
