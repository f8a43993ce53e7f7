"""What a conversation is about by now, from its messages alone."""

from dataclasses import replace

import pytest
from pydantic_ai.messages import ModelRequest, ModelResponse, RetryFeedbackPart, RetryInfo, TextPart, ToolReturnPart, UserPromptPart

from agent.rules.conversation import Topic, questions, topic_of
from agent.rules.grammar import parse
from agent.rules.intent import Moment, Size, Window

CHEAPEST = "Which exchange is cheapest to buy $50k of BTC?"
DOLLARS_50K = (Size(50_000.0, "usd"),)
NORMAL = "Is BTC liquidity on Kraken worse than usual?"
ASKED_NORMAL = Topic("normal", ("BTC",), ("kraken",))
WEEK = Window("last week", 168.0)
TODAY = Window("today", since=Moment(0, 0))
ASKED = Topic("cheapest", ("BTC",), (), DOLLARS_50K, ("buy",))


def topic(*asked):
    return topic_of(parse(question, ("binance", "coinbase", "kraken")) for question in asked)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([CHEAPEST], ASKED),
        ([CHEAPEST, "and selling?"], Topic("cheapest", ("BTC",), (), DOLLARS_50K, ("sell",))),
        ([CHEAPEST, "and selling?", "what about ETH?"], Topic("cheapest", ("ETH",), (), DOLLARS_50K, ("sell",))),
        ([CHEAPEST, "and on Kraken?"], Topic("impact", ("BTC",), ("kraken",), DOLLARS_50K, ("buy",))),
        ([CHEAPEST, "and on Kraken?", "and selling?"], Topic("impact", ("BTC",), ("kraken",), DOLLARS_50K, ("sell",))),
        ([CHEAPEST, "and on Kraken?", "who is cheapest?"], ASKED),
        ([CHEAPEST, "for 100k?"], Topic("cheapest", ("BTC",), (), (Size(100_000.0, "usd"),), ("buy",))),
        ([CHEAPEST, "for 75000?"], Topic("cheapest", ("BTC",), (), (Size(75_000.0, "usd"),), ("buy",))),
        ([CHEAPEST, "how deep is it on okx?"], Topic("depth", ("BTC",), ("okx",), DOLLARS_50K, ("buy",))),
        ([CHEAPEST, "help", "and selling?"], Topic("cheapest", ("BTC",), (), DOLLARS_50K, ("sell",))),
        ([CHEAPEST, "what's the weather in paris", "and selling?"], Topic("cheapest", ("BTC",), (), DOLLARS_50K, ("sell",))),
        ([CHEAPEST, "is that worse than usual on kraken?"], Topic("normal", ("BTC",), ("kraken",), DOLLARS_50K, ("buy",))),
        (
            ["slippage on coinbase for 10 BTC sell", "what about kraken too?"],
            Topic("impact", ("BTC",), ("coinbase", "kraken"), (Size(10.0, "base"),), ("sell",)),
        ),
        (["slippage on coinbase for 10 BTC sell", "and for all exchanges?"], Topic("impact", ("BTC",), (), (Size(10.0, "base"),), ("sell",))),
        (["slippage on coinbase for 10 BTC sell", "and ETH?"], Topic("impact", ("ETH",), ("coinbase",), (), ("sell",))),
        (["slippage on coinbase for $10k BTC sell", "What is the spread of ETH?"], Topic("quote", ("ETH",), (), (Size(10_000.0, "usd"),), ())),
        (["spread of ETH on kraken", "and for $50k?"], Topic("impact", ("ETH",), ("kraken",), DOLLARS_50K, ())),
        (["spread of ETH on kraken", "within 0.5%?"], Topic("depth", ("ETH",), ("kraken",), band_pct=0.5)),
        (["what is the slippage for $50k?", "BTC"], Topic("impact", ("BTC",), (), DOLLARS_50K, ())),
        (["what would it cost to sell?", "BTC", "on kraken", "$50k"], Topic("impact", ("BTC",), ("kraken",), DOLLARS_50K, ("sell",))),
        (["compare BTC and ETH", "ETH"], Topic("compare", ("ETH",))),
        (["cost to buy 10k SOL", "dollars"], Topic("impact", ("SOL",), (), (Size(10_000.0, "usd"),), ("buy",))),
        (["cost to buy 10k SOL", "coins"], Topic("impact", ("SOL",), (), (Size(10_000.0, "base"),), ("buy",))),
        (["cost to buy 10k SOL", "SOL"], Topic("impact", ("SOL",), (), (Size(10_000.0, "base"),), ("buy",))),
        ([NORMAL], ASKED_NORMAL),
        ([NORMAL, "and ETH?"], replace(ASKED_NORMAL, symbols=("ETH",))),
        ([NORMAL, "and ETH?", "over the last week?"], replace(ASKED_NORMAL, symbols=("ETH",), window=WEEK)),
        ([NORMAL, "over the last week?", "on coinbase?"], replace(ASKED_NORMAL, exchanges=("coinbase",), window=WEEK)),
        ([NORMAL, "and the spread?"], replace(ASKED_NORMAL, metric="spread")),
        ([NORMAL, "and the spread right now?"], Topic("quote", ("BTC",), ("kraken",))),
        ([NORMAL, "over the last week?", "how deep is it?"], Topic("depth", ("BTC",), ("kraken",))),
        ([NORMAL, "what happened over the last week?", "any alerts?"], Topic("alerts", ("BTC",), ("kraken",), window=WEEK)),
        ([NORMAL, "what happened over the last week?", "is it normal?"], ASKED_NORMAL),
        ([NORMAL, "show the heatmap over the last week", "and ETH?"], Topic("walls", ("ETH",), ("kraken",), window=WEEK)),
        ([NORMAL, "show the heatmap over the last week", "show the heatmap"], Topic("walls", ("BTC",), ("kraken",))),
        (["any alerts?", "and ETH?"], Topic("alerts", ("ETH",))),
        (["BTC over the last week"], Topic("history", ("BTC",), window=WEEK)),
        (["spread of ETH on kraken", "over the last week?"], Topic("history", ("ETH",), ("kraken",), window=WEEK)),
        ([CHEAPEST, "is this normal?", "and selling?"], Topic("impact", ("BTC",), (), DOLLARS_50K, ("sell",))),
        (["is BTC spread on kraken wide compared to usual?"], Topic("normal", ("BTC",), ("kraken",), metric="spread")),
        (
            [NORMAL, "what was the widest spread today?", "and on coinbase?"],
            Topic("history", ("BTC",), ("coinbase",), window=TODAY, metric="spread", asks=("highest",)),
        ),
        ([NORMAL, "why?"], replace(ASKED_NORMAL, asks=("why",))),
        ([NORMAL, "why?", "and ETH?"], replace(ASKED_NORMAL, symbols=("ETH",))),
        ([NORMAL, "over the last week?", "when was it lowest?"], Topic("history", ("BTC",), ("kraken",), window=WEEK, metric="depth", asks=("lowest",))),
        (["spread of ETH on kraken", "when was it lowest?"], Topic("history", ("ETH",), ("kraken",), metric="spread", asks=("lowest",))),
        (["BTC alerts with 10% threshold"], Topic("alerts", ("BTC",), threshold_pct=10.0)),
        (["BTC alerts with 10% threshold", "and at 20%?"], Topic("alerts", ("BTC",), threshold_pct=20.0)),
        (["how deep is BTC within 1%?", "any alerts?"], Topic("alerts", ("BTC",), band_pct=1.0)),
        ([NORMAL, "Any alerts on all markets?"], Topic("alerts")),
        ([NORMAL, "any alerts anywhere?"], Topic("alerts")),
        ([NORMAL, "any alerts?", "and everywhere?"], Topic("alerts")),
        ([NORMAL, "any alerts?", "and on any market"], Topic("alerts")),
        ([NORMAL, "any alerts?", "and for all coins?"], Topic("alerts", (), ("kraken",))),
        ([NORMAL, "any alerts on all exchanges?"], Topic("alerts", ("BTC",))),
        ([NORMAL, "any alerts?", "and on all exchanges?"], Topic("alerts", ("BTC",))),
        ([NORMAL, "any alerts for ETH on all markets?"], Topic("alerts", ("ETH",))),
        ([NORMAL, "and on all markets?"], replace(ASKED_NORMAL, exchanges=())),
        ([NORMAL, "and for every asset?"], replace(ASKED_NORMAL, symbols=())),
        (["compare BTC on kraken and okx", "compare it on all markets"], Topic("compare", ("BTC",))),
        (["what would a market buy of $50k of BTC on any market order cost"], Topic("impact", ("BTC",), (), DOLLARS_50K, ("buy",))),
        (["btc liquidity past 30 min"], Topic("history", ("BTC",), window=Window("past 30 min", 0.5))),
        (["BTC"], Topic("compare", ("BTC",))),
        (["BTC on kraken"], Topic("quote", ("BTC",), ("kraken",))),
        (["$50k of BTC"], Topic("impact", ("BTC",), (), DOLLARS_50K)),
        (["help"], Topic()),
        ([], Topic()),
    ],
    ids=str,
)
def test_what_a_question_leaves_open_stays_as_it_was(asked, expected):
    assert topic(*asked) == expected


def test_questions_are_what_people_asked_and_nothing_else():
    feedback = RetryFeedbackPart("Say which exchange is cheapest for ETH.", retry=RetryInfo(cause="model_retry"))
    history = [
        ModelRequest([UserPromptPart(CHEAPEST)]),
        ModelResponse([TextPart("kraken")]),
        ModelRequest([UserPromptPart(feedback.model_response())]),
        ModelResponse([TextPart("kraken")]),
        ModelRequest([UserPromptPart("<system>no output</system>")]),
        ModelRequest([ToolReturnPart("compare_exchanges", "Give an asset such as ETH.", "id", outcome="retried")]),
        ModelRequest([UserPromptPart(["and", "selling?"])]),
        ModelRequest([UserPromptPart("  ")]),
    ]
    assert questions(history) == [CHEAPEST, "and selling?"]
