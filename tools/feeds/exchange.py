"""One exchange over the wire: its client, its market list and its raw books."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ccxt.base.errors import BaseError

from ..book import Contract
from ..errors import LiquidityError, RateLimited, UnknownSymbol
from ..symbols import candidates, suggestions
from .client import RESPONSE_HEADERS, open_client
from .depth_limits import request_limit
from .market_files import MarketFiles
from .single_flight import SingleFlight
from .translate import PARSER_FAULTS, HttpFailure, translated
from .venues import Venue

T = TypeVar("T")

_FAULTS = (LiquidityError, BaseError, HttpFailure, TimeoutError, *PARSER_FAULTS)


@dataclass(frozen=True)
class RawBook:
    """What an exchange sent for a market when asked for `limit` levels, with the answer's headers in lower case."""

    symbol: str
    limit: int | None
    bids: Sequence[Sequence[Any]]
    asks: Sequence[Sequence[Any]]
    timestamp_ms: float | None
    headers: dict[str, str]


class ExchangeClient:
    """A kept ccxt client that is opened on first use. Every call ends within `deadline_s` with a book or a LiquidityError."""

    def __init__(self, exchange: str, venue: Venue, deadline_s: float, files: MarketFiles) -> None:
        self.exchange = exchange
        self._client = open_client(exchange, venue.source, dict(venue.config), deadline_s)
        self._deadline_s = deadline_s
        # Only live markets outlast the process: those of a simulator change with it.
        self._files = files if venue.source == "live" else MarketFiles(None)
        self._flights = SingleFlight()
        self._from_disk = False

    async def loaded_markets(self) -> dict[str, dict[str, Any]]:
        """The listed markets by symbol, loaded on first use."""
        await self._loaded("its markets")
        return self.markets

    @property
    def markets(self) -> dict[str, dict[str, Any]]:
        """The listed markets by symbol; empty before the first call."""
        return self._client.markets or {}

    async def candidates(self, symbol: str) -> list[str]:
        """The markets that `symbol` can mean here, best first; raises UnknownSymbol with the closest matches where there are none."""
        await self._loaded(symbol)
        found = candidates(symbol, self.markets)
        if not found and self._from_disk:
            await self._within_deadline(symbol, self._flights.run("reload", self._reload))
            found = candidates(symbol, self.markets)
        if not found:
            raise UnknownSymbol(self.exchange, symbol, suggestions(symbol, self.markets))
        return found

    async def raw_book(self, market: str, levels: int) -> RawBook:
        """The book of a listed market, at least `levels` deep per side where the exchange sends that many."""
        await self._loaded(market)
        limit = request_limit(self.exchange, levels)
        book, headers = await self._within_deadline(market, self._fetch(market, limit))
        return RawBook(market, limit, book["bids"], book["asks"], book.get("timestamp"), headers)

    def contract(self, market: str) -> Contract:
        """How the sizes of a market become base units."""
        about = self.markets[market]
        size = about.get("contractSize") if about.get("contract") else None
        return Contract(float(size), bool(about.get("inverse"))) if size else Contract()

    def taker_fee(self, market: str) -> float | None:
        """The default taker fee of a market in per cent, None where ccxt knows none."""
        taker = self.markets[market].get("taker")
        return None if taker is None else round(100 * float(taker), 9)

    async def close(self) -> None:
        """Close the client's connections."""
        await self._client.close()

    async def _fetch(self, market: str, limit: int | None) -> tuple[dict[str, Any], dict[str, str]]:
        book = await self._client.fetch_order_book(market, limit)
        return book, RESPONSE_HEADERS.get({})

    async def _loaded(self, symbol: str) -> None:
        if not self.markets:
            await self._within_deadline(symbol, self._flights.run("load", self._load))

    async def _load(self) -> None:
        kept = await asyncio.to_thread(self._files.load, self.exchange)
        if kept:
            self._client.set_markets(kept)
            self._from_disk = True
        else:
            await self._reload()

    async def _reload(self) -> None:
        markets = await self._client.load_markets(True)
        self._from_disk = False
        await asyncio.to_thread(self._files.save, self.exchange, list(markets.values()))

    async def _within_deadline(self, symbol: str, call: Awaitable[T]) -> T:
        """The result of a call to the exchange, or the LiquidityError that its failure or its length means."""
        try:
            async with asyncio.timeout(self._deadline_s):
                return await call
        except _FAULTS as error:
            known = translated(self.exchange, symbol, error, self._deadline_s)
            if isinstance(known, RateLimited):
                self._client.bucket.drain()
            if known is error:
                raise
            raise known from error
