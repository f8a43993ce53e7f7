"""Rules that were stored at different times, each judged by the looks since it is there."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from make_books import NOON
from make_snapshots import series, snapshot

from tools.analytics.anomalies import AlertState, standing_rules, step
from tools.analytics.anomalies.looks import Looks
from tools.analytics.rule_board import Recent, newest_looks, statuses
from tools.analytics.rules import OwnRule, parse
from tools.analytics.series import Series, milliseconds, moment, priced

TEXTS = ("BTC spread > 9 bps", "BTC spread > 10 bps", "BTC spread > 11 bps", "BTC depth < $620k", "BTC price > 1", "BTC price < 1")


def own(chance: np.random.Generator) -> list[OwnRule]:
    """Rules that were stored between two hours before the series' end and just before it."""
    ages = chance.uniform(0.3, 120, len(TEXTS))
    return [OwnRule(parse(text, "kraken"), NOON, NOON - timedelta(minutes=age)) for text, age in zip(TEXTS, ages, strict=True)]


def stepped(of: Series, rules: list[OwnRule]) -> set[tuple[str, str]]:
    """The alerts that stand after every look, one by one."""
    state, looks = AlertState(), Looks.of(priced(of))
    for index, time_ms in enumerate(looks.time_ms.tolist()):
        state = replace(state, rules=tuple(one.rule for one in rules if one.since < moment(time_ms)))
        state, _ = step(state, looks.observation(index, None))
    return {(alert.rule, alert.alert_id) for alert in state.open_alerts}


@pytest.mark.parametrize("seed", range(20))
def test_rules_that_join_one_after_another_stand_as_if_every_look_were_stepped_over(seed: int) -> None:
    chance = np.random.default_rng(seed)
    of = series(spread_pct=0.1 + 0.02 * chance.standard_normal(90).clip(-3, 3), depth_usd=1e6 + 5e4 * chance.standard_normal(90))
    rules = own(chance)

    standing = standing_rules(of, rules)

    assert {(alert.rule, alert.alert_id) for alert in standing} == stepped(of, rules)
    states = {one.rule: one.state for one in statuses(rules, Recent(snapshot(best_bid=100, best_ask=100.02, depth_usd=2e6), of, [], NOON))}
    assert {text for text, state in states.items() if state == "raised"} == {alert.rule for alert in standing}
    assert states["BTC price on kraken < 1"] == "quiet"


@pytest.mark.parametrize(("ago_s", "state"), [(900, "quiet"), (901, "not watched")])
def test_a_market_is_watched_by_how_often_it_was_looked_at_lately(ago_s: int, state: str) -> None:
    of = series(times_s=[*range(-3_600, -2_400, 10), *range(-2_400, 1, 300)])
    rules = [OwnRule(parse("BTC price > 1,000", "kraken"), NOON, NOON)]

    [told] = statuses(rules, Recent(snapshot(best_bid=100, best_ask=100.02), of, [], NOON + timedelta(seconds=ago_s)))

    assert told.state == state


def test_the_newest_looks_are_those_since_a_moment_valid_or_failed() -> None:
    of = replace(series(times_s=range(-100, 1, 10)), failed_ms=np.array([(int(NOON.timestamp()) - ago_s) * 1_000 for ago_s in (85, 15, 5)]))

    newest = newest_looks(of, 4)

    assert [milliseconds(NOON) - time_ms for time_ms in (*newest.time_ms.tolist(), *newest.failed_ms.tolist())] == [10_000, 0, 15_000, 5_000]
    assert newest_looks(of, 14) is of


def test_without_a_trial_rules_stand_as_in_one_and_nothing_is_said_of_how_they_would_have_done() -> None:
    of = series(spread_pct=[0.02] * 30 + [0.2] * 2 + [0.02] * 30 + [0.2] * 5)
    rules = [OwnRule(parse(text, "kraken"), NOON, NOON - timedelta(days=1)) for text in ("BTC spread > 5 bps", "BTC spread > 30 bps")]
    recent = Recent(snapshot(best_bid=99.9, best_ask=100.1), of, [], NOON)

    tried, untried = statuses(rules, recent), statuses(rules, recent, is_trial=False)

    assert [(one.state, one.would_have_fired) for one in tried] == [("raised", 2), ("quiet", 0)]
    nothing = {"tested_since": None, "would_have_fired": None, "last_fired_at": None, "true_throughout": None}
    assert untried == [one.model_copy(update=nothing) for one in tried]
