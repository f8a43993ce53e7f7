"""Unmodified ccxt clients against each venue."""

from decimal import Decimal

import ccxt
import pytest

BITCOIN = {"binance": "BTC/USDT", "coinbase": "BTC/USD", "kraken": "BTC/USD", "okx": "BTC/USDT", "bybit": "BTC/USDT"}
LIST_REQUESTS = {
    "binance": {("binance", "/api/v3/exchangeInfo"): 1},
    # The second asks for futures, of which there are none.
    "coinbase": {("coinbase", "/api/v3/brokerage/market/products"): 2},
    "kraken": {("kraken", "/0/public/AssetPairs"): 1},
    "okx": {("okx", "/api/v5/public/instruments"): 1},
    "bybit": {("bybit", "/v5/market/instruments-info"): 1},
}
DEFAULT_LIST_REQUESTS = {"binance": 3, "coinbase": 5, "kraken": 2, "okx": 5, "bybit": 11}
MOST_LEVELS = {"binance": 5_000, "coinbase": 5_000, "kraken": 500, "okx": 400, "bybit": 200}
BOOK_PATHS = {
    "binance": "/api/v3/depth",
    "coinbase": "/api/v3/brokerage/market/product_book",
    "kraken": "/0/public/Depth",
    "okx": "/api/v5/market/books",
    "bybit": "/v5/market/orderbook",
}
each_exchange = pytest.mark.parametrize("exchange", BITCOIN)


def exact(levels):
    return [(Decimal(str(level[0])), Decimal(str(level[1]))) for level in levels]


@each_exchange
async def test_the_markets_of_a_venue_are_those_of_the_source(simulator, books, connect, exchange):
    client = connect(simulator.exchange_config, exchange)

    markets = await client.load_markets()

    listed = {market.symbol: (float(market.price_tick), float(market.size_step)) for market in books.markets(exchange)}
    assert {symbol: (market["precision"]["price"], market["precision"]["amount"]) for symbol, market in markets.items()} == listed
    assert all(market["spot"] and market["active"] for market in markets.values())
    assert simulator.requests == LIST_REQUESTS[exchange]


@each_exchange
async def test_ccxt_with_its_own_defaults_finds_the_same_markets_with_more_requests(simulator, books, connect, exchange):
    urls_only = {exchange: {"urls": simulator.exchange_config[exchange]["urls"]}}

    markets = await connect(urls_only, exchange).load_markets()

    assert set(markets) == {market.symbol for market in books.markets(exchange)}
    assert simulator.requests.total() == DEFAULT_LIST_REQUESTS[exchange]


@each_exchange
async def test_books_at_any_allowed_depth_are_exactly_those_of_the_source(simulator, books, connect, exchange):
    client = connect(simulator.exchange_config, exchange)

    for levels in (1, 20, MOST_LEVELS[exchange]):
        book = await client.fetch_order_book(BITCOIN[exchange], levels)
        source = books.book(exchange, BITCOIN[exchange], levels)
        assert exact(book["bids"]) == exact(source.bids)
        assert exact(book["asks"]) == exact(source.asks)
        assert len(book["bids"]) == len(book["asks"]) == levels
    assert simulator.requests[exchange, BOOK_PATHS[exchange]] == 3


@each_exchange
async def test_every_listed_book_reaches_ccxt_uncrossed(simulator, books, connect, exchange):
    client = connect(simulator.exchange_config, exchange)

    for market in books.markets(exchange):
        book = await client.fetch_order_book(market.symbol, 5)
        assert book["bids"][0][0] < book["asks"][0][0]


@each_exchange
async def test_a_book_says_whose_it_is_and_how_old(simulator, books, connect, exchange):
    client = connect(simulator.exchange_config, exchange)

    book = await client.fetch_order_book(BITCOIN[exchange], 5)

    source = books.book(exchange, BITCOIN[exchange])
    said = {name: value for name, value in client.last_response_headers.items() if name.startswith("X-Liquidity")}
    assert said == {"X-Liquidity-Source": "simulated", "X-Liquidity-As-Of": str(source.timestamp_ms), "X-Liquidity-Clock": str(source.clock_ms)}
    assert source.clock_ms - source.timestamp_ms == 100
    assert book["timestamp"] == (None if exchange in {"binance", "kraken"} else source.timestamp_ms)


@each_exchange
async def test_ccxt_knows_before_any_request_that_a_symbol_is_not_listed(simulator, connect, exchange):
    client = connect(simulator.exchange_config, exchange)
    await client.load_markets()
    simulator.requests.clear()

    with pytest.raises(ccxt.BadSymbol):
        await client.fetch_order_book("NOPE/USD")
    assert simulator.requests.total() == 0


@pytest.mark.parametrize(
    ("exchange", "error", "words"),
    [
        ("binance", ccxt.BadSymbol, "Invalid symbol"),
        ("coinbase", ccxt.BadRequest, "valid product_id is required"),
        ("kraken", ccxt.ExchangeError, "EQuery:Unknown asset pair"),
        ("okx", ccxt.BadSymbol, "doesn't exist"),
        ("bybit", ccxt.BadRequest, "Not supported symbols"),
    ],
)
async def test_a_delisted_market_gets_the_venues_own_refusal(simulator, connect, exchange, error, words):
    client = connect(simulator.exchange_config, exchange)
    market = (await client.load_markets())[BITCOIN[exchange]]
    client.set_markets([market | {"id": "NOPE"}])

    with pytest.raises(error, match=words):
        await client.fetch_order_book(BITCOIN[exchange], 5)


@pytest.mark.parametrize(
    ("exchange", "levels", "words"),
    [
        ("binance", 0, "parameter 'limit'"),
        ("kraken", 501, "Invalid arguments:count"),
        ("kraken", 0, "Invalid arguments:count"),
        ("okx", 5_001, "Parameter sz error"),
        ("okx", 0, "Parameter sz error"),
        ("bybit", 201, "limit is out of range"),
    ],
)
async def test_a_depth_that_the_venue_does_not_allow_is_refused(simulator, connect, exchange, levels, words):
    client = connect(simulator.exchange_config, exchange)

    with pytest.raises(ccxt.ExchangeError, match=words):
        await client.fetch_order_book(BITCOIN[exchange], levels)


async def test_binance_sends_its_most_when_asked_for_more(simulator, connect):
    book = await connect(simulator.exchange_config, "binance").fetch_order_book("BTC/USDT", 9_000)

    assert len(book["bids"]) == len(book["asks"]) == 5_000


async def test_coinbase_sends_everything_when_no_depth_is_asked_for(simulator, books, connect):
    book = await connect(simulator.exchange_config, "coinbase").fetch_order_book("BTC/USD")

    source = books.book("coinbase", "BTC/USD")
    assert (exact(book["bids"]), exact(book["asks"])) == (exact(source.bids), exact(source.asks))


async def test_okx_asks_its_full_book_beyond_400_levels(simulator, connect):
    book = await connect(simulator.exchange_config, "okx").fetch_order_book("BTC/USDT", 1_000)

    assert len(book["bids"]) == 1_000
    assert simulator.requests["okx", "/api/v5/market/books-full"] == 1


@each_exchange
async def test_every_venue_tells_the_time_of_the_source(simulator, books, connect, exchange):
    client = connect(simulator.exchange_config, exchange)

    told = await client.fetch_time()

    assert told // 1_000 == int(books.now().timestamp())


async def test_kraken_answers_about_its_health(simulator, connect):
    status = await connect(simulator.exchange_config, "kraken").fetch_status()

    assert status["status"] == "ok"
