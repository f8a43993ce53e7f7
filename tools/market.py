"""What a tool needs to answer: books, what is remembered of them, which exchanges are meant, how charts become images, and what time it is."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from math import inf

from .book import ANALYSIS_LEVELS, Books, OrderBook
from .cache import Cache
from .charts.render import Renderer
from .demo import GeneratedHistory
from .errors import LiquidityError, NotConfigured
from .feeds import ExchangeBooks, Limits, MarketFiles, Venue, common_source, read_venues, venue
from .history import History
from .history.urls import of_source
from .observer import Nobody, Observer
from .parameters import Source
from .settings import Settings
from .simulator import BookSource, GeneratedBooks, RecordedBooks
from .simulator.incidents import demo_incidents

_REMEMBER_S = 2.0
"""How long a demo's first book waits for a database that does not answer."""


@dataclass(frozen=True)
class Market:
    """Everything the tools stand on, all of one `source`.

    `exchanges` are those meant where a caller names none; `now` is UTC; `cache` keeps what is dear to compute; `observer` is told of the work.
    """

    books: Books
    exchanges: tuple[str, ...]
    source: Source
    renderer: Renderer
    now: Callable[[], datetime]
    history: History
    cache: Cache
    observer: Observer = field(default_factory=Nobody)


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


async def warm_up() -> None:
    """Import what a first answer and a first image would otherwise wait for, one after the other and off the event loop."""
    for module in ("tools.feeds.exchange", "tools.simulator.server", "tools.history.opened", "kaleido"):
        await asyncio.to_thread(import_module, module)


@asynccontextmanager
async def open_market(settings: Settings | None = None, observer: Observer | None = None) -> AsyncGenerator[Market]:
    """A market over live exchanges, or over simulated or replayed venues where the settings say so; closes all it opened.

    Raises NotConfigured for settings that cannot be, NotReadable for a recording that cannot be replayed.
    """
    settings, observer = settings or Settings(), observer or Nobody()
    source = _book_source(settings)
    exchanges = settings.exchanges if source is None else _exchanges_of(source, settings)
    cache = Cache(observer=observer)
    async with AsyncExitStack() as stack:
        renderer = Renderer()
        stack.push_async_callback(renderer.close)
        venues = read_venues(settings.exchange_config) if source is None else {}
        market_source = common_source(exchanges, venues) if source is None else source.source
        # Closed after the books, whose venues may be asking it as they open.
        history = _history(settings, market_source, source, exchanges)
        stack.push_async_callback(history.close)
        if source is None:
            books = _exchange_books(settings, exchanges, venues, market_source, cache, observer)
        else:
            books = _LoopbackBooks(source, history, settings, exchanges, cache, observer)
        stack.push_async_callback(books.close)
        yield Market(books, exchanges, market_source, renderer, utc_now, history, cache, observer)


class _LoopbackBooks:
    """Books from venues on loopback, which open with the first request: what serves them takes long to import."""

    def __init__(self, source: BookSource, history: History, settings: Settings, exchanges: tuple[str, ...], cache: Cache, observer: Observer) -> None:
        self._source = source
        self._history = history
        self._settings = settings
        self._exchanges = exchanges
        self._cache = cache
        self._observer = observer
        self._opened = AsyncExitStack()
        self._opening: asyncio.Task[ExchangeBooks] | None = None

    async def fetch(self, exchange: str, symbol: str, levels: int = ANALYSIS_LEVELS, max_age_s: float = inf) -> OrderBook:
        """The book of the market that `symbol` means on `exchange`."""
        self._opening = self._opening or asyncio.create_task(self._open())
        # A caller who gives up leaves the venues open for the next.
        books = await asyncio.shield(self._opening)
        return await books.fetch(exchange, symbol, levels, max_age_s)

    async def close(self) -> None:
        """Close the clients, then the venues."""
        if self._opening is not None:
            await asyncio.wait({self._opening})
        await self._opened.aclose()

    async def _open(self) -> ExchangeBooks:
        server, _ = await asyncio.gather(asyncio.to_thread(import_module, "tools.simulator.server"), self._remember())
        simulator = await self._opened.enter_async_context(server.Simulator(self._source))
        venues = {exchange: venue(config) for exchange, config in simulator.exchange_config.items()}
        books = _exchange_books(self._settings, self._exchanges, venues, self._source.source, self._cache, self._observer)
        self._opened.push_async_callback(books.close)
        return books

    async def _remember(self) -> None:
        """Open a demo's database, which places the incidents that its venues show by the opening that it remembers; without it they stand by this one."""
        if isinstance(self._history, GeneratedHistory):
            with suppress(LiquidityError, TimeoutError):
                async with asyncio.timeout(_REMEMBER_S):
                    await self._history.leased()


def _book_source(settings: Settings) -> BookSource | None:
    """The books that stand in for exchanges, None where the market is live."""
    if settings.replay is not None:
        return RecordedBooks(settings.replay)
    return GeneratedBooks(incidents=demo_incidents(utc_now())) if settings.demo else None


def _exchanges_of(source: BookSource, settings: Settings) -> tuple[str, ...]:
    """The exchanges meant where a caller names none: the configured ones, all of which must be at hand, or the usual ones that are, or all of a recording."""
    if "exchanges" in settings.model_fields_set:
        missing = [one for one in settings.exchanges if one not in source.exchanges]
        if missing:
            here = f"the {source.source} exchanges here are {', '.join(source.exchanges)}"
            raise NotConfigured(f"LIQUIDITY_EXCHANGES names {', '.join(missing)}, but {here}: change it or leave it out.")
        return settings.exchanges
    usual = tuple(one for one in settings.exchanges if one in source.exchanges)
    return tuple(source.exchanges) if source.source == "replay" else usual


def _history(settings: Settings, source: Source, books: BookSource | None, exchanges: tuple[str, ...]) -> History:
    """What is remembered of this source, in a database of its own."""
    url = of_source(settings.history_url, source)
    if isinstance(books, GeneratedBooks):
        return GeneratedHistory(url, books, exchanges, retention_days=settings.retention_days, now=utc_now)
    return History(url, source, retention_days=settings.retention_days, now=utc_now)


def _exchange_books(
    settings: Settings, exchanges: tuple[str, ...], venues: Mapping[str, Venue], source: Source, cache: Cache, observer: Observer
) -> ExchangeBooks:
    return ExchangeBooks(
        exchanges,
        venues,
        source=source,
        taker_fees=settings.taker_fees,
        limits=Limits(settings.deadline_s, settings.stale_after_s, settings.cache_default_ttl_s),
        files=MarketFiles(settings.cache_dir / "markets"),
        cache=cache,
        now=utc_now,
        observer=observer,
    )
