"""Answers about alerts, and about the asker's own alert rules."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import AnomalyReport, Check
from tools.analytics.anomalies.stepping import CALM_LOOKS
from tools.analytics.rules import AlertRules, RuleStatus

from ...answers import literal
from ..alert_rules import can_mean
from ..conversation import Topic
from ..intent import RuleWords
from .phrases import Outcomes, beware, bullets, failed, listed, nothing_to_tell, paragraphs, table, warnings

Reports = Mapping[str, AnomalyReport]
"""By the names of their calls."""

_SHOWN = 6
_MOSTLY = 0.9
_UNWATCHED = re.compile(r"No recorder watches (?P<symbols>.+) on (?P<exchange>\S+), so nobody would be told")
_FIGURES = {
    "SPREAD_WIDENING": "spread",
    "DEPTH_DROP": "depth",
    "IMBALANCE": "imbalance",
    "PRICE_ANOMALY": "price move",
    "VENUE_OUTAGE": "failed looks",
    "RULE": "rule",
}
_CALM = {"VENUE_OUTAGE": "the exchange's answers", "RULE": "what your rule watches"}
"""What is calm again, where that is not the figure's name."""


def alerts(_topic: Topic, outcomes: Outcomes) -> str:
    """The alerts that stand, those that have cleared, and what was checked."""
    found = outcomes.of(AnomalyReport)
    if not found:
        return nothing_to_tell(outcomes)
    standing = [_standing(name, report, outcomes) for name, report in found.items() if report.alerts]
    quiet = _quiet({name: report for name, report in found.items() if not report.alerts}, outcomes)
    checked = [_checked(name, report) for name, report in found.items()] if len(found) == 1 else []
    return paragraphs(*standing, quiet, _cleared(outcomes), *checked, failed(outcomes), warnings(outcomes))


def board(topic: Topic, outcomes: Outcomes) -> str:
    """How every recorded market stands, in the board's own words; why not, where nothing is recorded."""
    if not outcomes.results:
        return paragraphs(*(literal(why) for _about, why in outcomes.failures.values()))
    note = "" if topic.threshold_pct is None else "Alerts are shown as they were raised; to check at a threshold of your own, name the asset."
    return paragraphs("{alerts.summary}", note, warnings(outcomes))


def in_time(name: str, report: AnomalyReport, outcomes: Outcomes) -> dict[str, LiquidityAlert]:
    """The alerts that stood within the time asked about and have cleared, by their places."""
    since = outcomes.time.since if outcomes.time else None
    places = {f"{name}.cleared.{index}": alert for index, alert in enumerate(report.cleared)}
    return {at: alert for at, alert in places.items() if since is None or alert.cleared_at is None or alert.cleared_at >= since}


def still(name: str, report: AnomalyReport) -> dict[str, LiquidityAlert]:
    """The alerts that stand at the end, by their places."""
    return {f"{name}.alerts.{index}": alert for index, alert in enumerate(report.alerts)}


def _standing(name: str, report: AnomalyReport, outcomes: Outcomes) -> str:
    stood = " that stood at the end" if _is_over(outcomes) else ""
    lead = f"**Alert**{stood} for {_market(name)}, {_judged({name: report}, outcomes)}:"
    return paragraphs(lead, bullets(_lines(still(name, report))), _clearing(report.checked))


def _is_over(outcomes: Outcomes) -> bool:
    return outcomes.time is not None and outcomes.time.over


def _clearing(checked: Sequence[Check]) -> str:
    """What is calm again while its alert still stands."""
    calm = list(dict.fromkeys(_CALM.get(check.alert_type, f"the {_FIGURES[check.alert_type]}") for check in checked if check.outcome == "clearing"))
    return f"Calm again at this look: {listed(calm)}; the all-clear comes after {CALM_LOOKS} calm looks in a row." if calm else ""


def _quiet(found: Reports, outcomes: Outcomes) -> str:
    """The markets for which no alert stands, in one sentence, and what may raise one at the next look."""
    if not found:
        return ""
    near = "".join(f" On {{{name}.exchange}} {deviating}." for name, report in found.items() if (deviating := _deviating(name, report.checked)))
    none = "No alert stood at the end" if _is_over(outcomes) else "No alert stands"
    return f"**{none}** for {listed([_market(name) for name in found])}, {_judged(found, outcomes)}.{near}"


def _market(name: str) -> str:
    return f"{{{name}.exchange}} ({{{name}.symbol_used}})"


def _judged(found: Reports, outcomes: Outcomes) -> str:
    """By how many samples, of markets that were asked about in one question and so over the same time."""
    name, first = next(iter(found.items()))
    alike = all(report.sample_count == first.sample_count for report in found.values())
    counts = f"{{{name}.sample_count}}" if alike else listed([f"{{{one}.sample_count}}" for one in found])
    each = " each" if alike and len(found) > 1 else ""
    until = f" up to {{{name}.as_of}}" if _is_over(outcomes) else ""
    return f"by {counts} samples{each} of {{{name}.lookback_hours}}{until} at a threshold of {{{name}.threshold_pct}}"


def _deviating(name: str, checked: Sequence[Check]) -> str:
    """What deviates at this look; a second one in a row raises an alert, but of failed looks only where they are an interval apart."""
    deviating = {index: check.alert_type for index, check in enumerate(checked) if check.outcome == "deviating"}
    if "VENUE_OUTAGE" in deviating.values():
        return "there is no valid book at this look"
    figures = [f"the {_FIGURES[kind]}" for kind in deviating.values() if kind != "RULE"]
    rules = [f"{{{name}.checked.{index}.note}}" for index, kind in deviating.items() if kind == "RULE"]
    beyond = f"{listed(figures)} {'is' if len(figures) == 1 else 'are'} beyond it" if figures else ""
    met = f"your {'rule' if len(rules) == 1 else 'rules'} {listed(rules)} {'is' if len(rules) == 1 else 'are'} met" if rules else ""
    told = " and ".join(part for part in (beyond, met) if part)
    return f"{told} at this look, and a second look in a row would raise one" if told else ""


def _cleared(outcomes: Outcomes) -> str:
    """What was over within the time asked about, with the exchange in each line where there are several."""
    found = outcomes.of(AnomalyReport)
    cleared = {name: over for name, report in found.items() if (over := in_time(name, report, outcomes))}
    if not cleared:
        return ""
    name, several = next(iter(cleared)), len(found) > 1
    where = "" if several else f" on {{{name}.exchange}}"
    lines = [line for one, over in cleared.items() for line in _lines(over, f" on {{{one}.exchange}}" if several else "")]
    return paragraphs(f"Alerts cleared {during(name, found[name], outcomes)}{where}:", bullets(lines))


def during(name: str, report: AnomalyReport, outcomes: Outcomes) -> str:
    """The time asked about, in words."""
    asked = outcomes.time if outcomes.looks_beyond(report) else None
    return f"in that time (“{literal(asked.words)}”)" if asked else f"within {{{name}.lookback_hours}}"


def alerts_of_window(outcomes: Outcomes) -> str:
    """The alerts beside a history, and by what they are told."""
    found = outcomes.of(AnomalyReport)
    if not found:
        return ""
    quiet = [f"{{{name}.exchange}}" for name, report in found.items() if not (report.alerts or in_time(name, report, outcomes))]
    stands = "stood at its end" if _is_over(outcomes) else "still stands"
    standing = [
        paragraphs(f"Alert on {{{name}.exchange}} that {stands}:", bullets(_lines(still(name, report)))) for name, report in found.items() if report.alerts
    ]
    none = f"No alert on {listed(quiet)} in that time." if quiet else ""
    return paragraphs(*standing, _cleared(outcomes), f"{none} Alerts are judged {_judged(found, outcomes)}.".strip())


def _lines(found: Mapping[str, LiquidityAlert], where: str = "") -> list[str]:
    lines = [_line(at, alert, where) for at, alert in list(found.items())[:_SHOWN]]
    return [*lines, *([f"and more{where}: the chart shows all of them"] if len(found) > _SHOWN else [])]


def _line(at: str, alert: LiquidityAlert, where: str) -> str:
    until = f" to {{{at}.cleared_at}}" if alert.cleared_at else ""
    action = f" *{{{at}.suggested_action}}*" if alert.requires_action and alert.state == "raised" else ""
    return f"**{{{at}.severity}}**{where} {{{at}.timestamp}}{until}: {{{at}.message}}{action}"


def _checked(name: str, report: AnomalyReport) -> str:
    if not report.checked:
        return ""
    rows = [_check(f"{name}.checked.{index}", check) for index, check in enumerate(report.checked)]
    return paragraphs("What was checked:", table(("Figure", "Now", "Usual", "Deviation", "Outcome"), rows))


def _check(at: str, check: Check) -> list[str]:
    outcome = f"{{{at}.outcome}}: {{{at}.note}}" if check.note else f"{{{at}.outcome}}"
    return [_FIGURES[check.alert_type], f"{{{at}.current_value}}", f"{{{at}.baseline_value}}", f"{{{at}.deviation_percentage}}", outcome]


def added(_topic: Topic, outcomes: Outcomes) -> str:
    """The rules as stored, their state, and how often they would have fired."""
    found = outcomes.of(AlertRules)
    if not found:
        return nothing_to_tell(outcomes)
    told = [paragraphs(f"{{{name}.message}}", *(_stands(name, at, rule, result) for at, rule in _about(name, result))) for name, result in found.items()]
    unwatched = [warning for name, result in found.items() for warning in warnings_of(name, result, [rule for _, rule in _about(name, result)])]
    return paragraphs(*told, failed(outcomes), beware(unwatched))


def _about(name: str, result: AlertRules) -> list[tuple[str, RuleStatus]]:
    """The rule that the message is about, which names it by its id, after its place."""
    return [(f"{name}.rules.{index}", rule) for index, rule in enumerate(result.rules) if rule.rule_id in result.message]


def warnings_of(name: str, result: AlertRules, rules: Sequence[RuleStatus]) -> list[str]:
    """The warnings but for those about the markets of other rules."""
    about = {(rule.exchange, rule.symbol) for rule in rules}
    unwatched = [_UNWATCHED.match(warning) for warning in result.warnings]
    of_these = [found is None or any((found["exchange"], symbol) in about for symbol in found["symbols"].split(", ")) for found in unwatched]
    return [f"{{{name}.warnings.{index}}}" for index, one in enumerate(of_these) if one]


def _stands(name: str, at: str, rule: RuleStatus, result: AlertRules) -> str:
    """How a rule stands."""
    if rule.as_of is None and rule.state == "no data":
        return f"`{{{at}.rule}}`: no snapshot of that market is stored yet, so its state is not known, nor how often it would have fired."
    holds = " (its condition holds, and an alert takes two looks in a row)" if rule.state == "beyond" else ""
    when = f" at {{{at}.as_of}}" if rule.as_of else ""
    return f"`{{{at}.rule}}` is **{{{at}.state}}**{holds}: {{{at}.metric}} stands at {{{at}.current_value}}{when}. {_fired(name, at, rule, result)}"


def _fired(name: str, at: str, rule: RuleStatus, result: AlertRules) -> str:
    if rule.would_have_fired is None:
        return ""
    begins = f" It was tried on what is stored since {{{at}.tested_since}}." if _begins_late(rule, result) else ""
    throughout = " Its condition held in all that it was tried on." if rule.true_throughout else ""
    return f"Over the last {{{name}.tested_hours}} it {would_have_fired(at, rule)}{last_at(at, rule)}.{begins}{throughout}"


def would_have_fired(at: str, rule: RuleStatus) -> str:
    """How often."""
    if not rule.would_have_fired:
        return "would not have fired"
    return f"would have fired {{{at}.would_have_fired}} time{'' if rule.would_have_fired == 1 else 's'}"


def last_at(at: str, rule: RuleStatus) -> str:
    """When last, where it would have fired."""
    return f", last at {{{at}.last_fired_at}}" if rule.last_fired_at else ""


def _begins_late(rule: RuleStatus, result: AlertRules) -> bool:
    """Whether a notable part of the time that rules are tried on is not stored."""
    if rule.tested_since is None or rule.as_of is None:
        return False
    return rule.as_of - rule.tested_since < _MOSTLY * timedelta(hours=result.tested_hours)


def rules(_topic: Topic, outcomes: Outcomes) -> str:
    """What was done, and the rules that are stored now."""
    found = outcomes.of(AlertRules)
    if not found:
        return nothing_to_tell(outcomes)
    name, result = next(reversed(found.items()))
    # Of several removals each tells what was there at its time.
    left = [index for index, rule in enumerate(result.rules) if all(rule.rule_id in {one.rule_id for one in other.rules} for other in found.values())]
    unwatched = warnings_of(name, result, [result.rules[index] for index in left])
    return paragraphs(*(f"{{{one}.message}}" for one in found), _stored(name, result, left), failed(outcomes), beware(unwatched))


def which_rule(_topic: Topic, outcomes: Outcomes, said: RuleWords) -> str:
    """Said where it is open which rule is to be removed, or none is stored that can be meant."""
    found = outcomes.of(AlertRules)
    if not found:
        return nothing_to_tell(outcomes)
    name, result = next(iter(found.items()))
    if not result.rules:
        return f"{{{name}.message}}"
    can_be = [index for index, rule in enumerate(result.rules) if can_mean(said, rule)]
    shown = can_be or list(range(len(result.rules)))
    which = "Which one?" if can_be else "No stored rule is such a one. Which one is it?"
    return paragraphs(f"{which} Say for example “remove rule {{{name}.rules.{shown[0]}.rule_id}}”.", _stored(name, result, shown))


def how_to_remove(_topic: Topic, outcomes: Outcomes) -> str:
    """Said where a removal is spoken of but not plainly asked for."""
    found = outcomes.of(AlertRules)
    if not found:
        return nothing_to_tell(outcomes)
    name, result = next(iter(found.items()))
    if not result.rules:
        return f"{{{name}.message}}"
    say = f"Say “remove rule {{{name}.rules.0.rule_id}}” to remove one rule, or “remove all my rules”."
    return paragraphs(f"No rule is removed by this. Which one is to go? {say}", _stored(name, result, range(len(result.rules))))


def _stored(name: str, result: AlertRules, shown: Sequence[int]) -> str:
    if not shown:
        return ""
    # After a removal none is tried.
    tried = any(result.rules[index].would_have_fired is not None for index in shown)
    headings = ("Rule", "State", "Now", *((f"Would have fired in {{{name}.tested_hours}}", "Last") if tried else ()), "Id")
    return table(headings, [_rule(f"{name}.rules.{index}", result.rules[index], tried=tried) for index in shown])


def _rule(at: str, rule: RuleStatus, *, tried: bool) -> list[str]:
    last = "never" if rule.would_have_fired == 0 else f"{{{at}.last_fired_at}}"
    fired = [f"{{{at}.would_have_fired}}", last] if tried else []
    return [*(f"{{{at}.{field}}}" for field in ("rule", "state", "current_value")), *fired, f"{{{at}.rule_id}}"]
