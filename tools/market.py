"""What a tool needs to answer: where books come from, which exchanges are meant, how charts become images, and what time it is."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from .book import Books
from .cache import Cache
from .charts.render import Renderer
from .feeds import ExchangeBooks, Limits, MarketFiles, Venue, read_venues, venue
from .parameters import Source
from .settings import Settings
from .simulator import BookSource, GeneratedBooks, RecordedBooks, Simulator


@dataclass(frozen=True)
class Market:
    """Everything the tools stand on. `exchanges` are those meant where a caller names none; `now` is UTC."""

    books: Books
    exchanges: tuple[str, ...]
    source: Source
    renderer: Renderer
    now: Callable[[], datetime]


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_market(settings: Settings | None = None) -> AsyncGenerator[Market]:
    """A market over live exchanges, or over simulated or replayed venues where the settings say so; closes all it opened.

    Raises NotConfigured for settings that cannot be, NotReadable for a recording that cannot be replayed.
    """
    settings = settings or Settings()
    async with AsyncExitStack() as stack:
        books = _simulated_books(settings)
        if books is None:
            exchanges, venues = settings.exchanges, read_venues(settings.exchange_config)
        else:
            simulator = await stack.enter_async_context(Simulator(books))
            exchanges = tuple(one for one in settings.exchanges if one in books.exchanges) or tuple(books.exchanges)
            venues = {exchange: venue(config) for exchange, config in simulator.exchange_config.items()}
        renderer = Renderer()
        stack.push_async_callback(renderer.close)
        exchange_books = _exchange_books(settings, exchanges, venues, closed=books is not None)
        stack.push_async_callback(exchange_books.close)
        yield Market(exchange_books, exchanges, settings.source, renderer, utc_now)


def _simulated_books(settings: Settings) -> BookSource | None:
    """The books that stand in for exchanges, None where the market is live."""
    if settings.replay is not None:
        return RecordedBooks(settings.replay)
    return GeneratedBooks() if settings.demo else None


def _exchange_books(settings: Settings, exchanges: tuple[str, ...], venues: dict[str, Venue], *, closed: bool) -> ExchangeBooks:
    return ExchangeBooks(
        exchanges,
        venues,
        closed=closed,
        taker_fees=settings.taker_fees,
        limits=Limits(settings.deadline_s, settings.stale_after_s, settings.cache_default_ttl_s),
        files=MarketFiles(settings.cache_dir / "markets"),
        cache=Cache(),
        now=utc_now,
    )
