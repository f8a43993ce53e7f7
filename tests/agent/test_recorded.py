"""Known facts of recorded books, through the whole house: replay, ccxt, tools, rules, answer."""

import os
from pathlib import Path

import pytest

from agent import ask, choose_model
from tools.market import open_market
from tools.settings import Settings

BOOKS = Path(os.environ.get("LIQUIDITY_TEST_BOOKS", Path(__file__).parents[3] / "shared" / "books"))
pytestmark = pytest.mark.skipif(not BOOKS.is_dir(), reason=f"no recorded books in {BOOKS}")


async def answers(folder, exchange, *questions):
    settings = Settings(replay=BOOKS / folder, exchanges=(exchange,), model="rules")
    async with open_market(settings) as market:
        return [(await ask(choose_model(settings), market, question)).text for question in questions]


async def test_slippage_and_depth_of_the_full_coinbase_books():
    btc, eth, depth = await answers(
        "2026-08-09-full",
        "coinbase",
        "How much slippage for a $250k market buy of BTC on Coinbase?",
        "How much slippage for a $250k market buy of ETH on Coinbase?",
        "How deep is BTC on Coinbase within 1%?",
    )
    assert btc.startswith("A $250,000 market buy of BTC on coinbase (BTC/USD) slips **0.39 bps against mid** over 20 levels.")
    assert eth.startswith("A $250,000 market buy of ETH on coinbase (ETH/USD) slips **2.25 bps against mid** over 36 levels.")
    assert "holds **$15.51 million** of bids and **$17.93 million** of asks." in depth
    assert all("replay of recorded books (not live)." in text for text in (btc, eth, depth))


async def test_two_hundred_levels_of_bybit_are_a_lower_bound():
    (depth,) = await answers("2026-08-09", "bybit", "How deep is BTC on Bybit within 1%?")
    assert "holds **at least $" in depth
    assert "of bids and **at least $" in depth
