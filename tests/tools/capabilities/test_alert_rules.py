"""The tool alert_rules, over real venues on loopback and a real database."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from make_books import NOON
from make_snapshots import miss, snapshot
from remembering import remember

from tools import (
    alert_rules,
)
from tools.analytics.anomalies import backtest_rules
from tools.analytics.rules import parse
from tools.capabilities import rules
from tools.errors import InvalidArgument
from tools.history import History
from tools.history.rules import MOST_RULES

HOUR = timedelta(hours=1)


def watched(monkeypatch):
    """How many looks each reading of a series brings from now on."""
    reads, series = [], History.series

    async def reading(*window):
        found = await series(*window)
        reads.append(len(found) + len(found.failed_ms))
        return found

    monkeypatch.setattr(History, "series", reading)
    return reads


async def test_a_rule_is_stored_tried_shown_and_removed(market):
    at_noon = replace(market, now=lambda: NOON + timedelta(seconds=30))
    await remember(market, spread_pct=[0.02] * 100 + [0.2] * 5 + [0.02] * 15)

    added = await alert_rules(at_noon, "add", "BTC/USD spread on kraken > 5 bps")
    (rule,) = added.rules
    assert added.message.startswith(f"`{rule.rule}` is stored as {rule.rule_id}.")
    assert (rule.metric, rule.value, rule.unit, rule.state) == ("spread", 5.0, "bps", "quiet")
    assert (rule.current_value, rule.as_of, rule.age_ms) == (pytest.approx(2.0), NOON, 30_000)
    assert (added.as_of, added.age_ms) == (NOON, 30_000)
    assert (rule.tested_since, rule.would_have_fired, rule.true_throughout) == (NOON - timedelta(minutes=119), 1, False)
    assert rule.last_fired_at == NOON - timedelta(minutes=18)

    assert (await alert_rules(at_noon, "list")).rules == [rule]
    assert "was stored already" in (await alert_rules(at_noon, "add", "btc/usd spread on Kraken above 5 bps")).message

    removed = await alert_rules(at_noon, "remove", f"`{rule.rule_id}`")
    assert (removed.message, removed.rules) == (f"`{rule.rule}` is removed.", [])


async def test_a_rule_is_tried_on_the_whole_last_week_and_on_no_more(market):
    await remember(market, interval_s=3_600, spread_pct=[0.2] * 5 + [0.02] * 20 + [0.2] * 5 + [0.02] * 163)

    told = await alert_rules(replace(market, now=lambda: NOON), "add", "BTC/USD spread on kraken > 5 bps")

    (rule,) = told.rules
    assert (told.tested_hours, rule.would_have_fired) == (168, 1)
    assert (rule.tested_since, rule.last_fired_at) == (NOON - 167 * HOUR, NOON - 166 * HOUR)


async def test_a_rule_is_tried_on_no_more_than_the_newest_looks_and_little_more_is_read(market, monkeypatch):
    monkeypatch.setattr(rules, "MOST_TRIED", 100)
    await remember(market, interval_s=30, spread_pct=[0.2] * 5 + [0.02] * 1_390 + [0.2] * 5 + [0.02] * 40 + [0.2] * 5 + [0.02] * 40)
    reads = watched(monkeypatch)

    told = await alert_rules(replace(market, now=lambda: NOON), "add", "BTC/USD spread on kraken > 5 bps")

    (rule,) = told.rules
    assert (rule.tested_since, rule.would_have_fired) == (NOON - timedelta(seconds=99 * 30), 2)
    assert reads == [120]


async def test_looks_that_were_rarer_before_are_read_further_back_until_there_are_enough(market, monkeypatch):
    monkeypatch.setattr(rules, "MOST_TRIED", 100)
    await remember(market, interval_s=600, end=NOON - HOUR, spread_pct=[0.02] * 1_000)
    await remember(market, interval_s=120, spread_pct=[0.02] * 30)
    reads = watched(monkeypatch)

    told = await alert_rules(replace(market, now=lambda: NOON), "add", "BTC/USD spread on kraken > 5 bps")

    assert told.rules[0].tested_since == NOON - HOUR - timedelta(minutes=69 * 10)
    assert reads[-1] < 300


async def test_what_was_recorded_days_ago_is_tried_to_the_beginning_of_the_last_week(market):
    await remember(market, end=NOON - 100 * HOUR, interval_s=3_600, spread_pct=[0.2] * 5 + [0.02] * 95)
    told = await alert_rules(replace(market, now=lambda: NOON), "add", "BTC/USD spread on kraken > 5 bps")
    assert (told.rules[0].tested_since, told.rules[0].would_have_fired) == (NOON - 167 * HOUR, 0)


async def test_of_what_was_recorded_days_ago_little_more_is_read_than_is_tried(market, monkeypatch):
    monkeypatch.setattr(rules, "MOST_TRIED", 100)
    await remember(market, end=NOON - 100 * HOUR, spread_pct=[0.02] * 1_000)
    reads = watched(monkeypatch)
    told = await alert_rules(replace(market, now=lambda: NOON), "add", "BTC/USD spread on kraken > 5 bps")
    assert told.rules[0].tested_since == NOON - 100 * HOUR - timedelta(minutes=99)
    assert sum(reads) < 300


async def test_a_removal_reads_little_and_tells_how_the_others_stand_but_not_how_they_would_have_done(market, monkeypatch):
    at_noon = replace(market, now=lambda: NOON)
    await remember(market, spread_pct=[0.02] * 1_000 + [0.2] * 5)
    for bps in (4, 5, 30):
        added = await alert_rules(at_noon, "add", f"BTC/USD spread on kraken > {bps} bps")
    reads = watched(monkeypatch)

    removed = await alert_rules(at_noon, "remove", added.rules[0].rule_id)

    nothing = {"tested_since": None, "would_have_fired": None, "last_fired_at": None, "true_throughout": None}
    assert removed.rules == [one.model_copy(update=nothing) for one in added.rules[1:]]
    assert [(one.state, one.current_value) for one in removed.rules] == [("beyond", pytest.approx(20)), ("quiet", pytest.approx(20))]
    assert sum(reads) < 300
    assert (await alert_rules(at_noon, "list")).rules == added.rules[1:]


async def test_a_rule_whose_condition_holds_already_is_beyond_until_two_looks_since_it_is_stored_say_so(market):
    at_noon, later = (replace(market, now=lambda at=at: at) for at in (NOON, NOON + timedelta(minutes=2)))
    await remember(market, spread_pct=[0.1] * 60)
    (rule,) = (await alert_rules(at_noon, "add", "BTC/USD spread on kraken > 5 bps")).rules
    assert (rule.state, rule.would_have_fired, rule.last_fired_at, rule.true_throughout) == ("beyond", 1, NOON - timedelta(minutes=58), True)

    await remember(market, end=NOON + timedelta(minutes=2), spread_pct=[0.1] * 2)
    assert [one.state for one in (await alert_rules(later, "list")).rules] == ["raised"]


async def test_a_rule_is_raised_while_an_alert_of_its_own_stands(market):
    text = "BTC/USD spread on kraken > 5 bps"
    at_noon = replace(market, now=lambda: NOON)
    kept = await remember(market, spread_pct=[0.02] * 50 + [0.2] * 10)
    await alert_rules(replace(market, now=lambda: NOON - timedelta(seconds=30)), "add", text)
    (before,) = backtest_rules(kept, [parse(text, "kraken")])
    await market.history.store_alerts([before])
    assert [one.state for one in (await alert_rules(at_noon, "list")).rules] == ["beyond"]
    await market.history.store_alerts([before.model_copy(update={"alert_id": "since", "timestamp": NOON})])
    assert [one.state for one in (await alert_rules(at_noon, "list")).rules] == ["raised"]


async def test_a_rule_for_a_market_at_which_nobody_looks_any_more_is_not_watched_and_says_what_would(market):
    await remember(market, spread_pct=[0.1] * 60)
    for minutes, state in ((3, "beyond"), (4, "not watched")):
        then = replace(market, now=lambda minutes=minutes: NOON + timedelta(minutes=minutes))
        told = await alert_rules(then, "add", "BTC spread on kraken > 5 bps")
        assert (told.rules[0].state, told.rules[0].as_of, told.age_ms) == (state, NOON, 60_000 * minutes)
    assert told.warnings == ["No recorder watches BTC on kraken, so nobody would be told: `liquidity record BTC --exchanges kraken --demo` does."]


async def test_while_a_recorder_has_the_market_of_a_rule_nothing_is_wanting(market):
    rules = ("BTC spread on kraken > 5 bps", "BTC/USD price on kraken > 1,000", "ETH spread on kraken > 5 bps")
    await market.history.claim([("kraken", "BTC/USD")], "a recorder", 60)
    warned = [(await alert_rules(market, "add", rule)).warnings for rule in rules]
    assert warned == [
        [],
        [],
        ["No recorder watches ETH on kraken, so nobody would be told: `liquidity record ETH --exchanges kraken --demo` does."],
    ]


async def test_a_rule_for_a_market_that_the_exchange_lacks_is_one_for_its_nearest_which_is_recorded(market):
    told = await alert_rules(market, "add", "BTC/USD spread on binance > 5 bps")
    assert told.rules[0].rule == "BTC/USDT spread on binance > 5 bps"


async def test_a_failed_look_is_one_too(market):
    await remember(market, spread_pct=[0.1] * 60)
    await market.history.append([], [miss(source="simulated", at=NOON, after_s=60 * minutes) for minutes in range(1, 60)])
    then = replace(market, now=lambda: NOON + HOUR)
    assert [one.state for one in (await alert_rules(then, "add", "BTC spread on kraken > 5 bps")).rules] == ["beyond"]


async def test_rules_of_several_markets_are_each_of_their_own_time_and_the_oldest_is_the_answer_s(market):
    then = replace(market, now=lambda: NOON + timedelta(days=9))
    await remember(market, spread_pct=[0.1] * 60)
    await market.history.append(
        [snapshot(source="simulated", exchange="coinbase", symbol="ETH/USD", at=NOON, after_s=9 * 86_400 - 5, bid_complete=[False] * 6)]
    )
    for text in ("ETH depth on coinbase < $1m", "ETH spread on coinbase < 5 bps", "BTC price on kraken > 1,000", "BTC/USD spread on kraken > 5 bps"):
        told = await alert_rules(then, "add", text)
    assert {one.rule: (one.state, one.age_ms, one.would_have_fired, one.true_throughout) for one in told.rules} == {
        "ETH depth within 1% on coinbase < $1,000,000": ("no data", 5_000, 0, None),
        "ETH spread on coinbase < 5 bps": ("quiet", 5_000, 0, False),
        "BTC price on kraken > 1,000": ("not watched", 9 * 86_400_000, None, None),
        "BTC/USD spread on kraken > 5 bps": ("not watched", 9 * 86_400_000, None, None),
    }
    assert (told.as_of, told.age_ms) == (NOON, 9 * 86_400_000)
    assert [one for one in told.warnings if "kraken" in one] == [
        "No recorder watches BTC, BTC/USD on kraken, so nobody would be told: `liquidity record BTC BTC/USD --exchanges kraken --demo` does."
    ]


async def test_a_rule_for_a_market_that_nobody_recorded_has_no_data_and_says_how_to_record(market):
    told = await alert_rules(market, "add", "SOL spread on coinbase > 5 bps")
    (rule,) = told.rules
    assert (rule.state, rule.current_value, rule.as_of, rule.would_have_fired) == ("no data", None, None, None)
    assert told.message == f"`{rule.rule}` is stored as {rule.rule_id}."
    assert told.warnings == ["No recorder watches SOL on coinbase, so nobody would be told: `liquidity record SOL --exchanges coinbase --demo` does."]


async def test_of_rules_added_at_once_no_more_are_stored_than_there_may_be(market):
    added = await asyncio.gather(
        *(alert_rules(market, "add", f"BTC spread on kraken > {bps} bps") for bps in range(1, MOST_RULES + 11)), return_exceptions=True
    )
    assert len(await market.history.rules()) == MOST_RULES
    refused = [one for one in added if isinstance(one, InvalidArgument)]
    assert [str(one) for one in refused] == [f"{MOST_RULES} rules are stored, which is the most there may be: remove one first."] * 10
    again = (await market.history.rules())[0].rule
    assert (await alert_rules(market, "add", again.text)).message == f"`{again.text}` was stored already, as {again.rule_id}."


async def test_of_removals_of_one_rule_at_once_one_removes_it(market):
    other, rule = [(await alert_rules(market, "add", f"BTC spread on kraken > {bps} bps")).rules[-1] for bps in (6, 5)]
    removed = await asyncio.gather(*(alert_rules(market, "remove", rule.rule) for _ in range(5)), return_exceptions=True)
    refused = [str(one) for one in removed if isinstance(one, InvalidArgument)]
    assert refused == [f"There is no such rule to remove: the stored ones are {other.rule_id} ({other.rule})."] * 4
    assert [one.message for one in removed if not isinstance(one, BaseException)] == [f"`{rule.rule}` is removed."]


@pytest.mark.parametrize(
    ("action", "rule", "words"),
    [
        ("add", "", "rule is required to add or remove one"),
        ("add", "make me rich", "make me rich"),
        ("add", "NOPE spread on kraken > 5 bps", "kraken does not list NOPE"),
        ("add", "BTC spread on krakn > 5 bps", "krakn is not among the simulated exchanges here"),
        ("remove", "BTC spread on kraken > 5 bps", "There is no such rule to remove: none are stored."),
        ("list", "BTC", "rule is for add and remove"),
        ("forget", "", "action must be 'list', 'add' or 'remove', not 'forget'."),
    ],
)
async def test_a_rule_that_cannot_be_is_refused_and_nothing_is_stored(market, action, rule, words):
    with pytest.raises(InvalidArgument) as caught:
        await alert_rules(market, action, rule)
    assert words in str(caught.value)
    assert await market.history.rules() == []
