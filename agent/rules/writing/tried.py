"""Answers to when a rule would have fired."""

from collections.abc import Sequence
from math import ceil

from tools.analytics.rules import AlertRules, Rule, RuleStatus

from ..conversation import Topic
from .alerting import last_at, rules, would_have_fired
from .phrases import Outcomes, nothing_to_tell, paragraphs

_OPTION = {"live": "", "simulated": " --demo", "replay": " --replay PATH"}


def tried(topic: Topic, outcomes: Outcomes, meant: Sequence[Rule], hours_back: float) -> str:
    """How often the rules `meant` would have fired and when last, as far as the tool tries them, and the command that gives every time.

    Where none is meant, of all that are stored.
    """
    found = outcomes.of(AlertRules)
    if not found:
        return nothing_to_tell(outcomes)
    name, stored = next(iter(found.items()))
    places = {rule.rule_id: f"{name}.rules.{index}" for index, rule in enumerate(stored.rules)}
    if not meant:
        every = [_command(f"{{{at}.symbol}}", f"{{{at}.exchange}}", f"{{{at}.rule}}", hours_back, stored) for at in places.values()]
        return paragraphs(rules(topic, outcomes), *every[:1])
    by_id = {rule.rule_id: rule for rule in stored.rules}
    told = [_fired(name, places[rule.rule_id], by_id[rule.rule_id]) if rule.rule_id in by_id else _not_stored(rule) for rule in meant]
    commands = [_command(rule.symbol, rule.exchange, rule.text, hours_back, stored) for rule in meant]
    return paragraphs(*(part for pair in zip(told, commands, strict=True) for part in pair))


def _not_stored(rule: Rule) -> str:
    return f"`{rule.text}` is not among your stored rules, and only those are tried here."


def _fired(name: str, at: str, rule: RuleStatus) -> str:
    if rule.would_have_fired is None:
        return f"Whether `{{{at}.rule}}` would have fired is not known, as nothing of its market is stored."
    return f"`{{{at}.rule}}` **{would_have_fired(at, rule)}** over at most the last {{{name}.tested_hours}}{last_at(at, rule)}."


def _command(symbol: str, exchange: str, text: str, hours_back: float, stored: AlertRules) -> str:
    """What gives every time that a rule would have fired, as far back as was asked."""
    options = f'--exchange {exchange} --rule "{text}" --hours {max(1, ceil(hours_back))}{_OPTION[stored.source]}'
    return f"For each time, and how long, run `liquidity alerts backtest {symbol} {options}`."
