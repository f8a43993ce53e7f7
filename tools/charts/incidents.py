"""How alerts look and read in every chart: a shape and a colour for each severity, bars from raised to cleared, and a line of words."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from ..analytics.alerts import AlertType, LiquidityAlert, Severity
from ..analytics.board import standing
from ..errors import outside_text
from . import over_time, theme
from .words import counted

NAMES: dict[AlertType, str] = {
    "SPREAD_WIDENING": "spread widening",
    "DEPTH_DROP": "depth drop",
    "IMBALANCE": "imbalance",
    "PRICE_ANOMALY": "price jump",
    "VENUE_OUTAGE": "venue outage",
    "RULE": "own rule",
}
MARKS: dict[Severity, theme.Json] = {
    "HIGH": {"symbol": "triangle-up", "color": "#d64550", "size": 11},
    "MEDIUM": {"symbol": "diamond", "color": "#dd7a1f", "size": 9},
    "LOW": {"symbol": "circle", "color": "#a3860a", "size": 8},
}
"""From the gravest down."""

_STANDS, _CLEARED = "triangle-right", "line-ns"


def shown(alert: LiquidityAlert, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The part of an alert that lies within a window."""
    return max(alert.timestamp, start), end if standing(alert, end) or alert.cleared_at is None else max(alert.cleared_at, start)


def lanes(spans: Sequence[tuple[datetime, datetime]]) -> list[int]:
    """The lane of each bar, counted from 0, so that those of one lane do not overlap and few are needed."""
    free_from: list[datetime] = []
    found = [0] * len(spans)
    for index in sorted(range(len(spans)), key=lambda one: spans[one]):
        start, end = spans[index]
        lane = next((one for one, free in enumerate(free_from) if free < start), len(free_from))
        free_from[lane:] = [end, *free_from[lane + 1 :]]
        found[index] = lane
    return found


def bars(alerts: Sequence[LiquidityAlert], heights: Sequence[float], start: datetime, end: datetime, **axes: str) -> list[theme.Json]:
    """A bar for each alert at its height from raised to cleared or to the window's end, with a mark at both ends."""
    placed = [(alert, *shown(alert, start, end), height) for alert, height in zip(alerts, heights, strict=True)]
    groups: list[tuple[Severity, list[Placed]]] = [(severity, [one for one in placed if one[0].severity == severity]) for severity in MARKS]
    traces = [trace for severity, group in groups if group for trace in (_bars(severity, group), _raised(severity, group))]
    return [{**trace, "cliponaxis": False, **axes} for trace in [*traces, *([_ends(placed, end)] if placed else [])]]


Placed = tuple[LiquidityAlert, datetime, datetime, float]


def _bars(severity: Severity, placed: Sequence[Placed]) -> theme.Json:
    return {
        "type": "scatter",
        "mode": "lines",
        "showlegend": False,
        "hoverinfo": "skip",
        "x": [time and over_time.stamp(time) for _, raised, over, _ in placed for time in (raised, over, None)],
        "y": [height for *_, height in placed for _ in range(3)],
        "line": {"width": 5, "color": MARKS[severity]["color"]},
    }


def _raised(severity: Severity, placed: Sequence[Placed]) -> theme.Json:
    return {**_marks(placed, [raised for _, raised, _, _ in placed], MARKS[severity]), "name": severity}


def _ends(placed: Sequence[Placed], end: datetime) -> theme.Json:
    """An arrow where an alert still stands, a stroke where it was cleared."""
    stand = [standing(alert, end) for alert, *_ in placed]
    colours = [MARKS[alert.severity]["color"] for alert, *_ in placed]
    marker = {
        "symbol": [_STANDS if one else _CLEARED for one in stand],
        "size": 11,
        "color": colours,
        "line": {"width": [0 if one else 2 for one in stand], "color": colours},
    }
    return {**_marks(placed, [over for _, _, over, _ in placed], marker), "showlegend": False}


def _marks(placed: Sequence[Placed], times: Sequence[datetime], marker: theme.Json) -> theme.Json:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [over_time.stamp(time) for time in times],
        "y": [height for *_, height in placed],
        "marker": marker,
        "text": [hover(alert) for alert, *_ in placed],
        "hovertemplate": "%{text}<extra></extra>",
    }


def hover(alert: LiquidityAlert) -> str:
    """An alert in a few lines."""
    return f"{alert.severity} {NAMES[alert.alert_type]}, {alert.exchange} {outside_text(alert.symbol)}<br>{lasted(alert)}<br>{escape(alert.message)}"


def lasted(alert: LiquidityAlert) -> str:
    """From when to when an alert stood."""
    since = over_time.clock(alert.timestamp)
    return f"since {since}" if alert.cleared_at is None else f"{since} to {over_time.clock(alert.cleared_at)}"


def tally(alerts: Sequence[LiquidityAlert], end: datetime) -> str:
    """How many alerts there are, and how many of them stood at a window's end."""
    stand = sum(standing(alert, end) for alert in alerts)
    return f"{counted(len(alerts), 'alert')}, {stand or 'none'} still stand{'' if stand > 1 else 's'}" if alerts else "No alert is stored"


def severities(alerts: Sequence[LiquidityAlert]) -> str:
    """How many there are of each severity, from the gravest down: `1 HIGH, 2 LOW`."""
    counts = {severity: sum(alert.severity == severity for alert in alerts) for severity in MARKS}
    return ", ".join(f"{count:,} {severity}" for severity, count in counts.items() if count)


def listed(alerts: Sequence[LiquidityAlert], end: datetime, most: int) -> list[str]:
    """The newest alerts as lines of a list, those that stand first; the last line tells how many more there are."""
    ordered = sorted(alerts, key=lambda alert: (standing(alert, end), alert.timestamp), reverse=True)
    return lines([told(alert, _state(alert, end)) for alert in ordered], most)


def lines(told: Sequence[str], most: int) -> list[str]:
    """Lines of a list; where there are more than `most`, the last tells how many more."""
    more = len(told) - most
    return [*(f"- {one}" for one in told[:most]), *([f"- and {more:,} more"] if more > 0 else [])]


def told(alert: LiquidityAlert, state: str) -> str:
    """An alert in a line: what, where, since when, and what to do about it."""
    seen = ", acknowledged" if alert.acknowledged_at else ""
    what = f"{alert.severity} {NAMES[alert.alert_type]} on {alert.exchange} {outside_text(alert.symbol)}"
    return f"{what}, {state}{seen} ({lasted(alert)}): {alert.message.rstrip('.')}. {alert.suggested_action}"


def _state(alert: LiquidityAlert, end: datetime) -> str:
    return "stands" if alert.cleared_at is None else "stood at the window's end" if standing(alert, end) else "cleared"
