"""The venues on loopback: one HTTP server that speaks every exchange's protocol, says whose books it serves, and fails on demand."""

import asyncio
import math
from collections import Counter
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web

from ..errors import NotConfigured
from . import binance, bybit, coinbase, kraken, okx
from .conditions import VenueDown
from .faults import Fault, Faults, Reply
from .source import BookSource, ListedMarket, RawBook
from .venue import BookQuery, Listing, Refused, Venue

_HOST = "127.0.0.1"
_VENUES = {venue.exchange: venue for venue in (binance.VENUE, coinbase.VENUE, kraken.VENUE, okx.VENUE, bybit.VENUE)}
_HEALTHY = Fault()
_OUTAGE = Reply(503, "the venue is under maintenance")
_SHUTDOWN_S = 1.0


class Simulator:
    """Loopback venues over a source of books; an async context manager that serves while it is open.

    `port` is the one asked for, and once open the one in use (0 asks for any that is free); `requests` counts by exchange and path, such as
    `("binance", "/api/v3/depth")`. Opening raises NotConfigured where the port is taken.
    """

    def __init__(self, books: BookSource, faults: Faults | None = None, port: int = 0) -> None:
        self.faults = faults if faults is not None else Faults()
        self.exchanges = books.exchanges
        self.port = port
        self.requests: Counter[tuple[str, str]] = Counter()
        self._books = books
        self._markets = {exchange: _by_id(_VENUES[exchange], books) for exchange in books.exchanges}
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()

    @property
    def exchange_config(self) -> dict[str, dict[str, Any]]:
        """For each exchange the ccxt configuration that points its client here and labels its books; complete once open."""
        labels: dict[str, Any] = {"has": {"fetchCurrencies": False}, "source": self._books.source}
        place = f"://{_HOST}:{self.port}/"
        return {exchange: _VENUES[exchange].config(f"http{place}{exchange}", f"ws{place}{exchange}") | labels for exchange in self.exchanges}

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{exchange}/{path:.*}", self._handle)
        app.on_response_prepare.append(self._label)
        # A client that gives up ends its request here too, so a hang holds nothing.
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, _HOST, self.port).start()
        except OSError as error:
            await runner.cleanup()
            raise NotConfigured(f"Port {self.port} cannot be opened ({error.strerror}); give another one, or 0 for any that is free.") from error
        self._closing.clear()
        self._runner, self.port = runner, runner.addresses[0][1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _label(self, _: web.BaseRequest, response: web.StreamResponse) -> None:
        response.headers["X-Liquidity-Source"] = self._books.source

    async def _handle(self, request: web.Request) -> web.Response:
        exchange, path = request.match_info["exchange"], "/" + request.match_info["path"]
        if exchange not in self.exchanges:
            return _json({"error": f"no exchange {exchange} here"}, 404)
        self.requests[exchange, path] += 1
        venue = _VENUES[exchange]
        fault = self.faults.of(exchange, book=path in venue.books) or _HEALTHY
        if await self._wait(fault.wait_s) or fault.drop:
            return _dropped(request)
        if fault.reply is not None:
            return _instead(fault.reply)
        try:
            return self._answer(venue, path, request, fault)
        except Refused as refusal:
            return _json(refusal.body, refusal.status)
        except VenueDown:
            return _instead(_OUTAGE)

    async def _wait(self, seconds: float) -> bool:
        """Wait, and say whether the simulator closed meanwhile."""
        if not seconds:
            return False
        try:
            await asyncio.wait_for(self._closing.wait(), None if math.isinf(seconds) else seconds)
        except TimeoutError:
            return False
        return True

    def _answer(self, venue: Venue, path: str, request: web.Request, fault: Fault) -> web.Response:
        if path in venue.books:
            return self._book(venue, venue.books[path](request.query), fault)
        if path not in venue.pages:
            raise Refused({"error": "not_found", "error_description": f"the simulated {venue.exchange} has no {path}"}, 404)
        listing = Listing(tuple(self._markets[venue.exchange].values()), self._books.now())
        return _json(venue.pages[path](listing, request.query), cut=fault.cut)

    def _book(self, venue: Venue, query: BookQuery, fault: Fault) -> web.Response:
        market = self._markets[venue.exchange].get(query.market_id)
        if market is None:
            raise venue.unknown_market(query.market_id)
        raw = fault.alter(self._books.book(venue.exchange, market.symbol, query.levels))
        response = _json(venue.book(market, raw), cut=fault.cut)
        response.headers.update(_ages(raw))
        return response


def _by_id(venue: Venue, books: BookSource) -> dict[str, ListedMarket]:
    return {venue.market_id(market): market for market in books.markets(venue.exchange)}


def _ages(raw: RawBook) -> dict[str, str]:
    return {"X-Liquidity-As-Of": str(raw.timestamp_ms), "X-Liquidity-Clock": str(raw.clock_ms)}


def _json(body: Any, status: int = 200, *, cut: bool = False) -> web.Response:
    text = orjson.dumps(body)
    return web.Response(body=text[: len(text) // 2] if cut else text, status=status, content_type="application/json")


def _instead(reply: Reply) -> web.Response:
    headers = {} if reply.retry_after_s is None else {"Retry-After": str(reply.retry_after_s)}
    return web.Response(text=reply.body, status=reply.status, content_type=reply.content_type, headers=headers)


def _dropped(request: web.Request) -> web.Response:
    """Cut the connection; the response that aiohttp wants of a handler finds nobody to go to."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
