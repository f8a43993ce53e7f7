"""The rule-based model through a real agent and the real tools: its numbers, its words when something fails, its streaming."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from asking import answers
from pydantic_ai import ModelRetry
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta, ToolCallPart

from agent import RULES_LABEL, build_agent, facts_of, rules_model
from tools.errors import CrossedBook, ExchangeTimeout, NoNetwork

D = Decimal


@dataclass(frozen=True)
class Walked:
    """An order walked through rows in plain Decimal arithmetic."""

    base: Decimal
    quote: Decimal
    levels: int
    mid: Decimal
    worst: Decimal


def walked(rows, side, quote):
    taken = rows[1] if side == "buy" else rows[0]
    mid = (D(str(rows[0][0][0])) + D(str(rows[1][0][0]))) / 2
    left, base = quote, D(0)
    for level, (price, size) in enumerate(([D(str(one)) for one in pair] for pair in taken), 1):
        amount = min(size, left / price)
        base, left = base + amount, left - amount * price
        if left <= D("1e-9"):
            return Walked(base, quote, level, mid, price)
    return Walked(base, quote - left, len(taken), mid, D(str(taken[-1][0])))


def words(rows, side, usd, fee_pct, rate="1"):
    """All-in price, cost in bps and USD, slippage and fee as an answer writes them."""
    fill, rate, sign = walked(rows, side, D(usd) / D(rate)), D(rate), 1 if side == "buy" else -1
    fee = fill.quote * rate * D(fee_pct) / 100
    cost = sign * (fill.quote - fill.base * fill.mid) * rate + fee
    return {
        "price": f"{(fill.quote * rate + sign * fee) / fill.base:.7g}".rstrip("0") + " USD",
        "bps": f"{cost / (fill.base * fill.mid * rate) * 10_000:.2f} bps",
        "cost": f"${cost:.2f}",
        "slippage": f"{sign * (fill.quote / fill.base / fill.mid - 1) * 10_000:.2f} bps",
        "fee": f"${fee:.2f}",
    }


def row(text, exchange):
    return next([cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines() if line.startswith(f"| {exchange}"))


async def answer(market, question):
    return (await answers(market, question))[0]


ROWS = {
    "binance": [[(99.99, 400), (99.9, 1_000), (99.0, 4_000)], [(100.01, 400), (100.1, 1_000), (101.0, 4_000)]],
    "coinbase": [[(99.98, 500), (99.8, 2_000), (98.9, 9_000)], [(100.02, 500), (100.2, 2_000), (101.1, 9_000)]],
    "kraken": [[(99.95, 100), (99.7, 300), (99.5, 600)], [(100.05, 100), (100.3, 300), (100.5, 600)]],
}
TERMS = {"binance": ("0.1", "0.999"), "coinbase": ("0.6", "1"), "kraken": ("0.25", "1")}


@pytest.mark.parametrize(("asked", "side"), [(["cheapest to buy $60k of SOL?"], "buy"), (["cheapest to buy $60k of SOL?", "and selling?"], "sell")])
async def test_the_ranking_lists_every_exchange_with_the_tools_own_numbers(market, asked, side):
    text = (await answers(market, *asked))[-1]
    order = [line.split("|")[1].split()[0] for line in text.splitlines() if "SOL/USD" in line and line.startswith("|")]
    assert order == ["binance", "kraken", "coinbase"]
    for exchange, rows in ROWS.items():
        fee_pct, rate = TERMS[exchange]
        expected = words(rows, side, 60_000, fee_pct, rate)
        market_used, price, cost, slippage, fee = row(text, exchange)
        assert market_used == f"{exchange} (SOL/USDT)" if exchange == "binance" else f"{exchange} (SOL/USD)"
        assert price == expected["price"]
        assert cost == f"{expected['bps']}, {expected['cost']}"
        assert slippage == expected["slippage"]
        assert fee.startswith(f"{expected['fee']} (")
    verb = "pay" if side == "buy" else "receive"
    assert text.startswith(f"**binance** is cheapest for a $60,000 market {side} of SOL: all-in you {verb} ")
    assert "Ranked by all-in price in USD" in text
    assert "default taker schedules" in text


async def test_an_exchange_that_cannot_fill_the_order_comes_last_and_says_what_it_fills(market):
    text = await answer(market, "cheapest to buy $150k of SOL")
    assert text.splitlines()[-1] != ""
    assert row(text, "kraken")[2] == "fills only $100,395, $49,605 short; it may hold more than it sent"
    ranked = [line for line in text.splitlines() if line.startswith("| ") and "SOL/" in line]
    assert ranked[-1].startswith("| kraken")
    assert "kraken's book ends 49,605 USD short of this order" in text


async def test_slippage_on_one_exchange_leads_with_the_slippage(market):
    text = await answer(market, "How much slippage for a $30,000 market buy of SOL on Kraken?")
    expected = words(ROWS["kraken"], "buy", 30_000, "0.25")
    assert text.startswith(f"A $30,000 market buy of SOL on kraken (SOL/USD) slips **{expected['slippage']} against mid** over 2 levels.")
    assert f"it costs **{expected['cost']}** ({expected['bps']} against mid, of which {expected['fee']} fee)" in text


async def test_an_order_in_units_of_the_asset_says_so(market):
    assert (await answer(market, "sell 50 SOL on kraken")).startswith(
        "A 50.00 SOL market sell on kraken (SOL/USD) slips **5.00 bps against mid** over 1 level."
    )


async def test_an_exchange_whose_fee_is_unknown_has_no_all_in_cost(market_of, three, sol):
    market = market_of(three(kraken=sol(ROWS["kraken"], "kraken", fee_pct=None)))
    text = await answer(market, "slippage of a $5k buy of SOL on kraken")
    assert "What it costs all-in is not available: no taker fee of this exchange is known." in text
    assert row(await answer(market, "cheapest to buy $60k of SOL"), "kraken")[1:3] == ["not available", "not available"]


async def test_depth_says_at_least_where_the_book_ends_inside_the_band(market):
    one = await answer(market, "How deep is SOL on Kraken within 1%?")
    assert one.startswith("Within **1%** of mid, kraken (SOL/USD) holds **at least $99,605** of bids and **at least $100,395** of asks.")
    all_of_them = await answer(market, "How deep is SOL within 0.1%?")
    assert row(all_of_them, "binance") == ["binance (SOL/USDT)", "0.1%", "$139,756", "$139,964", "2.00 bps"]


async def test_a_distance_between_two_bands_shows_both(market):
    text = await answer(market, "depth of SOL on binance within 0.3%")
    assert "Within **0.25%**" in text
    assert "Within **0.5%**" in text


async def test_a_comparison_names_the_best_and_what_each_exchange_shows(market):
    text = await answer(market, "compare SOL")
    assert "best bid 99.98 USD on **coinbase**" in text
    assert "tightest spread 2.00 bps on **binance**" in text
    assert row(text, "kraken")[1:4] == ["99.95 USD", "100.05 USD", "10.00 bps"]


async def test_arbitrage_is_an_opportunity_only_after_costs(market, market_of, three, sol):
    assert "No gain is known to be left after both taker fees and conversion: **no opportunity**." in await answer(market, "any arb in SOL?")
    apart = sol([[(101, 10), (100.9, 10)], [(101.1, 10)]], "kraken", fee_pct=0.1)
    text = await answer(market_of(three(kraken=apart, coinbase=sol(ROWS["coinbase"], "coinbase", fee_pct=0.1))), "any arb in SOL?")
    assert "**an opportunity**: the books bear" in text


async def test_the_best_levels_of_a_book_are_a_table(market):
    text = await answer(market, "SOL order book on kraken, 2 levels")
    assert "| $9,995 | 99.95 USD | 100.05 USD | $10,005 |\n| $29,910 | 99.70 USD | 100.30 USD | $30,090 |" in text


async def test_walls_come_with_the_heatmap_and_the_depth(market):
    agent = build_agent(rules_model(), market)
    run = await agent.run("where are the walls in SOL on kraken?")
    heatmap = next(fact.result for fact in facts_of(run.new_messages()) if fact.tool == "liquidity_heatmap")
    assert heatmap.summary in run.output
    assert "Within **1%** of mid" in run.output


async def test_cheapest_without_a_size_compares_and_asks_for_one(market):
    text = await answer(market, "which exchange is cheapest for SOL?")
    assert text.startswith("Which exchange is cheapest depends on the size of the order: tell me one (“for $50k of SOL”).")
    assert row(text, "kraken")


async def test_the_size_that_was_asked_for_completes_the_question(market):
    *_, text = await answers(market, "which exchange is cheapest for selling SOL?", "$60k")
    assert text.startswith("**binance** is cheapest for a $60,000 market sell of SOL")


async def test_an_exchange_that_fails_is_named_and_the_others_stand(market_of, three):
    market = market_of(three(coinbase=CrossedBook("coinbase", "SOL/USD", 101, 100)))
    text = await answer(market, "cheapest to buy $60k of SOL?")
    assert "coinbase is missing: coinbase sent a crossed book for SOL/USD (bid 101 at or above ask 100)." in text
    assert row(text, "kraken")
    assert "coinbase is missing: coinbase sent a crossed book" in await answer(market, "compare SOL")
    assert "coinbase is missing: coinbase sent a crossed book" in await answer(market, "how deep is SOL?")


async def test_a_chart_that_cannot_be_drawn_leaves_the_numbers_standing(market_of, three):
    books = iter([three()["kraken"]])

    class Once:
        async def fetch(self, exchange, symbol, levels=0):
            try:
                return next(books)
            except StopIteration:
                raise ExchangeTimeout(exchange, "no answer in 10 s") from None

    text = await answer(market_of(Once()), "slippage of a $5k buy of SOL on kraken")
    assert text.startswith("A $5,000 market buy of SOL on kraken")
    assert "\n- the chart is missing: " in text
    assert "kraken timed out (no answer in 10 s)" in text


async def test_an_unknown_symbol_gets_the_tool_s_own_help(market):
    text = await answer(market, "Which exchange is cheapest to buy $50k of FOOBAR?")
    assert text.startswith("I could not answer that.")
    assert "kraken does not list FOOBAR. Did you mean SOL?" in text


async def test_nothing_is_made_up_when_every_exchange_fails(market_of):
    failing = market_of({one: ExchangeTimeout(one, "no answer in 10 s") for one in ROWS})
    text = await answer(failing, "cheapest to buy $60k of SOL?")
    assert text == "I could not answer that.\n\n" + "\n".join(f"- {one} timed out (no answer in 10 s). Try again, or ask another exchange." for one in ROWS)
    offline = market_of(dict.fromkeys(ROWS, NoNetwork("SOL", {})))
    for question in ("compare SOL", "any arb in SOL?", "spread of SOL on kraken", "SOL order book", "how deep is SOL", "walls in SOL", "cheapest for SOL"):
        assert (await answer(offline, question)).startswith("I could not answer that.\n\n- ")


async def test_braces_in_an_error_are_words_and_not_references(market_of, three):
    market = market_of(three(coinbase=ExchangeTimeout("coinbase", "{impact_kraken.fee_usd}")))
    assert "coinbase timed out ({impact_kraken.fee_usd})" in await answer(market, "cheapest to buy $60k of SOL?")


async def test_all_calls_of_a_question_are_made_in_one_step(market):
    run = await build_agent(rules_model(), market).run("cheapest to buy $60k of SOL?")
    steps = [[part.tool_name for part in message.parts if isinstance(part, ToolCallPart)] for message in run.new_messages() if message.kind == "response"]
    assert steps == [["calculate_market_impact"] * 3 + ["liquidity_chart"], []]


async def test_the_answer_streams_word_by_word_and_equals_the_whole(market):
    pieces = []
    async with build_agent(rules_model(), market).run_stream_events("How deep is SOL on Kraken?") as events:
        async for event in events:
            if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                pieces.append(event.part.content)
            elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
                pieces.append(event.delta.content_delta)
    assert len(pieces) > 20
    assert "".join(pieces) == await answer(market, "How deep is SOL on Kraken?")


async def test_the_model_goes_by_the_name_of_what_it_is(market):
    run = await build_agent(rules_model(), market).run("hello")
    assert rules_model().model_name == RULES_LABEL == "rules (no LLM)"
    assert run.new_messages()[-1].model_name == RULES_LABEL


async def test_feedback_on_an_answer_is_not_taken_for_a_question(market):
    agent, seen = build_agent(rules_model(), market), []

    @agent.output_validator
    def never_content(text: str) -> str:
        seen.append(text)
        raise ModelRetry("Which exchange is cheapest to sell $10k of ETH?")

    with pytest.raises(UnexpectedModelBehavior):
        await agent.run("How deep is SOL on Kraken?")
    assert len(seen) == 3
    assert len(set(seen)) == 1
