import pytest

from tools.parameters import normal_symbol
from tools.symbols import candidates, suggestions

LISTED = {"BTC/USD", "BTC/USDC", "BTC/EUR", "ETH/USDT", "SOL/USDT", "SOL/USD", "PEPE/EUR", "BTC/USDT:USDT"}


@pytest.mark.parametrize(
    ("symbol", "meant"),
    [
        ("BTC", ["BTC/USD", "BTC/USDC"]),
        ("ETH", ["ETH/USDT"]),
        ("BTC/USD", ["BTC/USD"]),
        ("BTC/USDT", ["BTC/USD"]),
        ("ETH/USD", ["ETH/USDT"]),
        ("BTC/EUR", ["BTC/EUR"]),
        ("ETH/EUR", []),
        ("BTC/USDT:USDT", ["BTC/USDT:USDT"]),
        ("PEPE", []),
        ("SOLUSDT", ["SOL/USDT"]),
        ("BTCUSDT", ["BTC/USD"]),
        ("BTCEUR", ["BTC/EUR"]),
        ("USDT", []),
    ],
)
def test_a_symbol_means_its_own_market_or_the_nearest_in_dollars(symbol, meant):
    assert candidates(symbol, LISTED) == meant


@pytest.mark.parametrize(
    ("spelling", "symbol"),
    [
        ("btc", "BTC"),
        (" sol/usdt ", "SOL/USDT"),
        ("BTC-USD", "BTC/USD"),
        ("btc_usdt", "BTC/USDT"),
        ("eth usdt", "ETH/USDT"),
        ("BTC/USDT:USDT", "BTC/USDT:USDT"),
    ],
)
def test_people_spell_symbols_in_many_ways(spelling, symbol):
    assert normal_symbol(spelling) == symbol


@pytest.mark.parametrize(("mistyped", "closest"), [("BCT", ["BTC"]), ("SOLL", ["SOL"]), ("PEPE", ["PEPE"]), ("ZZZZZ", [])])
def test_a_mistyped_asset_gets_the_closest_listed_ones(mistyped, closest):
    assert suggestions(mistyped, LISTED)[:1] == closest


def test_a_market_in_another_quote_gets_those_of_the_same_asset():
    assert "PEPE/EUR" in suggestions("PEPE/USDT", LISTED)
