"""Each fault at the wire, as a plain HTTP client and as ccxt see it."""

import asyncio
import json

import aiohttp
import ccxt
import pytest

from tools.simulator import Fault, Faults, Simulator

PATHS = {
    "binance": "/api/v3/depth?symbol=BTCUSDT&limit=5",
    "coinbase": "/api/v3/brokerage/market/product_book?product_id=BTC-USD&limit=5",
    "kraken": "/0/public/Depth?pair=XXBTZUSD&count=5",
    "okx": "/api/v5/market/books?instId=BTC-USDT&sz=5",
    "bybit": "/v5/market/orderbook?category=spot&symbol=BTCUSDT&limit=5",
}


@pytest.fixture
async def http(simulator):
    async with aiohttp.ClientSession(f"http://127.0.0.1:{simulator.port}") as session:
        yield session


async def ask(http, exchange="binance"):
    async with http.get(f"/{exchange}{PATHS[exchange]}") as response:
        return response, await response.text()


@pytest.mark.parametrize("code", [400, 403, 404, 418, 429, 451, 500, 503, 504, 520])
async def test_a_status_comes_with_its_body_and_still_says_whose_books_these_are(simulator, http, code):
    simulator.faults.set("binance", Fault.status(code, "go away", retry_after_s=7))

    response, text = await ask(http)

    assert (response.status, text, response.content_type) == (code, "go away", "text/plain")
    assert response.headers["Retry-After"] == "7"
    assert response.headers["X-Liquidity-Source"] == "simulated"


async def test_a_status_may_come_as_a_web_page(simulator, http):
    simulator.faults.set("binance", Fault.status(403, html=True))

    response, text = await ask(http)

    assert (response.status, response.content_type) == (403, "text/html")
    assert text.startswith("<!DOCTYPE html>")
    assert "Retry-After" not in response.headers


async def test_a_web_page_may_come_with_status_200(simulator, http):
    simulator.faults.set("binance", Fault.html())

    response, text = await ask(http)

    assert (response.status, response.content_type) == (200, "text/html")
    assert text.startswith("<!DOCTYPE html>")


async def test_an_empty_body_comes_with_status_200(simulator, http):
    simulator.faults.set("binance", Fault.empty_body())

    response, text = await ask(http)

    assert (response.status, text) == (200, "")


async def test_truncated_json_is_the_first_half_of_the_right_answer(simulator, http):
    _, whole = await ask(http)
    simulator.faults.set("binance", Fault.truncated())

    response, text = await ask(http)

    assert (response.status, text) == (200, whole[: len(whole) // 2])
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


async def test_a_dropped_connection_gives_no_answer(simulator, http):
    simulator.faults.set("binance", Fault.dropped())

    with pytest.raises(aiohttp.ClientConnectionError):
        await ask(http)


async def test_a_delayed_answer_is_the_right_one(simulator, http):
    _, whole = await ask(http)
    simulator.faults.set("binance", Fault.delay(0.01))

    _, text = await ask(http)

    assert text == whole


class WatchedFaults(Faults):
    """Faults that tell when a request meets one."""

    def __init__(self, books):
        super().__init__(books)
        self.met = asyncio.Event()

    def of(self, exchange, *, book):
        self.met.set()
        return super().of(exchange, book=book)


async def test_a_hang_ends_when_the_simulator_closes(books):
    faults = WatchedFaults({"binance": Fault.hang()})
    async with asyncio.timeout(5), aiohttp.ClientSession() as session:
        async with Simulator(books, faults) as simulator:
            hanging = asyncio.create_task(session.get(f"http://127.0.0.1:{simulator.port}/binance{PATHS['binance']}"))
            await faults.met.wait()
            assert not hanging.done()
        with pytest.raises(aiohttp.ClientConnectionError):
            await hanging


async def test_a_client_that_gives_up_on_a_hang_leaves_the_venue_free(simulator, http):
    simulator.faults.set("binance", Fault.hang())
    with pytest.raises(TimeoutError):
        await http.get("/binance" + PATHS["binance"], timeout=aiohttp.ClientTimeout(total=0.02))
    simulator.faults.clear("binance")

    response, _ = await ask(http)

    assert response.status == 200


@pytest.mark.parametrize("exchange", PATHS)
async def test_an_empty_book_has_no_level(simulator, connect, exchange):
    book = await book_with(simulator, connect, exchange, Fault.empty_sides())

    assert (book["bids"], book["asks"]) == ([], [])


@pytest.mark.parametrize("exchange", PATHS)
async def test_a_crossed_book_has_its_best_prices_swapped(simulator, books, connect, exchange):
    book = await book_with(simulator, connect, exchange, Fault.crossed())

    source = books.book(exchange, symbol_of(exchange), 5)
    assert (book["bids"][0][0], book["asks"][0][0]) == (float(source.asks[0][0]), float(source.bids[0][0]))


@pytest.mark.parametrize("exchange", PATHS)
async def test_zero_levels_reach_the_client_as_they_are(simulator, connect, exchange):
    book = await book_with(simulator, connect, exchange, Fault.zero_levels())

    assert any(level[0] == 0 for level in book["bids"])
    assert any(level[1] == 0 for level in book["asks"])


@pytest.mark.parametrize("exchange", PATHS)
async def test_nan_and_null_stand_in_the_json(simulator, http, exchange):
    simulator.faults.set(exchange, Fault.nan_levels())

    _, text = await ask(http, exchange)

    assert '"NaN"' in text
    assert "null" in text


@pytest.mark.parametrize("exchange", PATHS)
async def test_a_stale_book_says_so_in_our_headers_and_where_the_venue_sends_a_time(simulator, books, connect, exchange):
    simulator.faults.set(exchange, Fault.stale(90))
    client = connect(simulator.exchange_config, exchange)

    book = await client.fetch_order_book(symbol_of(exchange), 5)

    then = books.book(exchange, symbol_of(exchange)).timestamp_ms - 90_000
    assert client.last_response_headers["X-Liquidity-As-Of"] == str(then)
    assert book["timestamp"] in ((None,) if exchange in {"binance", "kraken"} else (then,))


@pytest.mark.parametrize(("code", "error"), [(429, ccxt.DDoSProtection), (451, ccxt.ExchangeNotAvailable), (504, ccxt.RequestTimeout)])
async def test_ccxt_raises_what_it_raises_for_a_real_venue(simulator, connect, code, error):
    with pytest.raises(error):
        await book_with(simulator, connect, "binance", Fault.status(code))


async def test_only_books_fail_unless_a_fault_is_set_everywhere(simulator, connect):
    simulator.faults.set("kraken", Fault.status(503))
    assert await connect(simulator.exchange_config, "kraken").load_markets()

    simulator.faults.set("kraken", Fault.status(503), everywhere=True)
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await connect(simulator.exchange_config, "kraken").load_markets()


async def test_a_fault_of_one_exchange_leaves_the_others_alone(simulator, http):
    simulator.faults.set("kraken", Fault.status(503))

    assert (await ask(http, "kraken"))[0].status == 503
    assert (await ask(http, "okx"))[0].status == 200


def symbol_of(exchange):
    return "BTC/USD" if exchange in {"coinbase", "kraken"} else "BTC/USDT"


async def book_with(simulator, connect, exchange, fault):
    simulator.faults.set(exchange, fault)
    return await connect(simulator.exchange_config, exchange).fetch_order_book(symbol_of(exchange), 5)
