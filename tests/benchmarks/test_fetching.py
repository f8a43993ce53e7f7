"""What a book costs beside the bare request, and several exchanges beside the slowest of them."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import aiohttp
import orjson
import pytest
from measuring import by_turns, report
from simulated import THREE, simulated

from tools import compare_exchanges
from tools.cache import Cache
from tools.feeds import ExchangeBooks, Limits, MarketFiles, venue
from tools.simulator import Fault

UNTHROTTLED = {"rateLimit": 0.001}


def forgetful() -> Cache:
    """A cache whose time runs a minute with every look, so that nothing in it is ever fresh but what single flight shares."""
    moment = iter(range(0, 10**9, 60))
    return Cache(clock=lambda: next(moment))


async def test_several_exchanges_take_as_long_as_the_slowest():
    async with simulated(config=UNTHROTTLED, cache=forgetful()) as venues:
        await compare_exchanges(venues.market, "BTC/USD")
        for exchange, seconds in zip(THREE, (0.05, 0.15, 0.3), strict=True):
            venues.simulator.faults.set(exchange, Fault.delay(seconds))
        ours, slowest = await by_turns(
            lambda: compare_exchanges(venues.market, "BTC/USD"),
            lambda: venues.market.books.fetch("kraken", "BTC/USD"),
            rounds=11,
        )
        assert report("compare_exchanges over venues delayed by 50, 150 and 300 ms, beside the slowest alone", ours, slowest) <= 1.15


@pytest.fixture(scope="module")
def venues_elsewhere():
    """The exchange configuration of simulated venues in a process of their own."""
    process = subprocess.Popen([sys.executable, "-m", "mcp_server.cli", "simulate", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            break
    yield json.loads(text)
    process.terminate()
    process.communicate()


@pytest.mark.parametrize("levels", [20, 100, 1_000])
async def test_a_fetched_book_beside_a_bare_request(venues_elsewhere, levels):
    config = venues_elsewhere["coinbase"]
    feed = ExchangeBooks(
        ["coinbase"],
        {"coinbase": venue(config | UNTHROTTLED)},
        source="simulated",
        taker_fees={},
        limits=Limits(),
        files=MarketFiles(None),
        cache=forgetful(),
        now=lambda: datetime.now(UTC),
    )
    url = f"{config['urls']['api']['rest']}/api/v3/brokerage/market/product_book?product_id=BTC-USD&limit={levels if levels != 20 else 50}"
    async with aiohttp.ClientSession() as session:

        async def bare():
            async with session.get(url) as response:
                book = orjson.loads(await response.read())["pricebook"]
                return [(float(row["price"]), float(row["size"])) for side in ("bids", "asks") for row in book[side]]

        try:
            ours, floor = await by_turns(lambda: feed.fetch("coinbase", "BTC/USD", levels), bare, rounds=60)
        finally:
            await feed.close()
    report(f"a book of {levels} levels beside bare aiohttp, orjson and float", ours, floor)
