"""People's rules over stored looks: an outage is none of theirs, and the order in which they are given changes nothing."""

from datetime import timedelta

from make_books import NOON
from make_snapshots import miss, series

from tools.analytics.anomalies import backtest_rules, report, standing_rules
from tools.analytics.look import look
from tools.analytics.rules import OwnRule, parse

LATER = NOON + timedelta(minutes=1)


def own(text: str, minutes: float) -> OwnRule:
    """A rule that is there since so many minutes after NOON."""
    since = NOON + timedelta(minutes=minutes)
    return OwnRule(parse(text, "kraken"), since, since)


def test_an_outage_is_no_alert_of_a_rule() -> None:
    of, rule = series(times_s=range(-1_200, -60, 60), spread_pct=[0.2] * 19, failed_s=[-60, 0]), own("BTC spread > 15 bps", -60)

    tried, now = backtest_rules(of, [rule.rule]), report(of, "BTC", look(miss(after_s=60)), 500, 24, LATER, [rule])

    assert ([one.rule for one in tried], standing_rules(of, [rule])) == ([rule.rule.text], tried)
    assert {one.alert_type for one in now.alerts} == {"RULE", "VENUE_OUTAGE"}


def test_rules_are_told_the_same_in_whatever_order_they_are_given() -> None:
    of = series(spread_pct=[0.1] * 30 + [0.2] * 33)
    rules = [own("BTC spread > 15 bps", -40), own("BTC price < 101", -20), own("BTC spread > 18 bps", -10)]

    told = [standing_rules(of, given) for given in (rules, rules[::-1])]

    assert [{(one.rule, (one.timestamp - NOON).total_seconds() / 60) for one in each} for each in told] == [
        {(rules[0].rule.text, -31), (rules[1].rule.text, -18), (rules[2].rule.text, -8)}
    ] * 2


def test_alerts_of_rules_are_told_oldest_first_whether_they_stand_or_have_ended() -> None:
    of = series(spread_pct=[0.1] * 10 + [0.2] * 5 + [0.1] * 20)

    told = backtest_rules(of, [own("BTC price < 101", -60).rule, own("BTC spread > 15 bps", -60).rule])

    assert [(one.rule.partition(" on ")[0], one.state, (one.timestamp - NOON).total_seconds() / 60) for one in told] == [
        ("BTC price", "raised", -33),
        ("BTC spread", "cleared", -23),
    ]


def test_a_look_at_the_very_moment_from_which_a_rule_is_there_does_not_count() -> None:
    of = series(spread_pct=[0.1] * 30 + [0.2] * 33)

    raised = [standing_rules(of, [own("BTC spread > 15 bps", minutes)])[0].timestamp for minutes in (-32 - 1 / 60_000, -32, -31)]

    assert raised == [NOON - timedelta(minutes=minutes) for minutes in (31, 30, 29)]
