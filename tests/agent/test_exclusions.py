"""What a question leaves out, what it cannot say, and what is said of it."""

import pytest
from make_books import NOON

from agent.rules.calls import Place
from agent.rules.conversation import topic_of
from agent.rules.grammar import parse
from agent.rules.plan import plan

CONFIGURED = ("binance", "coinbase", "kraken")
ORDER = "cheapest to buy $50k of BTC"


def planned(*asked, configured=CONFIGURED):
    intents = [parse(question, configured) for question in asked]
    return plan(topic_of(intents), intents[-1], Place(configured, NOON))


def asked_of(made):
    return [call.arguments["exchange"] for call in made.calls if call.tool == "calculate_market_impact"]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("excluding binance", ["coinbase", "kraken"]),
        ("not on Binance", ["coinbase", "kraken"]),
        ("except kraken", ["binance", "coinbase"]),
        ("except for Coinbase Pro and kraken", ["binance"]),
        ("without coinbase", ["binance", "kraken"]),
        ("without using coinbase", ["binance", "kraken"]),
        ("other than okx", ["binance", "coinbase", "kraken"]),
        ("but not on binance or kraken", ["coinbase"]),
        ("on any exchange but binance", ["coinbase", "kraken"]),
        ("if I don't use binance", ["coinbase", "kraken"]),
        ("with binance excluded", ["coinbase", "kraken"]),
        ("avoiding binance, kraken", ["coinbase"]),
        ("on okx, not binance", ["okx", "coinbase", "kraken"]),
    ],
)
def test_an_exchange_that_is_left_out_is_not_asked(words, left):
    assert asked_of(planned(f"{ORDER} {words}")) == left


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("excluding binnance", "I do not know an exchange “binnance” to leave out. Did you mean binance?"),
        ("without binnance", "I do not know an exchange “binnance” to leave out. Did you mean binance?"),
        ("excluding wibble", "I do not know an exchange “wibble” to leave out."),
        ("I don't like binance", "Shall I leave binance out or use it? Say “excluding binance” or “on binance”."),
        ("excluding binance, coinbase and kraken", "That leaves no exchange: the configured ones are binance, coinbase, kraken. Which shall I use?"),
        ("on binnance", "I know no exchange “binnance”. Did you mean binance? The configured exchanges are binance, coinbase, kraken."),
    ],
)
def test_a_doubtful_exchange_is_asked_back_and_never_included(words, said):
    made = planned(f"{ORDER} {words}")
    assert (made.calls, made.reply) == ((), said)


def test_what_was_left_out_stays_out_until_it_is_named_again():
    assert asked_of(planned(ORDER, "without binance")) == ["coinbase", "kraken"]
    assert asked_of(planned(ORDER, "without binance", "and selling?")) == ["coinbase", "kraken"]
    assert asked_of(planned(ORDER, "without binance", "and on all exchanges?")) == ["binance", "coinbase", "kraken"]
    assert asked_of(planned(ORDER, "without binance", "and on binance?")) == ["binance"]
    assert asked_of(planned(f"{ORDER}, I hate using binance", "excluding binance")) == ["coinbase", "kraken"]
    assert parse("why is it not listed, why not on kraken?", CONFIGURED).excluded == ()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("cost to sell -5 BTC", "A size cannot be negative: how large is the order, such as $50k or 2 BTC?"),
        ("-5 BTC", "A size cannot be negative: how large is the order, such as $50k or 2 BTC?"),
        ("cost to buy -$50k of BTC", "A size cannot be negative: how large is the order, such as $50k or 2 BTC?"),
        ("cost to buy $-50k of BTC", "A size cannot be negative: how large is the order, such as $50k or 2 BTC?"),
        ("sell minus 5 BTC", "A size cannot be negative: how large is the order, such as $50k or 2 BTC?"),
        ("cost to buy 1,5 BTC", "I cannot read 1,5; write 1.5."),
        ("cost to buy 0,125 BTC", "I cannot read 0,125; write 0.125."),
        ("cost to buy 1.500,50 dollars of BTC", "I cannot read 1.500,50; write 1500.50."),
        ("depth of BTC within 0,5%", "I cannot read 0,5; write 0.5."),
        ("cost of 5 to 10 BTC", "5 or 10? I answer for one size at a time."),
        ("cost of 5-10 BTC", "5 or 10? I answer for one size at a time."),
        ("cost of between 5 and 10 BTC", "5 or 10? I answer for one size at a time."),
        ("cost of $50k-$100k of BTC", "$50k or $100k? I answer for one size at a time."),
    ],
)
def test_an_amount_that_cannot_be_taken_is_never_read_as_another(question, said):
    assert (planned(question).calls, planned(question).reply) == ((), said)


@pytest.mark.parametrize("question", ["cost of $1,250,000.50 of BTC", "BTC-USD $5k sell cost", "cost of 10,000 BTC", "compare kraken - binance for BTC"])
def test_thousands_hyphens_and_pairs_are_no_such_amounts(question):
    assert parse(question, CONFIGURED).objection == ""


def test_a_word_after_on_is_an_exchange_and_no_second_asset():
    intent = parse("price of BTC on FTX", CONFIGURED)
    assert (intent.symbols, intent.exchanges) == (("BTC",), ("ftx",))
    assert parse("spread on FOO", CONFIGURED).symbols == ("FOO",)


@pytest.mark.parametrize("question", ["<script>alert(1)</script>", "Wo kaufe ich am billigsten?"])
def test_what_is_no_english_question_is_not_understood(question):
    assert planned(question).reply.startswith("I did not understand that: I answer questions in English about liquidity on exchanges, such as “")
