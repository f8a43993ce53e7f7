"""Prompts with blanks, and what is offered while they are filled in."""

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import PromptReference, ResourceTemplateReference

BOOK = ResourceTemplateReference(uri="liquidity://{exchange}/{symbol}/book")
PRE_TRADE = PromptReference(name="pre_trade_check")


async def words(client, name, arguments):
    (message,) = (await client.get_prompt(name, arguments)).messages
    assert message.role == "user"
    return message.content.text


async def test_prompts_are_listed_with_their_blanks(either_client):
    prompts = (await either_client.list_prompts()).prompts
    assert {one.name: [(blank.name, blank.required) for blank in one.arguments] for one in prompts} == {
        "pre_trade_check": [("symbol", True), ("order_size_usd", True), ("side", False), ("exchange", False)],
        "venue_comparison": [("symbol", True)],
        "liquidity_report": [("symbol", True), ("exchange", False)],
    }
    assert all(one.title and one.description and all(blank.description for blank in one.arguments) for one in prompts)


async def test_a_pre_trade_check_names_the_order(either_client):
    text = await words(either_client, "pre_trade_check", {"symbol": "BTC", "order_size_usd": "50000", "side": "sell", "exchange": "kraken"})
    assert text.startswith("Before I sell 50000 USD of BTC on kraken, check:")


async def test_blanks_that_may_be_left_out_are(client):
    assert "Before I buy 50000 USD of BTC on each of the default exchanges" in await words(
        client, "pre_trade_check", {"symbol": "BTC", "order_size_usd": "50000"}
    )
    assert "Compare the exchanges for SOL" in await words(client, "venue_comparison", {"symbol": "SOL"})
    assert "on SOL on kraken" in await words(client, "liquidity_report", {"symbol": "SOL", "exchange": "kraken"})


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("pre_trade_check", {"symbol": "BTC"}, "order_size_usd is required."),
        ("venue_comparison", {"symbol": "BTC", "depth": "5"}, "depth is no blank of venue_comparison, which takes symbol."),
        (
            "liquidity_reports",
            {},
            "There is no prompt 'liquidity_reports'; the prompts are pre_trade_check, venue_comparison, liquidity_report. Did you mean liquidity_report?",
        ),
    ],
)
async def test_a_prompt_that_cannot_be_filled_in_is_refused_in_one_sentence(client, name, arguments, sentence):
    with pytest.raises(MCPError) as caught:
        await client.get_prompt(name, arguments)
    assert (caught.value.error.code, caught.value.error.message) == (-32602, sentence)


@pytest.mark.parametrize(
    ("reference", "name", "typed", "values"),
    [
        (PRE_TRADE, "exchange", "", ["binance", "coinbase", "kraken"]),
        (PRE_TRADE, "exchange", "K", ["kraken"]),
        (BOOK, "exchange", "co", ["coinbase"]),
        (PRE_TRADE, "symbol", "b", ["BTC"]),
        (PRE_TRADE, "symbol", "btc/", ["BTC/USDT", "BTC/USD", "BTC/USDC"]),
        (BOOK, "symbol", "SOL", ["SOL", "SOL-USDT", "SOL-USD", "SOL-USDC"]),
        (PRE_TRADE, "side", "s", ["sell"]),
        (PRE_TRADE, "order_size_usd", "5", []),
    ],
)
async def test_completion_offers_what_fits_what_was_typed(client, reference, name, typed, values):
    completion = (await client.complete(reference, {"name": name, "value": typed})).completion
    assert (completion.values, completion.total, completion.has_more) == (values, len(values), False)
