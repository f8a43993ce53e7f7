"""Alert rules in people's words, and as the tool takes them."""

import pytest
from make_books import NOON

from agent.rules.calls import Place
from agent.rules.conversation import topic_of
from agent.rules.grammar import parse
from agent.rules.plan import plan
from tools.analytics.rules import parse as as_the_tool_reads_it

CONFIGURED = ("binance", "coinbase", "kraken")


def planned(*asked):
    intents = [parse(question, CONFIGURED) for question in asked]
    return plan(topic_of(intents), intents[-1], Place(CONFIGURED, NOON))


def calls(*asked):
    made = planned(*asked)
    assert {call.tool for call in made.calls} <= {"alert_rules"}
    return [(call.arguments["action"], call.arguments.get("rule")) for call in made.calls]


ADDED = [
    ("Tell me when the BTC spread on Kraken passes 5 bps", "BTC spread on kraken > 5 bps"),
    ("let me know if btc's spread on kraken goes above 0.05%", "BTC spread on kraken > 0.05%"),
    ("notify me once the ETH spread at Coinbase is wider than 12 basis points", "ETH spread on coinbase > 12 bps"),
    ("Alert me if SOL depth on binance falls below $2m", "SOL depth on binance < $2000000"),
    ("alert me when SOL liquidity on binance drops under 2 million dollars", "SOL depth on binance < $2000000"),
    ("warn me if ETH/USD depth within 1% on coinbase is less than $750k", "ETH/USD depth within 1% on coinbase < $750000"),
    ("ping me when bid depth of BTC within 25 bps on kraken sinks to $1,500,000", "BTC bid depth within 0.25% on kraken < $1500000"),
    ("set up an alert for BTC imbalance above 40% on kraken", "BTC imbalance on kraken > 40%"),
    ("create a rule: ETH spread on kraken > 8 bps", "ETH spread on kraken > 8 bps"),
    ("BTC spread on kraken > 5 bps", "BTC spread on kraken > 5 bps"),
    ("alert me when BTC/USD spread > 10bps on kraken", "BTC/USD spread on kraken > 10 bps"),
    ("ping me if btc goes under 60k", "BTC price < 60000"),
    ("alert me when BTC spread on kraken is above 0.125%", "BTC spread on kraken > 0.125%"),
    ("tell me if the BTC price on kraken hits $70k", "BTC price on kraken > $70000"),
    ("alert me when bitcoin drops below $60,000", "BTC price < $60000"),
    ("wake me when the XRP spread gets to 20 bps on okx", "XRP spread on okx > 20 bps"),
    ("keep an eye on BTC and tell me when its spread exceeds 3 bps", "BTC spread > 3 bps"),
    ("Alert me at once when ask depth of LTC on kraken is under 100 thousand dollars", "LTC ask depth on kraken < $100000"),
]


@pytest.mark.parametrize(("asked", "rule"), ADDED, ids=[asked for asked, _ in ADDED])
def test_a_wish_to_be_told_becomes_a_rule_that_the_tool_understands(asked, rule):
    assert calls(asked) == [("add", rule)]
    assert as_the_tool_reads_it(rule, "binance").symbol in rule


@pytest.mark.parametrize(
    "asked",
    [
        "list my alerts",
        "list my rules",
        "show me my alert rules",
        "what are the rules?",
        "which rules are stored?",
        "my alerts",
        "what alerts do I have?",
        "rules",
    ],
)
def test_stored_rules_are_listed(asked):
    assert calls(asked) == [("list", None)]


RULE = "Tell me when the BTC spread on Kraken passes 5 bps"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([RULE, "remove that rule"], ("remove", "BTC spread on kraken > 5 bps")),
        ([RULE, "delete it"], ("remove", "BTC spread on kraken > 5 bps")),
        ([RULE, "would it have fired in the past 24h?", "remove it"], ("remove", "BTC spread on kraken > 5 bps")),
        ([RULE, "list my rules", "cancel that alert please"], ("remove", "BTC spread on kraken > 5 bps")),
        ([RULE, "stop alerting me about the BTC spread"], ("remove", "BTC spread on kraken > 5 bps")),
        ([RULE, "and ETH?"], ("add", "ETH spread on kraken > 5 bps")),
        ([RULE, "on coinbase too"], ("add", "BTC spread on kraken > 5 bps")),
        ([RULE, "make it 10 bps"], ("add", "BTC spread on kraken > 0.1%")),
        (["alert me when the BTC spread widens", "5 bps"], ("add", "BTC spread > 0.05%")),
        (["alert me when SOL depth on kraken drops", "$2m"], ("add", "SOL depth on kraken < $2000000")),
        (["alert me when the spread passes 5 bps", "BTC"], ("add", "BTC spread > 5 bps")),
        (["how deep is BTC on kraken?", "alert me when the spread is above 5 bps"], ("add", "BTC spread on kraken > 5 bps")),
        (["remove the rule BTC spread on kraken > 5 bps"], ("remove", "BTC spread on kraken > 5 bps")),
        (["remove rule spread-4cd6b0"], ("remove", "spread-4cd6b0")),
        (["delete depth-a0efa2"], ("remove", "depth-a0efa2")),
        (["remove that rule"], ("list", None)),
        (["delete the BTC rule"], ("list", None)),
    ],
    ids=str,
)
def test_a_conversation_goes_on_about_its_rule(asked, expected):
    assert calls(*asked)[0] == expected


def test_a_rule_for_several_exchanges_is_one_for_each():
    assert calls("alert me when the BTC spread on kraken or coinbase passes 5 bps") == [
        ("add", "BTC spread on kraken > 5 bps"),
        ("add", "BTC spread on coinbase > 5 bps"),
    ]
    assert [rule for _, rule in calls("alert me when the BTC spread on any exchange passes 5 bps")] == [f"BTC spread on {one} > 5 bps" for one in CONFIGURED]


@pytest.mark.parametrize(
    ("asked", "watched"),
    [
        ("alert me if ETH liquidity on kraken drops 50%", "(`liquidity record ETH --exchanges kraken`) a DEPTH_DROP alert tells of depth 30% or more below"),
        ("tell me when SOL depth falls by more than 40%", "(`liquidity record SOL`) a DEPTH_DROP alert"),
        ("notify me when BTC price falls 2%", "(`liquidity record BTC`) a PRICE_ANOMALY alert tells of a move within one look"),
        ("ping me if the BTC price moves more than 3%", "“any alerts for BTC with a 3% threshold?” checks by another threshold"),
        ("alert me when the BTC spread widens by 50%", "a SPREAD_WIDENING alert tells of a spread 30% or more above its usual."),
        ("alert me when BTC depth on kraken is below 50%", "a DEPTH_DROP alert"),
    ],
)
def test_a_change_in_per_cent_is_watched_without_a_rule_and_how_is_said(asked, watched):
    reply = planned(asked).reply
    assert watched in reply
    assert "For a rule of your own: from what level of the " in reply


def test_a_level_completes_a_rule_that_was_asked_for_as_a_change():
    assert calls("alert me if ETH liquidity on kraken drops 50%", "$2m") == [("add", "ETH depth on kraken < $2000000")]


@pytest.mark.parametrize(
    "asked",
    [
        "tell me when the BTC spread is wide",
        "tell me when btc spread blows out",
        "let me know when BTC depth on kraken gets too thin",
        "alert me when SOL is illiquid",
    ],
)
def test_a_wish_without_a_level_is_asked_for_one(asked):
    assert planned(asked).calls == ()
    assert planned(asked).reply.startswith("From what level of the ")


@pytest.mark.parametrize(
    "asked",
    [
        "would that rule have fired yesterday?",
        "would it have fired in the past 24h?",
        "would that rule have fired over 3 days",
        "when would the rule have fired in the last 24 hours?",
        "how often would it have triggered?",
        "backtest that rule",
    ],
)
def test_whether_a_rule_would_have_fired_is_asked_of_the_stored_ones(asked):
    assert calls(RULE, asked) == calls(asked) == [("list", None)]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("tell me if BTC liquidity on kraken is worse than usual", "normal"),
        ("tell me when the BTC spread was widest yesterday", "history"),
        ("let me know if there are any alerts for BTC", "alerts"),
        ("any depth drop alerts on kraken for BTC?", "alerts"),
        ("tell me the BTC spread on kraken", "quote"),
        ("BTC spread on kraken over 24 hours", "history"),
        ("tell me once more the BTC spread on kraken", "quote"),
        ("tell me when SOL depth was lowest", "history"),
        ("tell me if $50k of BTC slips more than 5 bps on kraken", "rules"),
    ],
)
def test_not_everything_that_is_to_be_told_is_a_rule(asked, kind):
    assert parse(asked, CONFIGURED).kind == kind
