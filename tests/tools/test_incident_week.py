"""A simulated week of labelled incidents, looked at every minute: each is found in time, raises one alert and one all-clear, and nothing else does."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tools.analytics.anomalies import backtest
from tools.analytics.series import Series, milliseconds
from tools.analytics.snapshot import Snapshot
from tools.feeds.depth_limits import is_all_sent, request_limit
from tools.simulator import GeneratedBooks, schedule
from tools.simulator.past import Recorder, past

INTERVAL = timedelta(minutes=1)
WEEK = datetime(2026, 11, 2, tzinfo=UTC)
HISTORY, END = WEEK - timedelta(days=1), WEEK + timedelta(days=7)
INCIDENTS = schedule(WEEK, 7)
RECORDER = Recorder(request_limit, is_all_sent, ("binance", "coinbase", "kraken"))
ALERTS = {
    "spread_widening": "SPREAD_WIDENING",
    "depth_drop": "DEPTH_DROP",
    "imbalance": "IMBALANCE",
    "one_sided": "VENUE_OUTAGE",
    "price_jump": "PRICE_ANOMALY",
    "venue_outage": "VENUE_OUTAGE",
}
# An all-clear is as of the first calm look, and calm is within two thirds of the limit, which the first looks after an incident may miss.
CLEARED_WITHIN = timedelta(minutes=4)


def column(looks, of):
    return np.array([of(look) for look in looks])


def recorded(exchange, symbol):
    """A calm day and the week after it, as a store would give them."""
    looks = list(past(GeneratedBooks(incidents=INCIDENTS), exchange, symbol, HISTORY, END, INTERVAL.total_seconds(), RECORDER))
    seen = [look for look in looks if isinstance(look, Snapshot)]
    return Series(
        source="simulated",
        exchange=exchange,
        symbol=symbol,
        start=HISTORY,
        end=END,
        time_ms=column(seen, lambda look: milliseconds(look.timestamp)),
        best_bid=column(seen, lambda look: look.best_bid),
        best_ask=column(seen, lambda look: look.best_ask),
        bid_usd=column(seen, lambda look: [band.bid_usd for band in look.depth]),
        ask_usd=column(seen, lambda look: [band.ask_usd for band in look.depth]),
        complete=column(seen, lambda look: [band.complete for band in look.depth]),
        total_volume_20=column(seen, lambda look: look.total_volume_20),
        liquidity_1pct_usd=column(seen, lambda look: look.liquidity_1pct_usd),
        hourly=np.zeros(len(seen), dtype=bool),
        failed_ms=np.array([milliseconds(look.timestamp) for look in looks if not isinstance(look, Snapshot)], dtype=np.int64),
    )


def first_look(moment):
    """The first look at `moment` or after it."""
    return HISTORY - (HISTORY - moment) // INTERVAL * INTERVAL


def found_in_time(incident, alerts):
    """The alerts of an incident's type, raised at one of the first two looks at it."""
    at = first_look(incident.start)
    return [alert for alert in alerts if alert.alert_type == ALERTS[incident.kind] and at <= alert.timestamp <= at + INTERVAL]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("exchange", "symbol", "labelled"),
    [
        ("kraken", "SOL/USD", {"depth_drop": 1, "imbalance": 2, "one_sided": 1, "price_jump": 7, "venue_outage": 3}),
        ("okx", "BTC/USD", {"spread_widening": 3, "depth_drop": 2, "imbalance": 1, "one_sided": 1, "price_jump": 5, "venue_outage": 5}),
    ],
)
def test_every_incident_of_a_week_is_found_within_two_looks_and_nothing_else_is(exchange, symbol, labelled):
    incidents = [one for one in INCIDENTS if one.touches(exchange, symbol.partition("/")[0])]
    assert Counter(one.kind for one in incidents) == labelled

    alerts = backtest(recorded(exchange, symbol), first=WEEK)

    found = {incident: found_in_time(incident, alerts) for incident in incidents}
    missed = [incident for incident, its in found.items() if len(its) != 1]
    caused = {alert.alert_id for its in found.values() for alert in its}
    false_alarms = [alert.message for alert in alerts if alert.alert_id not in caused]
    assert (missed, false_alarms) == ([], [])
    assert len(alerts) == len({alert.alert_id for alert in alerts}) == len(incidents)
    assert [alert.state for alert in alerts] == ["cleared"] * len(incidents)
    for incident, (alert,) in found.items():
        # A jump is over with the next look; what it moved stays moved.
        over = incident.start if incident.kind == "price_jump" else incident.end
        assert over <= alert.cleared_at <= over + CLEARED_WITHIN
