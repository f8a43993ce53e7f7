"""What a recorder would have stored of simulated venues at times gone by, made without asking them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..analytics import depth
from ..analytics.series import milliseconds
from ..analytics.snapshot import PROFILE_EDGES_PCT, Miss, Snapshot, snapshot
from ..book import ALL_LEVELS, ANALYSIS_LEVELS, Column, Levels, OrderBook, TakerFee, UsdRate
from ..errors import EmptyBook, ExchangeError
from .catalog import PROFILES
from .generated import GeneratedBooks

COVERED_PCT = 1.0
"""As tools.deepening has it, which stands above this package."""
# Nothing of a snapshot depends on what stands beyond its last bin; the margin is for rounding.
REACH_PCT = 1.01 * max(*PROFILE_EDGES_PCT, *depth.BAND_WIDTHS_PCT)
_NO_FEE = TakerFee(None, "unknown")


@dataclass(frozen=True)
class Recorder:
    """What must be known of the recorder that `past` stands for.

    `request_limit(exchange, levels)` is what it asks an exchange for to get at least that many levels, None for the whole book;
    `is_all_sent(exchange, limit, count)` whether a side of `count` levels is then all there is; `exchanges` are those that it asks for USD rates.
    """

    request_limit: Callable[[str, int], int | None]
    is_all_sent: Callable[[str, int | None, int], bool]
    exchanges: Sequence[str]


def past(books: GeneratedBooks, exchange: str, symbol: str, start: datetime, end: datetime, interval_s: float, recorder: Recorder) -> Iterator[Snapshot | Miss]:
    """A look at the market at `start` and every `interval_s` from there until before `end`, in UTC. Raises UnknownSymbol."""
    interval, now = timedelta(seconds=interval_s), start.astimezone(UTC)
    while now < end:
        yield look(books, exchange, symbol, now, recorder)
        now += interval


def look(books: GeneratedBooks, exchange: str, symbol: str, now: datetime, recorder: Recorder) -> Snapshot | Miss:
    """What is stored of the market's book at `now`: as analysis asks for it, or the deepest where that ends before COVERED_PCT from mid."""
    try:
        book = _book(books, exchange, symbol, now, ANALYSIS_LEVELS, recorder)
        if not depth.band(book, COVERED_PCT).complete and recorder.request_limit(exchange, ANALYSIS_LEVELS) != recorder.request_limit(exchange, ALL_LEVELS):
            book = _book(books, exchange, symbol, now, ALL_LEVELS, recorder)
    except ExchangeError as error:
        return Miss(source=books.source, exchange=exchange, symbol=symbol, timestamp=now, kind=error.kind)
    return snapshot(book)


def _book(books: GeneratedBooks, exchange: str, symbol: str, now: datetime, levels: int, recorder: Recorder) -> OrderBook:
    limit = recorder.request_limit(exchange, levels)
    sides = list[Levels]()
    for name, (prices, sizes) in zip(("bid", "ask"), books.columns_at(exchange, symbol, milliseconds(now), limit, REACH_PCT), strict=True):
        if not len(prices):
            raise EmptyBook(exchange, symbol, name)
        sides.append(Levels(_frozen(prices), _frozen(sizes), recorder.is_all_sent(exchange, limit, len(prices))))
    rate = UsdRate(_usd(books, exchange, symbol.partition("/")[2], now, recorder.exchanges))
    return OrderBook(exchange, symbol, sides[0], sides[1], books.source, now, now, rate, _NO_FEE)


def _usd(books: GeneratedBooks, exchange: str, quote: str, now: datetime, exchanges: Sequence[str]) -> float:
    """What `quote` is worth in US dollars: on the exchange itself, else on the first of the others, which never disagree here, else 1."""
    if quote == "USD":
        return 1.0
    for venue in (exchange, *exchanges):
        if (venue, f"{quote}/USD") not in PROFILES:
            continue
        try:
            bid, ask = books.best_at(venue, f"{quote}/USD", milliseconds(now))
        except ExchangeError:
            continue
        return (bid + ask) / 2
    return 1.0


def _frozen(column: Column) -> Column:
    column.setflags(write=False)
    return column
