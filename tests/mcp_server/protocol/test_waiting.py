"""A call that takes time says what it waits for, and stops when the host gives up."""

import asyncio
from dataclasses import replace

import pytest
from mcp import Client
from sessions import held

from mcp_server.protocol import progress
from mcp_server.server import build_server


class Gate:
    """Books that come when the gate opens; `given_up` is set when a fetch is cancelled."""

    def __init__(self, books):
        self._books = books
        self.asked = asyncio.Event()
        self.open = asyncio.Event()
        self.given_up = asyncio.Event()

    async def fetch(self, exchange, symbol, *levels):
        self.asked.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.given_up.set()
            raise
        return await self._books.fetch(exchange, symbol, *levels)


@pytest.fixture
def gate(venues):
    return Gate(venues.market.books)


@pytest.fixture
async def waiting_client(market, gate, wire):
    async with held(Client(build_server(replace(market, books=gate)), mode=wire)) as client:
        yield client


async def test_progress_names_what_is_waited_for(waiting_client, gate):
    told = []

    async def tell(seconds, total, message):
        told.append((seconds, total, message))
        gate.open.set()

    result = await waiting_client.call_tool("compare_exchanges", {"symbol": "BTC", "exchanges": ["binance", "kraken"]}, progress_callback=tell)
    assert not result.is_error
    assert told[0][1:] == (None, "0 of 2 books in, waiting for binance, kraken")
    assert [seconds for seconds, *_ in told] == sorted({seconds for seconds, *_ in told})


async def test_progress_goes_on_while_nothing_changes(waiting_client, gate, monkeypatch):
    monkeypatch.setattr(progress, "_HEARTBEAT_S", 0.001)
    told = []

    async def tell(_, __, message):
        told.append(message)
        if len(told) == 3:
            gate.open.set()

    await waiting_client.call_tool("get_order_book", {"symbol": "BTC", "exchange": "kraken"}, progress_callback=tell)
    assert told[:3] == ["0 of 1 books in, waiting for kraken"] * 3


async def test_cancelling_a_call_ends_its_fetches(waiting_client, gate):
    call = asyncio.create_task(waiting_client.call_tool("compare_exchanges", {"symbol": "BTC"}))
    await gate.asked.wait()
    call.cancel()
    await asyncio.wait({call})
    await gate.given_up.wait()
    gate.open.set()
    assert not (await waiting_client.call_tool("compare_exchanges", {"symbol": "BTC"})).is_error
