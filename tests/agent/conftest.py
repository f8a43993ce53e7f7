"""Markets over books in memory: the real tools, the real agent, no network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf

import pytest
from make_books import NOON, book

from tools.book import ALL_LEVELS, ANALYSIS_LEVELS, OrderBook
from tools.cache import Cache
from tools.charts.render import Renderer
from tools.errors import LiquidityError, UnknownSymbol
from tools.history import History
from tools.market import Market

BINANCE = [[(99.99, 400), (99.9, 1_000), (99.0, 4_000)], [(100.01, 400), (100.1, 1_000), (101.0, 4_000)]]
COINBASE = [[(99.98, 500), (99.8, 2_000), (98.9, 9_000)], [(100.02, 500), (100.2, 2_000), (101.1, 9_000)]]
KRAKEN = [[(99.95, 100), (99.7, 300), (99.5, 600)], [(100.05, 100), (100.3, 300), (100.5, 600)]]


@dataclass
class FakeBooks:
    """Books by exchange; every symbol's base must be SOL, as these are its books."""

    books: Mapping[str, OrderBook | LiquidityError]
    fetched: list[tuple[str, str]] = field(default_factory=list)

    async def fetch(self, exchange: str, symbol: str, levels: int = ANALYSIS_LEVELS, max_age_s: float = inf) -> OrderBook:
        self.fetched.append((exchange, symbol))
        found = self.books.get(exchange)
        if symbol.partition("/")[0] != "SOL" or found is None:
            raise UnknownSymbol(exchange, symbol, ["SOL"])
        if isinstance(found, LiquidityError):
            raise found
        assert levels in {ANALYSIS_LEVELS, ALL_LEVELS}
        return found


def _sol(rows, exchange, symbol="SOL/USD", **more):
    return book(*rows, exchange=exchange, symbol=symbol, source=more.pop("source", "simulated"), **more)


def _three(**changed):
    """Three exchanges with fees of 0.1, 0.6 and 0.25 %; binance quotes in USDT at 0.999 USD."""
    return {
        "binance": _sol(BINANCE, "binance", "SOL/USDT", usd=0.999, fee_pct=0.1),
        "coinbase": _sol(COINBASE, "coinbase", fee_pct=0.6, fee_origin="default schedule"),
        "kraken": _sol(KRAKEN, "kraken", fee_pct=0.25, taken_after_s=0.5),
        **changed,
    }


def _now():
    return NOON + timedelta(seconds=1)


def _market_of(books, exchanges=("binance", "coinbase", "kraken"), source="simulated"):
    # Opened with its first use, which none of these books brings about.
    history = History("sqlite+aiosqlite:///:memory:", source, now=_now)
    return Market(books if hasattr(books, "fetch") else FakeBooks(books), tuple(exchanges), source, Renderer(), _now, history, Cache())


@pytest.fixture(scope="session")
def sol():
    return _sol


@pytest.fixture(scope="session")
def three():
    return _three


@pytest.fixture(scope="session")
def market_of():
    return _market_of


@pytest.fixture
def market():
    return _market_of(_three())
