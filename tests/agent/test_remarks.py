"""What an answer says beside its figures: which exchanges, bands, fees and rates they are for."""

import pytest

from agent import RULES_LABEL, ChosenModel, ask, rules_model
from tools.errors import ExchangeTimeout, InvalidArgument

RULES = ChosenModel(rules_model(), RULES_LABEL, None)
FEES = "The figures include the taker fees stated; set LIQUIDITY_TAKER_FEES to change them. Slippage is without fees."
BANDS = "I can say 0.1, 0.25, 0.5, 1, 2 and 5 %; this is "


async def said(market, question):
    return (await ask(RULES, market, question)).text


@pytest.mark.parametrize(
    ("question", "remark"),
    [
        ("walls in SOL on all exchanges", "One exchange is shown at a time; this is binance."),
        ("walls in SOL on kraken and coinbase", "One exchange is shown at a time; this is kraken."),
        ("walls in SOL", "On binance, the first configured:"),
        ("SOL order book", "On binance, the first configured:"),
        ("SOL order book without binance", "On coinbase, the first left:"),
        ("cheapest to buy $60k of SOL without fees", FEES),
        ("slippage of $5k SOL on kraken with 5 bps fee", FEES),
        ("cheapest to buy $60k of SOL excluding kraken", "Left out: kraken."),
        ("cheapest to buy $60k of SOL excluding kraken and binance", "Only coinbase is left, so there is nothing to compare it with."),
        ("depth of SOL on kraken within 0.01%", f"{BANDS}0.1%."),
        ("depth of SOL on kraken within 10%", f"{BANDS}5%."),
        ("compare SOL within 10%", f"{BANDS}5%."),
        ("depth of SOL within 0.3%", f"{BANDS}0.25% and 0.5%."),
        ("compare SOL", "1 USDT = 0.999 USD (binance)."),
        ("cheapest to buy $60k of SOL", "1 USDT = 0.999 USD (binance)."),
        ("cheapest to buy $60k of SOL", "Fees of coinbase are default taker schedules; set LIQUIDITY_TAKER_FEES to your own."),
    ],
)
async def test_an_answer_says_what_it_is_for(market, question, remark):
    assert remark in await said(market, question)


@pytest.mark.parametrize("question", ["which exchange is cheapest to buy $60k of SOL?", "which exchange is cheapest for SOL?", "compare SOL"])
async def test_one_exchange_alone_is_the_cheapest_of_nothing(market_of, three, question):
    text = await said(market_of(three(), ("coinbase",)), question)
    assert text.startswith("Only coinbase is at hand, so there is nothing to compare it with.\n\n")


async def test_the_table_of_a_comparison_shows_the_band_its_headline_names(market):
    text = await said(market, "compare SOL")
    assert "deepest within 0.5% of mid" in text
    assert "| Bids within 0.5% | Asks |" in text
    both = await said(market, "compare SOL within 1%")
    assert "| Bids within 0.5% | Asks | Bids within 1% | Asks |" in both


async def test_spreads_as_good_as_equal_are_equally_tight(market_of, three, sol):
    rows = [[(99.98999, 400), (99.0, 4_000)], [(100.01, 400), (101.0, 4_000)]]
    text = await said(market_of(three(coinbase=sol(rows, "coinbase", fee_pct=0.6))), "compare SOL")
    assert "tightest spread 2.00 bps, equally tight on **binance** and **coinbase**" in text


async def test_a_lower_bound_is_warned_of_only_where_depth_is_shown(market):
    for question in ("cheapest to buy $60k of SOL", "sell 50 SOL on kraken", "spread of SOL on kraken", "depth of SOL on kraken within 0.25%", "compare SOL"):
        assert "is a lower bound" not in await said(market, question)
    for question in ("depth of SOL on kraken within 1%", "compare SOL within 5%"):
        assert "kraken sent 3 bids and 3 asks" in await said(market, question)


class Refusing:
    """Books of a session that has only some exchanges."""

    def __init__(self, books):
        self.books = books

    async def fetch(self, exchange, symbol, levels=0):
        if exchange not in self.books:
            raise InvalidArgument(f"{exchange} is not among the simulated exchanges here, which are {', '.join(self.books)}.")
        return self.books[exchange]


async def test_an_exchange_the_market_lacks_is_named_once_and_the_others_stand(market_of, three):
    market = market_of(Refusing(three()))
    compared = await said(market, "compare SOL on binance, kraken, gemini and bitstamp")
    assert compared.startswith("SOL side by side")
    assert compared.count("gemini is not among") == 1
    assert "bitstamp is missing" in compared
    assert (await said(market, "cheapest to buy $60k of SOL on gemini")).count("gemini is not among") == 1
    assert (await said(market, "compare SOL on gemini and bitstamp")).startswith("I could not answer that.")


async def test_an_answer_knows_whether_a_tool_result_stands_behind_it(market_of, three):
    market = market_of(three(coinbase=ExchangeTimeout("coinbase", "no answer in 10 s")))
    for question in ("help", "what about", "slippage for BTC", "spread of SOL on kraken", "cheapest to buy $60k of SOL"):
        assert (await ask(RULES, market, question)).answered
    failed = await ask(RULES, market, "spread of SOL on coinbase")
    assert not failed.answered
    assert failed.failures[0].error == "coinbase timed out (no answer in 10 s). Try again, or ask another exchange."
