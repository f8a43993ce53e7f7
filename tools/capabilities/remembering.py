"""How the tools look back: which stored market is meant, which window, and what stands now beside it."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from ..analytics.snapshot import Miss, Snapshot, snapshot
from ..deepening import covering_depth
from ..errors import ExchangeError, InsufficientHistory, InvalidArgument
from ..market import Market
from .fetching import one_exchange


class Place(NamedTuple):
    """A stored market, and the window that is asked about: from `start` (exclusive) to `end`."""

    exchange: str
    symbol: str
    start: datetime
    end: datetime


class Look(NamedTuple):
    """One look at a market: what history would keep of it, None where a past window holds nothing; and the sentence that says why it failed, if it did."""

    taken: Snapshot | Miss | None
    failure: str = ""

    @property
    def snapshot(self) -> Snapshot | None:
        """What was seen, if a book was."""
        return self.taken if isinstance(self.taken, Snapshot) else None


async def place(market: Market, exchange: str, symbol: str, hours: float, until: str) -> Place:
    """The stored market that is meant, and the window of `hours` up to `until`.

    Raises InsufficientHistory where nothing is stored of it, UnknownExchange and UnknownSymbol where there is no such market at all.
    """
    venue = one_exchange(market, exchange)
    stored = await market.history.find_market(venue, symbol)
    if stored is None:
        with suppress(ExchangeError):
            # Says so where there is no such exchange or market.
            await market.books.fetch(venue, symbol)
        raise InsufficientHistory(venue, symbol, 0, 1, hours, market.source)
    end = await _end(market, venue, stored, until)
    return Place(venue, stored, end - timedelta(hours=hours), end)


async def look(market: Market, place: Place, until: str) -> Look:
    """How the market stands now, or as it was last stored where a past window is asked about."""
    if until:
        return Look(await market.history.latest(place.exchange, place.symbol, place.end))
    try:
        return Look(snapshot(await covering_depth(market.books, place.exchange, place.symbol)))
    except ExchangeError as error:
        miss = Miss(source=market.source, exchange=place.exchange, symbol=place.symbol, timestamp=market.now(), kind=error.kind)
        return Look(miss, str(error))


async def _end(market: Market, venue: str, stored: str, until: str) -> datetime:
    if until:
        end = datetime.fromisoformat(until)
        if end > market.now():
            raise InvalidArgument(f"until must not lie in the future, as {until} does; leave it empty for now.")
        return end
    if market.source == "replay":
        # A recording's books are dated by its own clock; its present is the newest that was stored.
        newest = await market.history.latest(venue, stored, market.now())
        return market.now() if newest is None else newest.timestamp
    return market.now()
