"""Alerts from deviations: their ids, their words and what to do."""

import re
from datetime import datetime

from ...units import format_value
from ..alerts import AlertType, LiquidityAlert
from ..series import milliseconds, moment, price_currency
from .deviations import Deviation
from .watching import Observation

_ACTIONS: dict[AlertType, str] = {
    "SPREAD_WIDENING": "Wait for a tighter spread, place limit orders inside it, or trade where the spread is tighter.",
    "DEPTH_DROP": "Reduce the order, or split it over time or exchanges; work out its market impact first.",
    "IMBALANCE": "Expect more slippage against the thin side: trade it in parts, or on an exchange whose book is balanced.",
    "PRICE_ANOMALY": "Compare the price with other exchanges before trading, and use limit orders until it has settled.",
    "VENUE_OUTAGE": "Trade on another exchange, and check the orders that stand on this one.",
    "RULE": "Look at the market before trading: this is what you asked to be told.",
}


def raised(observation: Observation, found: Deviation) -> LiquidityAlert:
    """The alert that a deviation raises."""
    return LiquidityAlert(
        alert_id=alert_id(observation, found),
        timestamp=observation.at,
        severity=found.severity,
        symbol=observation.symbol,
        exchange=observation.exchange,
        source=observation.source,
        alert_type=found.alert_type,
        unit=found.unit,
        current_value=found.current,
        baseline_value=found.baseline,
        deviation_percentage=found.deviation_pct,
        z_score=found.z_score,
        sample_count=observation.norm.sample_count if observation.norm else 0,
        message=message(observation, found),
        suggested_action=_ACTIONS[found.alert_type],
        requires_action=found.severity != "LOW",
        state="raised",
        rule=found.rule.text if found.rule else "",
    )


def worsened(alert: LiquidityAlert, observation: Observation, found: Deviation) -> LiquidityAlert:
    """A standing alert with what a worse observation says, and when; its id and time stay those of the incident."""
    worst_at = observation.at if observation.at != alert.timestamp else None
    kept = {"alert_id": alert.alert_id, "timestamp": alert.timestamp, "worst_at": worst_at, "acknowledged_at": alert.acknowledged_at}
    return raised(observation, found).model_copy(update={**kept, "message": f"{message(observation, found)}{_reached(worst_at, alert.timestamp)}"})


def undated(alert: LiquidityAlert) -> LiquidityAlert:
    """The alert without the moment of its worst look."""
    return alert.model_copy(update={"message": alert.message.removesuffix(_reached(alert.worst_at, alert.timestamp)), "worst_at": None})


def _reached(worst_at: datetime | None, raised_at: datetime) -> str:
    """Not that this is the worst: where it has been delivered, something worse may follow."""
    return "" if worst_at is None else f", reached {_time(worst_at, raised_at)}"


def cleared(alert: LiquidityAlert, at: datetime) -> LiquidityAlert:
    """The alert's all-clear, at the earliest of when it was raised."""
    return alert.model_copy(update={"state": "cleared", "cleared_at": max(at, alert.timestamp)})


def alert_id(observation: Observation, found: Deviation) -> str:
    """Exchange, symbol, type (or the rule's id) and second of an incident as one word: whoever finds the incident gives it the same id."""
    what = found.rule.rule_id if found.rule else found.alert_type
    time = moment(milliseconds(observation.at)).strftime("%Y%m%dT%H%M%SZ")
    return "-".join(re.sub(r"[\W_]+", "-", part).strip("-").lower() for part in (observation.exchange, observation.symbol, what, time))


def message(observation: Observation, found: Deviation) -> str:
    """What happened, in one line with its numbers: true whenever it is read, as it is stored."""
    seen = _words(observation, found, found.current)
    usual = _words(observation, found, found.baseline)
    if found.rule:
        return f"{found.rule.text}: it was {seen}"
    change, numbers = abs(found.deviation_pct or 0.0), f"(current: {seen}, baseline: {usual})"
    match found.alert_type:
        case "SPREAD_WIDENING":
            return f"Spread widened by {change:,.1f}% {numbers}"
        case "DEPTH_DROP":
            return f"Depth {_within(observation)} dropped by {change:,.1f}% {numbers}"
        case "IMBALANCE":
            return f"Imbalance {_within(observation)} moved {change:,.1f} points towards {_heavy(found)} {numbers}"
        case "PRICE_ANOMALY":
            return f"Price {_moved(found.current)} within {'one interval' if found.intervals == 1 else 'two intervals'} (usual move: {usual})"
        case _:
            why = f" ({observation.failure.replace('_', ' ')})" if observation.failure else ""
            return f"No valid book in {seen} looks in a row{why}"


def _words(observation: Observation, found: Deviation, value: float | None) -> str:
    return format_value(value, found.unit, price_currency(observation.symbol))


def _time(at: datetime, since: datetime) -> str:
    """A moment of an incident in UTC, with its date where that is another than that of the incident's beginning."""
    one, first = (moment(milliseconds(time)) for time in (at, since))
    return f"at {one:%H:%M:%S} UTC" if one.date() == first.date() else f"on {one:%Y-%m-%d} at {one:%H:%M:%S} UTC"


def _within(observation: Observation) -> str:
    band = observation.norm.depth_band_pct if observation.norm else None
    return f"within {band:g}%" if band is not None else ""


def _heavy(found: Deviation) -> str:
    return "bids" if (found.deviation_pct or 0.0) > 0 else "asks"


def _moved(change: float) -> str:
    return f"{'rose' if change > 0 else 'fell'} by {format_value(abs(change), 'pct')}"
