"""Alerts as they stood at a past moment, against what the rules say of the looks up to then."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from make_alerts import alert
from make_books import NOON
from make_snapshots import series

from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import as_known, as_stood, backtest, undated
from tools.analytics.rules import parse
from tools.analytics.series import Series, milliseconds

CALM = 120
RULES = [parse("BTC spread > 15 bps", "kraken")]


def to(of: Series, end: datetime) -> Series:
    return of.before(milliseconds(end) + 1)


def figures(alerts: list[LiquidityAlert]) -> list[dict[str, Any]]:
    """All but how many samples there were, which a watch counts anew every quarter of an hour."""
    return [one.model_dump(exclude={"sample_count"}) for one in alerts]


GROWING = {
    "spread": series(spread_pct=[0.1] * CALM + [0.14, 0.14, 0.15, 0.15, 0.6, 0.6, 0.6]),
    "depth": series(depth_usd=[1e6] * CALM + [6.5e5] * 4 + [5e4] * 3),
    "imbalance": series(imbalance_pct=[0.0] * CALM + [-35.0] * 4 + [-90.0] * 3),
    "price": series(mid=[100.0] * CALM + [101.0, 102.5, 101.0, 101.0, 95.0, 90.0, 90.0]),
    "outage": series(times_s=range(-60 * (CALM + 6), -360, 60), mid=[100.0] * CALM, failed_s=range(-360, 60, 60)),
}


@pytest.mark.parametrize("kind", GROWING)
def test_an_alert_that_became_worse_afterwards_has_the_figures_that_it_had_then(kind: str) -> None:
    of = GROWING[kind]
    now = backtest(of, rules=RULES)
    assert len(now) == 1 + (kind == "spread")

    for minutes in range(5, -1, -1):
        then = to(of, NOON - timedelta(minutes=minutes))
        expected = backtest(then, rules=RULES)
        stood = [as_stood(one, then) for one in now if one.timestamp <= NOON - timedelta(minutes=minutes)]
        assert figures([one for one in stood if one]) == figures(expected)
    assert {one.severity for one in now} == {"HIGH"}


def test_an_incident_right_after_another_of_its_kind_is_taken_up_where_it_began() -> None:
    of = series(depth_usd=[1e6] * CALM + [4e5] * 3 + [1e6] * 5 + [6.5e5] * 3 + [1e5] * 2)
    then = to(of, NOON - timedelta(minutes=2))

    first, second = backtest(of)

    assert figures([one for one in [as_stood(second, then)] if one]) == figures(backtest(then)[1:])
    assert first.state == "cleared"


def test_where_the_looks_are_gone_nothing_is_found_anew() -> None:
    of = GROWING["depth"]
    [now] = backtest(of)
    hourly = series(depth_usd=of.bid_usd[:, 5] * 2, hourly=[False] * CALM + [True] * 7)
    without_its_first = of.where(of.time_ms != milliseconds(now.timestamp))
    calm = series(depth_usd=[1e6] * len(of))

    assert [as_stood(now, one) for one in (hourly, without_its_first, of.before(milliseconds(now.timestamp)), calm)] == [None] * 4


@pytest.mark.parametrize(("end", "told"), [(NOON, "at 12:00:00 UTC"), (NOON - timedelta(hours=11, minutes=30), "on 2026-08-09 at 00:30:00 UTC")])
def test_the_time_of_the_worst_look_is_read_as_it_is_written(end: datetime, told: str) -> None:
    [now] = backtest(series(end=end, depth_usd=[1e6] * CALM + [6.5e5] * 50 + [5e4]))

    assert now.worst_at == end
    assert now.message == f"{undated(now).message}, reached {told}"
    assert undated(now).worst_at is None


def test_an_alert_is_known_without_what_became_of_it_afterwards() -> None:
    cleared, seen = NOON + timedelta(minutes=2), NOON + timedelta(minutes=4)
    over = alert(state="cleared", cleared_at=cleared, acknowledged_at=seen)

    known = [as_known(over, NOON + timedelta(minutes=minutes)) for minutes in (1, 2, 3, 4)]

    assert known == [alert(), alert(state="cleared", cleared_at=cleared), alert(state="cleared", cleared_at=cleared), over]
