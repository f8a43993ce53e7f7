"""Books from exchanges: the market that a symbol means, fetched once for all who ask, cleaned, and priced in US dollars."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from math import inf
from typing import TYPE_CHECKING

from ..analytics import depth
from ..book import ANALYSIS_LEVELS, OrderBook, TakerFee, UsdRate, clean
from ..cache import Cache
from ..errors import ExchangeError, InvalidArgument, StaleBook, outside_text
from ..observer import Nobody, Observer, timed
from ..parameters import Source
from .depth_limits import is_all_sent, request_limit
from .market_files import MarketFiles
from .single_flight import SingleFlight
from .usd import PairQuote, UsdRates
from .venues import Venue

if TYPE_CHECKING:
    from .exchange import ExchangeClient, RawBook

BOOK_TTL_S = 2.0
DEEPEST_MARKET_TTL_S = 3_600.0
ASSUMED_RATE_TTL_S = 10.0
_RATE_LEVELS = 50
_WIDEST_COMPARED_PCT = 5.0
# A replayed book's own time and its series' clock, in milliseconds.
_AS_OF, _CLOCK = "x-liquidity-as-of", "x-liquidity-clock"


@dataclass(frozen=True)
class Limits:
    """How long a call may take, how old a book may be, and how long a USD rate holds, in seconds."""

    deadline_s: float = 10.0
    stale_after_s: float = 10.0
    rate_ttl_s: float = 60.0


class ExchangeBooks:
    """The Books that exchanges of one `source` send; no other exchange is ever contacted. `exchanges` are asked for USD rates."""

    def __init__(
        self,
        exchanges: Sequence[str],
        venues: Mapping[str, Venue],
        *,
        source: Source,
        taker_fees: Mapping[str, float],
        limits: Limits,
        files: MarketFiles,
        cache: Cache,
        now: Callable[[], datetime],
        observer: Observer | None = None,
    ) -> None:
        self._exchanges = exchanges
        self._venues = venues
        self._source: Source = source
        self._taker_fees = taker_fees
        self._limits = limits
        self._files = files
        self._cache = cache
        self._now = now
        self._observer = observer or Nobody()
        self._flights = SingleFlight()
        self._clients: dict[str, ExchangeClient] = {}

    async def fetch(self, exchange: str, symbol: str, levels: int = ANALYSIS_LEVELS, max_age_s: float = inf) -> OrderBook:
        """The book of the market that `symbol` means on `exchange`: one that is kept, up to that age, or under way for somebody else, or a new one."""
        client = await self._client(exchange)
        if not client.markets:
            with timed(partial(self._observer.fetched, exchange, "markets")):
                await client.loaded_markets()
        markets = await client.candidates(symbol)
        if len(markets) > 1:
            return await self._deepest(exchange, symbol, markets, levels, max_age_s)
        book = await self._book(exchange, markets[0], levels, max_age_s)
        if symbol in (book.symbol, book.base) or book.symbol.replace("/", "") == symbol:
            return book
        return replace(book, warnings=(f"{exchange} does not list {symbol}; its {book.symbol} is used instead.", *book.warnings))

    async def close(self) -> None:
        """Close every client that was opened."""
        clients, self._clients = list(self._clients.values()), {}
        await asyncio.gather(*(client.close() for client in clients))

    async def _deepest(self, exchange: str, symbol: str, markets: Sequence[str], levels: int, max_age_s: float) -> OrderBook:
        """The book of the deepest of an asset's markets; which one that is holds for DEEPEST_MARKET_TTL_S."""
        key = (self._source, "deepest", exchange, symbol)
        market: str | None = self._cache.get(key)
        if market is not None:
            return await self._book(exchange, market, levels, max_age_s)
        answers = dict(zip(markets, await asyncio.gather(*(self._attempt(exchange, one, levels, max_age_s) for one in markets)), strict=True))
        books = [answer for answer in answers.values() if isinstance(answer, OrderBook)]
        failed = {one: answer for one, answer in answers.items() if isinstance(answer, ExchangeError)}
        if not books:
            raise next(iter(failed.values()))
        width = min(_WIDEST_COMPARED_PCT, *(depth.reach_pct(book) for book in books))
        deepest = max(books, key=lambda book: depth.band(book, width).total_usd)
        if not failed:
            self._cache.set(key, deepest.symbol, DEEPEST_MARKET_TTL_S)
            return deepest
        return replace(deepest, warnings=(f"{exchange} gave no usable book of {', '.join(failed)}; its {deepest.symbol} is used.", *deepest.warnings))

    async def _attempt(self, exchange: str, market: str, levels: int, max_age_s: float) -> OrderBook | ExchangeError:
        try:
            return await self._book(exchange, market, levels, max_age_s)
        except ExchangeError as error:
            return error

    async def _book(self, exchange: str, market: str, levels: int, max_age_s: float = inf) -> OrderBook:
        key = (self._source, "book", exchange, market, request_limit(exchange, levels))
        book: OrderBook | None = self._cache.get(key)
        if book is None or (self._now() - book.received_at).total_seconds() > max_age_s:
            book = await self._flights.run(key, lambda: self._fetch_book(exchange, market, levels))
            self._cache.set(key, book, BOOK_TTL_S)
        return book

    async def _fetch_book(self, exchange: str, market: str, levels: int) -> OrderBook:
        client = await self._client(exchange)
        quote = market.partition("/")[2].partition(":")[0]
        rate = asyncio.ensure_future(self._rate(exchange, quote))
        try:
            with timed(partial(self._observer.fetched, exchange, "book")):
                raw = await client.raw_book(market, levels)
                return self._finished(client, raw, await rate)
        finally:
            rate.cancel()

    def _finished(self, client: "ExchangeClient", raw: "RawBook", usd: UsdRate) -> OrderBook:
        """The raw book cleaned, dated and priced; raises what is wrong with it."""
        exchange, source, received_at = client.exchange, self._source, self._now()
        self._require_fresh(exchange, raw, received_at)
        as_of, lag_ms = _recorded_time(raw) if source == "replay" else (received_at, 0.0)
        bids, asks = clean(exchange, raw.symbol, raw.bids, raw.asks, all_sent=_all_sent(exchange, raw, source), contract=client.contract(raw.symbol))
        book = OrderBook(exchange, raw.symbol, bids, asks, source, as_of, received_at, usd, self._fee(client, raw.symbol), lag_ms)
        if usd.conversion_cost_pct is None and not usd.market:
            return replace(book, warnings=(f"{book.quote} is counted as 1 USD: no exchange at hand prices it.",))
        return book

    def _require_fresh(self, exchange: str, raw: "RawBook", received_at: datetime) -> None:
        """Raise StaleBook where the book is older than the limit, by the recording's clock or by the time that the exchange put on it."""
        if self._source == "replay":
            age_s = _recorded_time(raw)[1] / 1_000
        else:
            age_s = 0.0 if raw.timestamp_ms is None else received_at.timestamp() - raw.timestamp_ms / 1_000
        if age_s > self._limits.stale_after_s:
            raise StaleBook(exchange, raw.symbol, age_s, self._limits.stale_after_s)

    def _fee(self, client: "ExchangeClient", market: str) -> TakerFee:
        configured = self._taker_fees.get(client.exchange)
        if configured is not None:
            return TakerFee(configured, "configured")
        default = client.taker_fee(market)
        return TakerFee(default, "unknown" if default is None else "default schedule")

    async def _rate(self, exchange: str, quote: str) -> UsdRate:
        """What `quote` is worth, from the books of exchanges of the same source."""
        key = (self._source, "usd", exchange, quote)
        rate: UsdRate | None = self._cache.get(key)
        if rate is None:
            rate = await self._flights.run(key, lambda: UsdRates(self._quote_pair, self._exchanges).rate(exchange, quote))
            self._cache.set(key, rate, self._limits.rate_ttl_s if rate.market or quote == "USD" else ASSUMED_RATE_TTL_S)
        return rate

    async def _quote_pair(self, exchange: str, market: str) -> PairQuote | None:
        client = await self._client(exchange)
        if market not in await client.loaded_markets():
            return None
        raw = await client.raw_book(market, _RATE_LEVELS)
        self._require_fresh(exchange, raw, self._now())
        bids, asks = clean(exchange, market, raw.bids, raw.asks)
        bid, ask = float(bids.prices[0]), float(asks.prices[0])
        fee = self._fee(client, market)
        return PairQuote((bid + ask) / 2, None if fee.pct is None else 100 * (ask - bid) / (bid + ask) + fee.pct)

    def _venue(self, exchange: str) -> Venue:
        return self._venues.get(exchange, Venue())

    async def _client(self, exchange: str) -> "ExchangeClient":
        if exchange not in self._clients:
            self._require_source(exchange)
            await self._flights.run(("client", exchange), lambda: self._open_client(exchange))
        return self._clients[exchange]

    def _require_source(self, exchange: str) -> None:
        """Raise InvalidArgument for an exchange whose books are of another source."""
        theirs = self._venue(exchange).source
        if theirs != self._source:
            here = ", ".join(one for one, venue in self._venues.items() if venue.source == self._source)
            among = (
                f"is not among the {self._source} exchanges here, which are {here}"
                if here
                else f"is {theirs} here, and {self._source} books never stand beside others"
            )
            raise InvalidArgument(f"{outside_text(exchange)} {among}.")

    async def _open_client(self, exchange: str) -> None:
        # ccxt takes a second to import, which must not hold up what else is going on.
        module = await asyncio.to_thread(import_module, "tools.feeds.exchange")
        self._clients[exchange] = module.ExchangeClient(exchange, self._venue(exchange), self._limits.deadline_s, self._files)


def _recorded_time(raw: "RawBook") -> tuple[datetime, float]:
    """When a replayed book was true, and how many milliseconds old it was by its series' clock."""
    as_of_ms, clock_ms = float(raw.headers[_AS_OF]), float(raw.headers[_CLOCK])
    return datetime.fromtimestamp(as_of_ms / 1_000, UTC), max(0.0, clock_ms - as_of_ms)


def _all_sent(exchange: str, raw: "RawBook", source: Source) -> tuple[bool, bool]:
    """Whether each side is all that the exchange holds; of a recording, which was cut where its maker cut it, nobody knows."""
    if source == "replay":
        return False, False
    return is_all_sent(exchange, raw.limit, len(raw.bids)), is_all_sent(exchange, raw.limit, len(raw.asks))
