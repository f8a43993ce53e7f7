"""How people's rules stand in one market, and how they would have done over what is stored of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from .alerts import LiquidityAlert
from .anomalies import backtest_rules, standing_rules
from .anomalies.deviations import stages
from .anomalies.looks import lately_ms
from .rules import OwnRule, Rule, RuleState, RuleStatus, measure, measured_over
from .series import Series, age_ms, milliseconds, moment, priced
from .snapshot import Snapshot

_UNWATCHED_INTERVALS = 3
"""A market at which nobody has looked for longer is not watched."""


@dataclass(frozen=True)
class Recent:
    """What is stored of a market at its present, `now`: the newest snapshot, the series that rules are tried on, and the alerts that stand."""

    newest: Snapshot
    series: Series
    standing: Sequence[LiquidityAlert]
    now: datetime

    @cached_property
    def is_watched(self) -> bool:
        """Whether the last look is no older than a few of the intervals at which the market was looked at lately."""
        looks = [int(times[-1]) for times in (self.series.time_ms, self.series.failed_ms) if len(times)]
        return bool(looks) and milliseconds(self.now) - max(looks) <= _UNWATCHED_INTERVALS * lately_ms(self.series)


def newest_looks(series: Series, most: int) -> Series:
    """The end of a series, of at most `most` looks, valid or failed; its window then starts before them."""
    looks = len(series) + len(series.failed_ms)
    if looks <= most:
        return series
    return series.since(moment(int(np.sort(np.concatenate((series.time_ms, series.failed_ms)))[-most - 1])))


def statuses(own: Sequence[OwnRule], recent: Recent | None, *, is_trial: bool = True) -> list[RuleStatus]:
    """How the rules of one market stand, in their order; `recent` is None where nothing is stored of it.

    In a trial also how they would have done over the series, which else only says how they stand.
    """
    fired = [] if recent is None else backtest_rules(recent.series, [one.rule for one in own])
    raised = set[str]() if recent is None else _raised(own, recent, fired)
    tried = recent.series if is_trial and recent and len(recent.series) else None
    return [_status(one, recent, tried, [alert for alert in fired if alert.rule == one.rule.text], raised) for one in own]


def _raised(own: Sequence[OwnRule], recent: Recent, fired: Sequence[LiquidityAlert]) -> set[str]:
    """The rules of which an alert stands that was raised since they are there: by whoever watched, or by what was seen."""
    since, start = {one.rule.text: one.since for one in own}, recent.series.start
    known = [alert for alert in recent.standing if alert.rule in since and alert.timestamp >= since[alert.rule]]
    # Rules from before the series were judged by all of it where they were tried.
    tried = [alert for alert in fired if since[alert.rule] <= start]
    judged = standing_rules(recent.series, [one for one in own if one.since > start])
    return {alert.rule for alert in (*known, *tried, *judged) if alert.state == "raised"}


def _status(own: OwnRule, recent: Recent | None, tried: Series | None, fired: Sequence[LiquidityAlert], raised: set[str]) -> RuleStatus:
    rule = own.rule
    return RuleStatus(
        rule_id=rule.rule_id,
        rule=rule.text,
        symbol=rule.symbol,
        exchange=rule.exchange,
        metric=rule.metric,
        value=rule.value,
        unit=rule.unit,
        created_at=own.created_at,
        state=_state(rule, recent, raised) if recent else "no data",
        current_value=measure(rule, recent.newest) if recent else None,
        as_of=recent.newest.timestamp if recent else None,
        age_ms=age_ms(recent.newest.timestamp, recent.now) if recent else None,
        tested_since=moment(int(tried.time_ms[0])) if tried else None,
        would_have_fired=len(fired) if tried else None,
        last_fired_at=max((alert.timestamp for alert in fired), default=None) if tried else None,
        true_throughout=_is_true_throughout(rule, tried) if tried else None,
    )


def _state(rule: Rule, recent: Recent, raised: set[str]) -> RuleState:
    current = measure(rule, recent.newest)
    if not recent.is_watched:
        return "not watched"
    if rule.text in raised:
        return "raised"
    if current is None:
        return "no data"
    return "beyond" if stages(rule, np.array([current]))[0] > 0 else "quiet"


def _is_true_throughout(rule: Rule, series: Series) -> bool | None:
    """Whether the rule's condition holds wherever its figure is known; None where it never is."""
    figures = measured_over(rule, priced(series))
    known = figures[~np.isnan(figures)]
    return bool((stages(rule, known) > 0).all()) if len(known) else None
