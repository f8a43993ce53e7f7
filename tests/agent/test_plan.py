"""Which tools a question leads to, and what is said where none can help."""

import pytest
from make_books import NOON

from agent.rules.calls import Place
from agent.rules.conversation import topic_of
from agent.rules.grammar import parse
from agent.rules.plan import plan

CONFIGURED = ("binance", "coinbase", "kraken")


def planned(*asked):
    intents = [parse(question, CONFIGURED) for question in asked]
    return plan(topic_of(intents), intents[-1], Place(CONFIGURED, NOON))


def calls(*asked):
    return [(call.tool, call.arguments) for call in planned(*asked).calls]


def impact(exchange, side="buy", symbol="BTC", **size):
    return "calculate_market_impact", {"symbol": symbol, **(size or {"order_size_usd": 50_000.0}), "side": side, "exchange": exchange}


def chart(kind, exchanges, symbol="BTC", **more):
    return "liquidity_chart", {"kind": kind, "symbol": symbol, "exchanges": list(exchanges), **more}


def order_book(exchange, symbol="BTC", levels=10):
    return "get_order_book", {"symbol": symbol, "exchange": exchange, "levels": levels}


def compared(exchanges, symbol="BTC"):
    return [("compare_exchanges", {"symbol": symbol, "exchanges": list(exchanges)}), chart("comparison", exchanges, symbol)]


ORDER = {"order_size_usd": 50_000.0, "side": "buy"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["cheapest to buy $50k of BTC"], [*(impact(one) for one in CONFIGURED), chart("impact", CONFIGURED, **ORDER)]),
        (["is okx cheapest to buy $50k of BTC?"], [*(impact(one) for one in ("okx", *CONFIGURED)), chart("impact", ("okx", *CONFIGURED), **ORDER)]),
        (["cheapest to buy $50k of BTC on okx or bybit"], [impact("okx"), impact("bybit"), chart("impact", ("okx", "bybit"), **ORDER)]),
        (["cheapest to buy $50k of BTC", "and on kraken?"], [impact("kraken"), chart("impact", ["kraken"], **ORDER)]),
        (["slippage of selling 2 BTC on kraken"], [impact("kraken", "sell", order_size_base=2.0), chart("depth", ["kraken"])]),
        (["cheapest exchange for BTC"], compared(CONFIGURED)),
        (["compare BTC on okx and bybit"], compared(["okx", "bybit"])),
        (["compare BTC on okx"], compared(["okx", *CONFIGURED])),
        (["arbitrage in BTC"], compared(CONFIGURED)),
        (["price of BTC"], compared(CONFIGURED)),
        (["spread of BTC on okx"], [order_book("okx"), chart("depth", ["okx"])]),
        (["BTC order book, 500 levels"], [order_book("binance", levels=100), chart("depth", ["binance"])]),
        (["how deep is BTC"], [*(order_book(one) for one in CONFIGURED), chart("depth", CONFIGURED)]),
        (["chart BTC on okx"], [order_book("okx"), chart("depth", ["okx"])]),
        (["walls in BTC"], [("liquidity_heatmap", {"symbol": "BTC", "exchange": "binance"}), order_book("binance")]),
    ],
    ids=str,
)
def test_a_question_calls_every_tool_it_needs_at_once(asked, expected):
    assert calls(*asked) == expected


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("what is the slippage for $50k", "Which asset do you mean?"),
        ("slippage for BTC on kraken", "For what size?"),
        ("compare BTC and ETH", "BTC or ETH? I answer for one asset at a time."),
        ("cost to buy and sell $10k of ETH", "Buying or selling?"),
        ("slippage for $50k and $500k of BTC", "$50,000 or $500,000? I answer for one size at a time."),
        ("slippage for $50k and 2 BTC", "$50,000 or 2.00 BTC?"),
        ("slippage for €50k of BTC", "I cannot convert EUR."),
        ("slippage for 10k SOL", "Do you mean $10,000 of SOL, or 10,000.00 SOL?"),
        ("watch BTC on kraken", "I cannot stream a market here yet"),
        ("start recording BTC on kraken", "run `liquidity record BTC --exchanges kraken`"),
        ("what was the slippage of $50k of BTC yesterday?", "What an order would have cost in the past is not kept"),
        ("alert me when the BTC spread widens", "From what level of the spread? Say it such as"),
        ("alert me when BTC passes 5", "What shall I watch: spread, depth, imbalance or price?"),
        ("alert me when the spread passes 5 bps", "Which asset do you mean?"),
        ("is this normal?", "Which asset do you mean?"),
        ("will BTC go up tomorrow?", "I do not forecast prices"),
        ("place an order for 1 BTC", "I cannot place, change or cancel orders"),
        ("exit cost of my portfolio", "I cannot work on a whole portfolio yet"),
        ("best way to split $5m of BTC", "I cannot plan how to split an order yet"),
        ("BTC funding rate", "I only read order books"),
        ("are you an LLM?", "I am a set of rules, not a language model: rules (no LLM)."),
        ("help", "Ask me about liquidity"),
        ("what's the weather in paris", "I did not understand that: I answer questions in English"),
        ("", "I did not understand that: I answer questions in English"),
    ],
)
def test_what_no_tool_can_answer_is_said_in_words(asked, said):
    made = planned(asked)
    assert made.calls == ()
    assert said in made.reply
