"""Books, comparisons and history by address, as JSON."""

import json

import pytest
from mcp.shared.exceptions import MCPError

from tools import ExchangeComparison, LiquidityHistory, OrderBookView
from tools.simulator import Fault

INVALID_PARAMS, INTERNAL_ERROR = -32602, -32603


async def read(client, uri):
    (content,) = (await client.read_resource(uri)).contents
    assert (content.uri, content.mime_type) == (uri, "application/json")
    return content.text


async def test_templates_are_listed_with_what_they_give(either_client):
    templates = (await either_client.list_resource_templates()).resource_templates
    assert {one.uri_template: (one.name, one.title, one.mime_type) for one in templates} == {
        "liquidity://{exchange}/{symbol}/book": ("book", "Order book", "application/json"),
        "liquidity://{exchange}/{symbol}/history": ("history", "Liquidity over a day", "application/json"),
        "liquidity://compare/{symbol}": ("comparison", "Comparison of exchanges", "application/json"),
    }
    assert all(one.description for one in templates)


async def test_a_book_is_read_by_exchange_and_symbol(either_client):
    view = OrderBookView.model_validate_json(await read(either_client, "liquidity://kraken/BTC-USDT/book"))
    assert (view.exchange, view.symbol_used, view.source) == ("kraken", "BTC/USDT", "simulated")


async def test_history_is_read_once_something_is_recorded(client):
    with pytest.raises(MCPError, match="record more with `liquidity record BTC/USDT --exchanges kraken --demo`") as caught:
        await client.read_resource("liquidity://kraken/BTC-USDT/history")
    assert caught.value.error.code == INTERNAL_ERROR
    await client.call_tool("capture_snapshot", {"symbol": "BTC/USDT", "exchange": "kraken"})
    history = LiquidityHistory.model_validate_json(await read(client, "liquidity://kraken/BTC-USDT/history"))
    assert (history.exchange, history.symbol_used, history.sample_count) == ("kraken", "BTC/USDT", 1)


async def test_a_comparison_is_read_by_symbol(client):
    comparison = ExchangeComparison.model_validate_json(await read(client, "liquidity://compare/ETH"))
    assert list(comparison.venues) == ["binance", "coinbase", "kraken"]


async def test_what_is_listed_can_be_read(client):
    for resource in (await client.list_resources()).resources:
        (content,) = (await client.read_resource(resource.uri)).contents
        assert content.mime_type == resource.mime_type
        if resource.mime_type == "application/json":
            assert json.loads(content.text)["source"] == "simulated"


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("liquidity://kraken/NOPE/book", "kraken does not list NOPE"),
        ("liquidity://krakn/BTC/history", "krakn is not among the simulated exchanges here"),
        ("liquidity://krakn/BTC/book", "krakn is not among the simulated exchanges here"),
        ("liquidity://compare/NOPE", "NOPE"),
        ("liquidity://kraken/BTC/trades", "Unknown resource"),
        ("liquidity://kraken/..%2F..%2Fetc/book", ""),
        ("file:///etc/passwd", "Unknown resource"),
    ],
)
async def test_an_address_that_means_nothing_is_invalid(client, uri, words):
    with pytest.raises(MCPError) as caught:
        await client.read_resource(uri)
    assert caught.value.error.code == INVALID_PARAMS
    assert words in caught.value.error.message


async def test_a_failing_exchange_is_told_as_its_own_fault(client, venues):
    venues.simulator.faults.set("kraken", Fault.crossed())
    with pytest.raises(MCPError, match="kraken sent a crossed book") as caught:
        await client.read_resource("liquidity://kraken/BTC/book")
    assert caught.value.error.code == INTERNAL_ERROR
