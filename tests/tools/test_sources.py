"""Nothing simulated or replayed can be shown, cached or kept as live, whatever a configuration says."""

import asyncio
import json

import pytest
from simulated import THREE, simulated

from tools import calculate_market_impact, compare_exchanges, liquidity_chart, liquidity_heatmap, open_market
from tools.analytics.comparison import compare
from tools.cache import Cache
from tools.errors import InvalidArgument, MislabelledSource, NotConfigured, NoUsableExchange
from tools.settings import Settings
from tools.simulator import GeneratedBooks, Simulator


async def test_every_result_of_the_demo_says_that_it_is_simulated(tmp_path):
    async with open_market(Settings(demo=True, cache_dir=tmp_path)) as market:
        results = await asyncio.gather(
            compare_exchanges(market, "BTC"),
            calculate_market_impact(market, "BTC", 50_000),
            liquidity_heatmap(market, "BTC"),
            liquidity_chart(market, "impact", "BTC", order_size_usd=50_000),
        )
        assert [result.source for result in results] == ["simulated"] * 4
        assert all("SIMULATED" in result.title for result in results[2:])
    assert list(tmp_path.rglob("*")) == []


async def test_the_printed_configuration_of_the_simulator_labels_its_books(tmp_path):
    async with Simulator(GeneratedBooks()) as simulator:
        path = tmp_path / "exchanges.json"
        path.write_text(json.dumps(simulator.exchange_config))
        async with open_market(Settings(exchange_config=path, cache_dir=tmp_path / "cache")) as market:
            assert (await compare_exchanges(market, "BTC")).source == "simulated"
            assert market.source == "simulated"
            with pytest.raises(InvalidArgument, match="bitstamp is not among the simulated exchanges here"):
                await compare_exchanges(market, "BTC", ["bitstamp"])
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("lie", [{"source": "live"}, {"source": "replay"}])
async def test_a_configuration_that_lies_about_the_simulator_gets_no_book(tmp_path, lie):
    async with Simulator(GeneratedBooks()) as simulator:
        path = tmp_path / "exchanges.json"
        path.write_text(json.dumps({exchange: config | lie for exchange, config in simulator.exchange_config.items()}))
        async with open_market(Settings(exchange_config=path, cache_dir=tmp_path / "cache")) as market:
            with pytest.raises(NoUsableExchange, match=f"configured as {lie['source']}, but its endpoint says that its books are simulated"):
                await compare_exchanges(market, "BTC")
    assert not (tmp_path / "cache").exists()


async def test_a_configuration_without_a_label_on_an_overridden_endpoint_is_not_live(tmp_path):
    async with Simulator(GeneratedBooks()) as simulator:
        path = tmp_path / "exchanges.json"
        path.write_text(
            json.dumps(
                {exchange: {name: value for name, value in config.items() if name != "source"} for exchange, config in simulator.exchange_config.items()}
            )
        )
        async with open_market(Settings(exchange_config=path, cache_dir=tmp_path / "cache")) as market:
            assert (await compare_exchanges(market, "BTC")).source == "simulated"


async def test_a_cache_that_two_sources_share_never_answers_one_with_the_others_books():
    shared = Cache()
    async with simulated(cache=shared) as first:
        book = await first.market.books.fetch("kraken", "BTC/USD")
    async with simulated(cache=shared, config={"source": "live"}) as second:
        with pytest.raises(MislabelledSource):
            await second.market.books.fetch("kraken", "BTC/USD")
    assert book.source == "simulated"
    assert {key[0] for key in shared._entries if key[1] == "book"} == {"simulated"}


async def test_books_of_two_sources_cannot_stand_in_one_result():
    async with simulated() as venues:
        books = {exchange: await venues.market.books.fetch(exchange, "BTC/USD") for exchange in THREE}
        mixed = {**books, "kraken": type(books["kraken"])(**{**vars(books["kraken"]), "source": "live"})}
        with pytest.raises(ValueError, match="different sources"):
            compare("BTC", mixed, {}, 20, venues.market.now())


async def test_a_configuration_that_mixes_sources_among_the_default_exchanges_opens_no_market(tmp_path):
    path = tmp_path / "exchanges.json"
    path.write_text('{"kraken": {"urls": {}}}')
    with pytest.raises(NotConfigured, match="Sources never mix, but binance is live, coinbase is live, kraken is simulated"):
        async with open_market(Settings(exchange_config=path, cache_dir=tmp_path)):
            pytest.fail("a market of two sources was opened")


async def test_a_simulated_exchange_cannot_be_asked_in_a_live_market(tmp_path):
    path = tmp_path / "exchanges.json"
    path.write_text('{"okx": {"urls": {}}}')
    async with open_market(Settings(exchange_config=path, cache_dir=tmp_path)) as market:
        with pytest.raises(InvalidArgument, match="okx is simulated here, and live books never stand beside others"):
            await market.books.fetch("okx", "BTC")
