"""The server around the venues: where it listens, what it counts, how it ends."""

import aiohttp
import pytest

from tools.errors import NotConfigured
from tools.simulator import SPOKEN, Simulator


async def test_the_configuration_points_every_exchange_here_and_labels_its_books(simulator):
    config = simulator.exchange_config

    here = f"127.0.0.1:{simulator.port}/"
    assert tuple(config) == SPOKEN == simulator.exchanges
    assert {exchange: settings["source"] for exchange, settings in config.items()} == dict.fromkeys(SPOKEN, "simulated")
    assert all(here + exchange in address for exchange, settings in config.items() for address in addresses(settings["urls"]))
    assert config["kraken"] == {
        "urls": {"api": {"public": f"http://{here}kraken", "ws": {"publicV2": f"ws://{here}kraken/v2"}}},
        "has": {"fetchCurrencies": False},
        "source": "simulated",
    }


async def test_requests_are_counted_by_exchange_and_path(simulator):
    async with aiohttp.ClientSession(f"http://127.0.0.1:{simulator.port}") as session:
        for _ in range(2):
            async with session.get("/okx/api/v5/public/time?x=1") as response:
                assert response.status == 200

    assert simulator.requests == {("okx", "/api/v5/public/time"): 2}


@pytest.mark.parametrize("path", ["/kucoin/api/v1/timestamp", "/okx/api/v5/account/balance"])
async def test_what_is_not_simulated_is_not_found_but_labelled(simulator, path):
    async with aiohttp.ClientSession(f"http://127.0.0.1:{simulator.port}") as session, session.get(path) as response:
        assert response.status == 404
        assert response.headers["X-Liquidity-Source"] == "simulated"


async def test_a_port_in_use_is_an_error_that_names_it(simulator, books):
    with pytest.raises(NotConfigured, match=f"Port {simulator.port} cannot be opened"):
        async with Simulator(books, port=simulator.port):
            pass


async def test_a_simulator_can_be_opened_again(books):
    simulator = Simulator(books)
    for _ in range(2):
        async with simulator, aiohttp.ClientSession(f"http://127.0.0.1:{simulator.port}") as session, session.get("/binance/api/v3/ping") as response:
            assert await response.json() == {}


def addresses(urls):
    return [address for value in urls.values() for address in (addresses(value) if isinstance(value, dict) else [value])]
