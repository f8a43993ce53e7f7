"""Log messages reach the hosts that asked for them, from the level on that they named."""

from contextlib import asynccontextmanager

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPDeprecationWarning
from mcp_types import LOG_LEVEL_META_KEY

from mcp_server.server import build_server
from tools.simulator import Fault

BOOK = {"symbol": "BTC", "exchange": "kraken"}
RUIN = {"symbol": "BTC", "exchange": "kraken", "order_size_usd": 1e9}


@asynccontextmanager
async def host(server, wire, level):
    """A session on either wire that asks for a level in its way, and the messages that reach it."""
    told = []

    async def tell(message):
        told.append(message)

    async with Client(server, mode=wire, logging_callback=tell, log_level=None if wire == "legacy" else level) as client:
        if wire == "legacy" and level:
            with pytest.warns(MCPDeprecationWarning):
                await client.set_logging_level(level)
        yield client, told


async def test_warnings_of_a_result_are_logged_in_the_name_of_the_tool(market, wire):
    async with host(build_server(market), wire, "warning") as (client, told):
        result = await client.call_tool("calculate_market_impact", RUIN)
    assert result.structured_content["warnings"]
    assert [(one.level, one.logger, one.data) for one in told] == [
        ("warning", "calculate_market_impact", warning) for warning in result.structured_content["warnings"]
    ]


async def test_a_failure_is_logged_as_an_error(market, venues, wire):
    venues.simulator.faults.set("kraken", Fault.html())
    async with host(build_server(market), wire, "error") as (client, told):
        result = await client.call_tool("get_order_book", BOOK)
    assert result.is_error
    assert [(one.level, one.logger, one.data) for one in told] == [("error", "get_order_book", result.content[0].text)]


async def test_an_exchange_that_failed_beside_others_is_a_warning(market, venues, wire):
    venues.simulator.faults.set("kraken", Fault.html())
    async with host(build_server(market), wire, "warning") as (client, told):
        result = await client.call_tool("compare_exchanges", {"symbol": "BTC"})
    facts = result.structured_content
    assert list(facts["failures"]) == ["kraken"]
    assert [(one.level, one.data) for one in told] == [("warning", sentence) for sentence in (*facts["warnings"], *facts["failures"].values())]


@pytest.mark.parametrize("level", [None, "error", "emergency"])
async def test_nothing_below_the_level_is_sent_and_nothing_unasked(market, wire, level):
    async with host(build_server(market), wire, level) as (client, told):
        assert (await client.call_tool("calculate_market_impact", RUIN)).structured_content["warnings"]
    assert told == []


async def test_a_level_holds_for_the_session_that_named_it(market):
    server = build_server(market)
    async with host(server, "legacy", "debug") as (one, heard), host(server, "legacy", None) as (other, overheard):
        await one.call_tool("calculate_market_impact", RUIN)
        await other.call_tool("calculate_market_impact", RUIN)
        assert heard
    assert overheard == []


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_hosts_are_told_that_they_can_ask(market, mode):
    async with Client(build_server(market), mode=mode) as client:
        assert client.server_capabilities.logging is not None


@pytest.mark.parametrize("named", ["loud", "", 3, ["warning"], {}])
@pytest.mark.parametrize("level", [None, "warning"])
async def test_a_request_that_names_no_known_level_names_none(market, level, named):
    """Of hosts of the newer revision the SDK refuses such a request itself."""
    async with host(build_server(market), "legacy", level) as (client, told):
        result = await client.call_tool("calculate_market_impact", RUIN, meta={LOG_LEVEL_META_KEY: named})
    assert result.structured_content["warnings"]
    assert [one.data for one in told] == (result.structured_content["warnings"] if level else [])
