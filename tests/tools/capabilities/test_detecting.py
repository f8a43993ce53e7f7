"""The tool detect_anomalies, over real venues on loopback and a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from make_books import NOON
from make_snapshots import miss, snapshots
from make_snapshots import series as columns
from remembering import PAST, remember

from tools import (
    alert_rules,
    detect_anomalies,
)
from tools.analytics.anomalies import backtest
from tools.simulator import Fault


async def test_anomalies_of_a_past_moment_are_those_that_stood_then(market):
    await remember(market, depth_usd=[1e6] * 100 + [4e5] * 5)

    told = await detect_anomalies(market, **PAST, lookback_hours=2)

    (alert,) = told.alerts
    assert (alert.alert_type, alert.state, alert.severity, alert.source) == ("DEPTH_DROP", "raised", "HIGH", "simulated")
    assert alert.message == "Depth within 5% dropped by 60.0% (current: $400,000, baseline: $1.00 million)"
    assert alert.timestamp == NOON - timedelta(minutes=3)


async def test_a_venue_without_a_book_is_checked_for_an_outage_alone(venues, market):
    await remember(market, end=market.now(), spread_pct=[0.1] * 20)
    venues.simulator.faults.set("kraken", Fault.status(503))

    told = await detect_anomalies(market, "BTC/USD", "kraken")

    assert {one.alert_type: one.outcome for one in told.checked} == {
        "SPREAD_WIDENING": "not checked",
        "DEPTH_DROP": "not checked",
        "IMBALANCE": "not checked",
        "PRICE_ANOMALY": "not checked",
        "VENUE_OUTAGE": "deviating",
    }
    assert any("kraken is unavailable" in warning for warning in told.warnings)


async def test_an_alert_is_told_as_it_was_raised_rather_than_as_the_window_judges_it_later(market):
    kept = await remember(market, depth_usd=[1e6] * 100 + [4e5] * 10 + [1e6] * 10)
    (raised,) = backtest(kept)
    milder = raised.model_copy(update={"severity": "LOW", "message": "as it was raised"})
    await market.history.store_alerts([milder])

    assert (await detect_anomalies(market, **PAST, lookback_hours=2)).cleared == [milder]
    earlier = {**PAST, "until": raised.timestamp.isoformat()}
    assert (await detect_anomalies(market, **earlier, lookback_hours=2)).alerts == [milder.model_copy(update={"state": "raised", "cleared_at": None})]
    assert (await detect_anomalies(market, **PAST, lookback_hours=2, threshold_pct=40)).cleared[0].message == raised.message


async def test_of_a_past_window_nothing_is_told_that_came_after_it(market):
    kept = await remember(market, depth_usd=[1e6] * 100 + [6.5e5] * 6 + [5e4] * 10 + [1e6] * 10)
    (over,) = backtest(kept)
    await market.history.store_alerts([over])
    await market.history.acknowledge(over.alert_id, NOON)
    then = over.timestamp + timedelta(minutes=4)

    told = await detect_anomalies(market, "BTC/USD", "kraken", lookback_hours=2, until=then.isoformat())

    assert (over.severity, over.message.partition(", reached ")[2]) == ("HIGH", "at 11:41:00 UTC")
    (alert,) = told.alerts
    assert (alert.alert_id, alert.timestamp, alert.state, alert.acknowledged_at) == (over.alert_id, over.timestamp, "raised", None)
    assert (alert.severity, alert.requires_action) == ("LOW", False)
    assert alert.message == "Depth within 5% dropped by 35.0% (current: $650,000, baseline: $1.00 million)"
    assert [(one.deviation_percentage, one.outcome) for one in told.checked if one.alert_type == "DEPTH_DROP"] == [(pytest.approx(-35), "alert")]


async def test_an_alert_whose_looks_are_gone_is_told_as_it_is_stored_but_without_a_time_to_come(market):
    kept = await remember(market, depth_usd=[1e6] * 100 + [6.5e5] * 6 + [5e4] * 10)
    (now,) = backtest(kept)
    unseen = now.model_copy(update={"timestamp": now.timestamp + timedelta(seconds=1)})
    await market.history.store_alerts([unseen])

    told = await detect_anomalies(market, "BTC/USD", "kraken", lookback_hours=2, until=(now.timestamp + timedelta(minutes=4)).isoformat())

    assert told.alerts == [
        unseen.model_copy(update={"message": "Depth within 5% dropped by 95.0% (current: $50,000, baseline: $1.00 million)", "worst_at": None})
    ]


async def test_at_another_threshold_than_that_of_whoever_watches_the_stored_alerts_are_not_read(market, monkeypatch):
    await remember(market, depth_usd=[1e6] * 60)
    read = []
    alerts = market.history.alerts
    monkeypatch.setattr(market.history, "alerts", lambda *window: read.append(window) or alerts(*window))
    for threshold_pct in (30, 40):
        await detect_anomalies(market, **PAST, lookback_hours=2, threshold_pct=threshold_pct)
    assert read == [("kraken", "BTC/USD", NOON - timedelta(hours=2), NOON)]


async def test_an_alert_of_ones_own_rule_stands_among_the_others_from_two_looks_after_it_was_stored(market):
    await remember(market, spread_pct=[0.1] * 60)
    stored_at = NOON - timedelta(minutes=30, seconds=30)
    await alert_rules(replace(market, now=lambda: stored_at), "add", "BTC/USD spread on kraken > 5 bps")

    told = await detect_anomalies(market, **PAST, lookback_hours=2)

    assert [(alert.alert_type, alert.rule, alert.state, alert.timestamp) for alert in told.alerts] == [
        ("RULE", "BTC/USD spread on kraken > 5 bps", "raised", NOON - timedelta(minutes=29))
    ]
    assert [check.outcome for check in told.checked if check.alert_type == "RULE"] == ["alert"]


async def test_a_past_moment_within_an_outage_is_one(market):
    kept = columns(source="simulated", end=NOON - timedelta(minutes=30), spread_pct=[0.1] * 60)
    failed = [miss(source="simulated", at=NOON, after_s=-60 * minutes) for minutes in range(30)]
    await market.history.append(snapshots(kept), failed)

    told = await detect_anomalies(market, **PAST, lookback_hours=2)

    assert [(alert.alert_type, alert.state) for alert in told.alerts] == [("VENUE_OUTAGE", "raised")]
    assert told.as_of == NOON
