"""Plans for questions about liquidity over time: what is usual, how it went, alerts, and the asker's own rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from tools.analytics.rules import AlertRules

from . import alert_rules
from .calls import Call, Place, Plan, Writer, chart, meant, symbol
from .conversation import Topic
from .intent import RuleWords, Subject
from .windows import Span, span
from .writing import alerting, asked, normal, past, tried
from .writing.phrases import Outcomes, Stretch

MOST_EXCHANGES = 4
"""How many exchanges one question looks back at."""
_MOST_REMOVED = 40
"""How many rules one question removes, so that its calls stay within what one question may cost."""
_USUAL_HOURS = 24.0
"""How far a question looks back that does not say so, and what is usual at least: an incident would be a large part of a few hours."""


def heatmap(topic: Topic, place: Place) -> Plan:
    """Where liquidity stood over the window."""
    exchange = meant(topic, place)[0]
    window = _span(topic, place)
    arguments = {"symbol": symbol(topic), "exchange": exchange, "hours": window.hours, **_until(window)}
    return Plan((Call("heatmap", "liquidity_heatmap", arguments, "the heatmap"),), past.timeline)


def _normal(topic: Topic, place: Place) -> Plan:
    window = _span(topic, place)
    # A stretch that is over is compared at its end, by what was usual then.
    hours = max(_USUAL_HOURS, window.hours) if window.until else window.hours
    calls = _each("baseline", "get_baseline_metrics", topic, place, {"hours": hours, **_until(window)})
    return Plan((*calls, *_trends(topic, place, window)), normal.verdict)


def _forecast(topic: Topic, place: Place) -> Plan:
    return Plan(tuple(_each("baseline", "get_baseline_metrics", topic, place, {})), normal.outlook)


def _history(topic: Topic, place: Place) -> Plan:
    window = _span(topic, place)
    if topic.window and topic.window.at:
        moments = _each("history", "get_liquidity_history", topic, place, {"hours": window.hours, **_until(window)})
        return Plan((*moments, *_trends(topic, place, window)), asked.moment)
    history = _each("history", "get_liquidity_history", topic, place, {"hours": window.hours, **_until(window)})
    return Plan((*history, *_anomalies(topic, place, window), *_trends(topic, place, window)), past.history)


def _alerts(topic: Topic, place: Place) -> Plan:
    """Alerts of the asset spoken of; where none was, of every recorded market, on the exchanges named if any."""
    window = _span(topic, place)
    if not topic.symbols:
        named = topic.exchanges or (place.exchanges if topic.excluded else ())
        arguments = {"kind": "alerts", "exchanges": list(named), "hours": window.hours, **_until(window)}
        return Plan((Call("alerts", "liquidity_chart", arguments, "the alerts"),), alerting.board)
    dashboard = chart("alerts", topic, _venues(topic, place), hours=window.hours, **_until(window))
    return Plan((*_anomalies(topic, place, window), dashboard), alerting.alerts)


def _snapshot(topic: Topic, place: Place) -> Plan:
    venues = topic.exchanges or tuple(place.exchanges)[:1]
    calls = [Call(f"snapshot_{one}", "capture_snapshot", {"symbol": symbol(topic), "exchange": one}, one) for one in venues]
    return Plan(tuple(calls), past.snapshot)


def _rules(topic: Topic, place: Place) -> Plan:
    rule = topic.rule or RuleWords("list")
    if rule.action == "test":
        return _tried(topic, rule, place)
    if rule.action == "list":
        return _rule_plan([{"action": "list"}], alerting.rules)
    if rule.action == "remove" and not rule.plain:
        return _rule_plan([{"action": "list"}], alerting.how_to_remove)
    if rule.action == "remove" and not (rule.rule_id or rule.is_whole):
        meant_rules = partial(_removed, rule=rule)
        return replace(_rule_plan([{"action": "list"}], partial(alerting.which_rule, said=rule)), then=meant_rules)
    texts = [rule.rule_id] if rule.rule_id else [alert_rules.text_of(rule, symbol(topic), one) for one in topic.exchanges or ("",)]
    return _rule_plan([{"action": rule.action, "rule": text} for text in texts], alerting.added if rule.action == "add" else alerting.rules)


def _removed(outcomes: Outcomes, rule: RuleWords) -> Plan | None:
    """The removal of the one stored rule that can be meant, or of all that are; None where it has to be asked which."""
    ids = [one.rule_id for result in outcomes.of(AlertRules).values() for one in result.rules if alert_rules.can_mean(rule, one)]
    if not ids or (len(ids) > 1 and not rule.every):
        return None
    return _rule_plan([{"action": "remove", "rule": one} for one in ids[:_MOST_REMOVED]], alerting.rules)


def _tried(topic: Topic, rule: RuleWords, place: Place) -> Plan:
    """The stored rules, among which the tool tells how the one that is meant would have done."""
    at = [alert_rules.known(rule, symbol(topic), one) for one in topic.exchanges or place.exchanges[:1]] if topic.symbols else []
    meant_rules, hours_back = [one for one in at if one], _span(topic, place).hours_back
    return replace(_rule_plan([{"action": "list"}], alerting.rules), write=partial(tried.tried, meant=meant_rules, hours_back=hours_back))


def _rule_plan(arguments: Sequence[dict[str, Any]], write: Writer) -> Plan:
    calls = [Call(f"rules_{index}", "alert_rules", one, "the rule") for index, one in enumerate(arguments)]
    return Plan(tuple(calls), write)


PLANS: Mapping[Subject, Callable[[Topic, Place], Plan]] = {
    "normal": _normal,
    "forecast": _forecast,
    "history": _history,
    "alerts": _alerts,
    "snapshot": _snapshot,
    "rules": _rules,
}


def _anomalies(topic: Topic, place: Place, window: Span) -> list[Call]:
    threshold = {} if topic.threshold_pct is None else {"threshold_pct": topic.threshold_pct}
    arguments = {"lookback_hours": max(_USUAL_HOURS, window.hours), **threshold, **_until(window)}
    calls = _each("alerts", "detect_anomalies", topic, place, arguments)
    return [replace(call, about=f"the check for alerts on {call.about}") for call in calls]


def _trends(topic: Topic, place: Place, window: Span) -> list[Call]:
    """A chart per exchange."""
    return [replace(chart("trend", topic, [one], hours=window.hours, **_until(window)), name=f"chart_{one}") for one in _venues(topic, place)]


def _each(name: str, tool: str, topic: Topic, place: Place, arguments: Mapping[str, Any]) -> list[Call]:
    return [Call(f"{name}_{one}", tool, {"symbol": symbol(topic), "exchange": one, **arguments}, one) for one in _venues(topic, place)]


def _venues(topic: Topic, place: Place) -> list[str]:
    return meant(topic, place)[:MOST_EXCHANGES]


def time_meant(topic: Topic, place: Place) -> Stretch:
    """The time that a question asks about."""
    window = _span(topic, place)
    return Stretch(place.now - timedelta(hours=window.hours_back), window.hours, topic.window.words if topic.window else "", bool(window.until))


def _span(topic: Topic, place: Place) -> Span:
    return span(topic.window, place.now, _USUAL_HOURS)


def _until(window: Span) -> dict[str, str]:
    return {"until": window.until} if window.until else {}
