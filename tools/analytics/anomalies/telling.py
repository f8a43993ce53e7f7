"""Which alerts are told of a window: those that were raised while it was watched, and what else is found in it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ..alerts import LiquidityAlert
from .stepping import step
from .watching import AlertState, Observation, kind, resume


def as_seen(stored: Iterable[LiquidityAlert], until: datetime, anew: Observation | None, state: AlertState) -> list[LiquidityAlert]:
    """The stored alerts as they stood at a moment, by the norms of their time.

    `anew` is the first look after nobody had watched for a while, judged by the rules of `state`: what still stood may be over with it.
    """
    then = [as_known(alert, until) for alert in stored]
    if anew is None:
        return then
    events = step(resume((alert for alert in then if alert.state == "raised"), state.rules, state.threshold_pct), anew)[1]
    over = {alert.alert_id: alert for alert in events if alert.state == "cleared"}
    return [over.get(alert.alert_id, alert) for alert in then]


def beside(found: Iterable[LiquidityAlert], known: Sequence[LiquidityAlert]) -> list[LiquidityAlert]:
    """All that is known, and of what was found all that is not known by an alert of its kind and time; newest first."""
    new = [alert for alert in found if not any(kind(one) == kind(alert) and _overlap(one, alert) for one in known)]
    return sorted([*known, *new], key=lambda alert: alert.timestamp, reverse=True)


def as_known(alert: LiquidityAlert, until: datetime) -> LiquidityAlert:
    """The alert without what became of it after a moment: its all-clear, and that somebody has seen it."""
    later: dict[str, Any] = {}
    if alert.cleared_at and alert.cleared_at > until:
        later |= {"state": "raised", "cleared_at": None}
    if alert.acknowledged_at and alert.acknowledged_at > until:
        later |= {"acknowledged_at": None}
    return alert.model_copy(update=later) if later else alert


def _overlap(one: LiquidityAlert, other: LiquidityAlert) -> bool:
    """Whether two alerts stood at one time."""
    return all(a.timestamp <= (b.cleared_at or a.timestamp) for a, b in ((one, other), (other, one)))
