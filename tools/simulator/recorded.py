"""Recorded books, replayed at the pace they were recorded at."""

import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import median

from ..errors import UnknownSymbol
from ..parameters import Source
from .recording import Row, read
from .source import SPOKEN, Level, ListedMarket, RawBook


@dataclass(frozen=True)
class _Series:
    """The books of one market in time order; `length_ms` is one loop, 0 for a single book, which stands still."""

    rows: tuple[Row, ...]
    times: tuple[int, ...]
    length_ms: int

    def at(self, elapsed_ms: int) -> tuple[int, int, int]:
        """Which row stands, what the series' clock shows, and how often it has begun anew."""
        loop, into = divmod(elapsed_ms, self.length_ms) if self.length_ms else (0, 0)
        clock = self.times[0] + into
        return bisect_right(self.times, clock) - 1, clock, loop


class RecordedBooks:
    """The books of a recording. Each market's series starts when this is made and replays at its own pace, over and over.

    Raises NotReadable, naming file, line and what is wrong with it, for anything that is not a recording the simulator can serve.
    `monotonic` is a clock in seconds. At one moment of one market, the book of the file that comes first by name counts.
    """

    source: Source = "replay"

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._series = _by_market(path)
        self._monotonic = monotonic
        self._started = monotonic()
        self._markets = {place: _market(series.rows[0]) for place, series in self._series.items()}
        self._unpacked: dict[tuple[str, str], tuple[int, tuple[list[Level], list[Level]]]] = {}

    @property
    def exchanges(self) -> tuple[str, ...]:
        """The recorded exchanges."""
        return tuple(exchange for exchange in SPOKEN if any(exchange == recorded for recorded, _ in self._series))

    def now(self) -> datetime:
        """The recording's clock: the latest moment that any of its series stands at; with their loops, it jumps back."""
        latest = max(series.at(self._elapsed_ms())[1] for series in self._series.values())
        return datetime.fromtimestamp(latest / 1_000, UTC)

    def markets(self, exchange: str) -> Sequence[ListedMarket]:
        """The recorded markets; tick and step are the finest that their first book shows."""
        return [market for (recorded, _), market in self._markets.items() if recorded == exchange]

    def book(self, exchange: str, symbol: str, levels: int | None = None) -> RawBook:
        """The book that stands now, exactly as recorded. Raises UnknownSymbol."""
        series = self._series.get((exchange, symbol))
        if series is None:
            raise UnknownSymbol(exchange, symbol)
        index, clock_ms, loop = series.at(self._elapsed_ms())
        bids, asks = self._sides((exchange, symbol), series, index)
        book = RawBook(series.times[index], clock_ms, bids, asks, loop)
        return book if levels is None else replace(book, bids=bids[:levels], asks=asks[:levels])

    def _elapsed_ms(self) -> int:
        return round((self._monotonic() - self._started) * 1_000)

    def _sides(self, place: tuple[str, str], series: _Series, index: int) -> tuple[list[Level], list[Level]]:
        last = self._unpacked.get(place)
        if last is None or last[0] != index:
            last = self._unpacked[place] = (index, series.rows[index].sides())
        return last[1]


def _by_market(path: Path) -> dict[tuple[str, str], _Series]:
    grouped: defaultdict[tuple[str, str], dict[int, Row]] = defaultdict(dict)
    for row in read(path):
        grouped[row.exchange, row.symbol].setdefault(row.timestamp_ms, row)
    return {place: _series([rows[moment] for moment in sorted(rows)]) for place, rows in grouped.items()}


def _series(rows: Sequence[Row]) -> _Series:
    times = [row.timestamp_ms for row in rows]
    # The last book stands as long as books usually do.
    gap = round(median(after - before for before, after in pairwise(times))) if len(times) > 1 else 0
    return _Series(tuple(rows), tuple(times), times[-1] - times[0] + gap)


def _market(row: Row) -> ListedMarket:
    levels = [level for side in row.sides() for level in side]
    price_tick, size_step = (_finest(level[column] for level in levels) for column in (0, 1))
    return ListedMarket(row.symbol, price_tick, size_step)


def _finest(numbers: Iterator[str]) -> str:
    """The step of the number with the most decimals, zeros at the end not counted."""
    places = max(len(f"{Decimal(number).normalize():f}".partition(".")[2]) for number in numbers)
    return f"{Decimal(1).scaleb(-places):f}"
