"""A market over simulated venues whose faults, exchanges and limits a test chooses."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Imported here rather than on first use, so that no test's deadline pays for importing ccxt.
import tools.feeds.exchange  # noqa: F401
from tools.cache import Cache
from tools.charts.render import Renderer
from tools.feeds import ExchangeBooks, Limits, MarketFiles, venue
from tools.history import History
from tools.market import Market
from tools.observer import Nobody, Observer
from tools.simulator import GeneratedBooks, Simulator
from tools.simulator.source import BookSource

THREE = ("binance", "coinbase", "kraken")
FIVE = (*THREE, "okx", "bybit")


@dataclass(frozen=True)
class Simulated:
    """The market, and the venues behind it."""

    market: Market
    simulator: Simulator
    cache: Cache

    def book_requests(self, exchange: str) -> int:
        """How often the exchange was asked for a book."""
        return sum(
            count for (name, path), count in self.simulator.requests.items() if name == exchange and any(word in path.lower() for word in ("depth", "book"))
        )


@asynccontextmanager
async def simulated(
    exchanges: Sequence[str] = THREE,
    *,
    books: BookSource | None = None,
    limits: Limits = Limits(),
    taker_fees: Mapping[str, float] | None = None,
    files: Path | None = None,
    cache: Cache | None = None,
    config: Mapping[str, Any] | None = None,
    observer: Observer = Nobody(),
    database: str = "",
) -> AsyncIterator[Simulated]:
    """Open a market over `exchanges` of a simulator; `config` is merged over every exchange's configuration.

    Its history is empty: that of `database`, else of a new file.
    """
    cache = cache or Cache(observer=observer)
    with TemporaryDirectory() as folder:
        async with Simulator(books or GeneratedBooks()) as simulator:
            venues = {exchange: venue({**simulator.exchange_config[exchange], **(config or {})}) for exchange in simulator.exchanges}
            feed = ExchangeBooks(
                exchanges,
                venues,
                source=venues[exchanges[0]].source,
                taker_fees=taker_fees or {},
                limits=limits,
                files=MarketFiles(files),
                cache=cache,
                now=lambda: datetime.now(UTC),
                observer=observer,
            )
            renderer, source = Renderer(), venues[exchanges[0]].source
            history = History(database or f"sqlite+aiosqlite:///{folder}/history.sqlite3", source, now=lambda: datetime.now(UTC))
            try:
                yield Simulated(Market(feed, tuple(exchanges), source, renderer, lambda: datetime.now(UTC), history, cache, observer), simulator, cache)
            finally:
                await history.close()
                await feed.close()
                await renderer.close()
