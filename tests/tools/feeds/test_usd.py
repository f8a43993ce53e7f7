import asyncio

import pytest

from tools.book import UsdRate
from tools.errors import ExchangeUnavailable, NoUsdRate
from tools.feeds import usd
from tools.feeds.usd import PairQuote, UsdRates


def rates(quotes, exchanges=("binance", "kraken")):
    """Rates over {(exchange, market): PairQuote or error}; also the list of what was asked."""
    asked = []

    async def quote_pair(exchange, market):
        asked.append((exchange, market))
        answer = quotes.get((exchange, market))
        if isinstance(answer, Exception):
            raise answer
        if answer == "hang":
            await asyncio.Event().wait()
        return answer

    return UsdRates(quote_pair, exchanges), asked


async def test_a_dollar_is_a_dollar_without_asking_anyone():
    found, asked = rates({})
    assert await found.rate("kraken", "USD") == UsdRate(1.0, 0.0, "")
    assert asked == []


async def test_the_exchange_itself_is_asked_first():
    found, asked = rates({("okx", "USDT/USD"): PairQuote(0.9996, 0.1), ("kraken", "USDT/USD"): PairQuote(0.9, 9.9)})
    assert await found.rate("okx", "USDT") == UsdRate(0.9996, 0.1, "okx USDT/USD")
    assert asked == [("okx", "USDT/USD")]


async def test_another_exchange_prices_what_the_first_cannot():
    found, _ = rates({("kraken", "USDT/USD"): PairQuote(0.9996, 0.1)})
    assert await found.rate("binance", "USDT") == UsdRate(0.9996, 0.1, "kraken USDT/USD")


async def test_an_inverse_pair_serves_too():
    found, _ = rates({("kraken", "USD/CAD"): PairQuote(1.25, 0.2)})
    assert await found.rate("kraken", "CAD") == UsdRate(0.8, 0.2, "kraken USD/CAD")


async def test_a_currency_without_a_dollar_pair_goes_through_a_stablecoin_at_unknown_cost():
    found, _ = rates({("binance", "USDT/TRY"): PairQuote(40.0, 0.1)})
    assert await found.rate("binance", "TRY") == UsdRate(0.025, None, "binance USDT/TRY")


async def test_a_stablecoin_that_none_prices_counts_as_one_dollar_at_unknown_cost():
    found, _ = rates({("binance", "USDT/USD"): ExchangeUnavailable("binance")})
    assert await found.rate("binance", "USDT") == UsdRate(1.0, None, "")


async def test_any_other_currency_that_none_prices_is_an_error_that_names_it():
    found, _ = rates({})
    with pytest.raises(NoUsdRate, match="kraken quotes in XYZ"):
        await found.rate("kraken", "XYZ")


async def test_an_exchange_that_hangs_holds_up_a_rate_only_for_a_moment(monkeypatch):
    monkeypatch.setattr(usd, "_PATIENCE_S", 0.01)
    found, _ = rates({("binance", "USDT/USD"): "hang", ("kraken", "USDT/USD"): PairQuote(0.9996, 0.1)})
    assert await found.rate("binance", "USDT") == UsdRate(0.9996, 0.1, "kraken USDT/USD")


async def test_an_exchange_that_errs_cannot_price_another_exchanges_books():
    found, _ = rates({("kraken", "USDT/USD"): PairQuote(9.99, 0.1), ("coinbase", "USDT/USD"): PairQuote(0.9996, 0.2)}, ("binance", "kraken", "coinbase"))
    assert await found.rate("binance", "USDT") == UsdRate(0.9996, 0.2, "coinbase USDT/USD")


async def test_a_stablecoin_priced_far_from_its_peg_by_one_other_exchange_alone_is_not_believed():
    found, _ = rates({("kraken", "USDT/USD"): PairQuote(9.99, 0.1)})
    with pytest.raises(NoUsdRate):
        await found.rate("binance", "USDT")


async def test_a_lost_peg_is_believed_when_two_exchanges_agree():
    found, _ = rates({("kraken", "USDT/USD"): PairQuote(0.52, 0.1), ("coinbase", "USDT/USD"): PairQuote(0.50, 0.2)}, ("binance", "kraken", "coinbase"))
    assert await found.rate("binance", "USDT") == UsdRate(0.52, 0.1, "kraken USDT/USD")
