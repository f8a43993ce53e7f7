"""How the tools look back: which stored market is meant, which window, and what stands now beside it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ..analytics.look import Look, last, look
from ..analytics.rules import OwnRule
from ..analytics.series import Series
from ..analytics.snapshot import snapshot
from ..deepening import covering_depth
from ..errors import ExchangeError, HistoryUnavailable, InsufficientHistory, InvalidArgument
from ..market import Market
from .fetching import one_exchange

_CLOCKS_DIFFER = timedelta(minutes=1)
_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """A stored market, and the window that is asked about: from `start` (exclusive) to `end`. `now` is the market's present, by which ages are told."""

    exchange: str
    symbol: str
    start: datetime
    end: datetime
    now: datetime

    def reaching(self, hours: float) -> "Place":
        """The same place over the `hours` up to its end."""
        return replace(self, start=self.end - timedelta(hours=hours))

    @property
    def window(self) -> tuple[str, str, datetime, datetime]:
        """What the history is asked for."""
        return self.exchange, self.symbol, self.start, self.end


class Seen(NamedTuple):
    """A window as it is stored, and the market's last look: None where a past window tells of none. `failure` says why a look just now failed, if it did."""

    series: Series
    last: Look | None
    failure: str = ""


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
        raise InsufficientHistory(venue, symbol, 0, 1, None, market.source)
    now = await present(market, venue, stored)
    end = end_of(until, market.now()) if until else now
    return Place(venue, stored, end - timedelta(hours=hours), end, max(end, now))


async def present(market: Market, venue: str, stored: str) -> datetime:
    """What counts as now: of a recording, whose books are dated by its own clock, the newest that was stored."""
    newest = await market.history.latest(venue, stored, market.now()) if market.source == "replay" else None
    return market.now() if newest is None else newest.timestamp


async def seen(market: Market, meant: Place, until: str) -> Seen:
    """The window as it is stored, and beside it how the market stands now, or where a past window is asked about how it was last seen in it."""
    series = await market.history.series(*meant.window)
    if until:
        return Seen(series, await _told(market, last(series)))
    try:
        book = await covering_depth(market.books, meant.exchange, meant.symbol)
        return Seen(series, look(snapshot(book)), " ".join(book.warnings))
    except ExchangeError as error:
        failed = Look(source=market.source, exchange=meant.exchange, symbol=meant.symbol, at=meant.now, figures=None, failure=error.kind)
        return Seen(series, failed, str(error))


async def _told(market: Market, stored: Look | None) -> Look | None:
    """A stored look, with the reason where it failed."""
    if stored is None or stored.figures is not None:
        return stored
    return replace(stored, failure=await market.history.failure(stored.exchange, stored.symbol, stored.at))


def end_of(text: str, now: datetime) -> datetime:
    """Raises InvalidArgument for a time to come; what another clock calls now is now."""
    end = datetime.fromisoformat(text)
    if end > now + _CLOCKS_DIFFER:
        raise InvalidArgument(f"until must not lie in the future, as {text} does; leave it empty for now.")
    return min(end, now)


async def own_rules(market: Market) -> list[OwnRule]:
    """People's rules, oldest first; of a recording, which is of another time than they are, everything counts for them."""
    since = _ALWAYS if market.source == "replay" else None
    return [OwnRule(one.rule, one.created_at, since or one.created_at) for one in await market.history.rules()]


async def knowing_what_is_stored(market: Market, error: InsufficientHistory) -> InsufficientHistory:
    """The error, said with when the stored history of its market begins and ends where there is one."""
    with suppress(HistoryUnavailable):
        found = error.hours and await market.history.find_market(error.exchange, error.symbol)
        for one in await market.history.markets(error.exchange) if found else ():
            if one.symbol == found:
                return error.knowing(one.first, one.last)
    return error
