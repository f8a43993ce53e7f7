"""Snapshots of one market as columns, oldest first: what the store gives and arithmetic over time takes."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from math import isnan
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ..book import Column
from ..errors import InsufficientHistory
from ..parameters import Source
from .dispersion import quantile

Times = NDArray[np.int64]
"""Milliseconds since 1970, UTC, ascending."""

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
HOURS_A_WEEK = 168
_DEFAULT_SPACING_MS = 60_000.0
_COLUMNS = ("time_ms", "best_bid", "best_ask", "bid_usd", "ask_usd", "complete", "total_volume_20", "liquidity_1pct_usd", "hourly")


@dataclass(frozen=True)
class Extremes:
    """How low, or how high, the figures went within what each row of a series stands for.

    Columns of the series' length; `depth_usd`, of both sides, and `imbalance_pct` have shape (n, 6). Without hours `imbalance_pct` is None: each row's is
    its own.
    """

    mid: Column
    spread_pct: Column
    depth_usd: Column
    liquidity_1pct_usd: Column
    imbalance_pct: Column | None = None

    def at(self, rows: NDArray[np.bool_] | slice) -> "Extremes":
        """Of the rows that a mask of shape (n,) marks, or of a stretch of them."""
        imbalance_pct = None if self.imbalance_pct is None else self.imbalance_pct[rows]
        return Extremes(self.mid[rows], self.spread_pct[rows], self.depth_usd[rows], self.liquidity_1pct_usd[rows], imbalance_pct)


@dataclass(frozen=True)
class Series:
    """The snapshots of one market within a window, as columns of shape (n,), n >= 0; NaN is what a snapshot does not know.

    `bid_usd` and `ask_usd` have shape (n, 6), a column for each of depth.BAND_WIDTHS_PCT; `complete` has that shape too and says where
    both sides are all there is. `hourly` marks rows that are an hour's mean, which is what remains beyond the retention time; `low` and
    `high`, given where there are such rows, are what the hour's lowest and highest were. `bounded`, given with them, marks hours of which
    mid and depth have bounds there, made of what each side had at its own moment, and imbalance has its mean.
    `failed_ms`, of a length of its own, is when a look gave no valid book.
    """

    source: Source
    exchange: str
    symbol: str
    start: datetime
    end: datetime
    time_ms: Times
    best_bid: Column
    best_ask: Column
    bid_usd: Column
    ask_usd: Column
    complete: NDArray[np.bool_]
    total_volume_20: Column
    liquidity_1pct_usd: Column
    hourly: NDArray[np.bool_]
    failed_ms: Times
    low: Extremes | None = None
    high: Extremes | None = None
    bounded: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.time_ms)

    @cached_property
    def mid(self) -> Column:
        """Quote currency."""
        return (self.best_bid + self.best_ask) / 2

    @cached_property
    def spread_pct(self) -> Column:
        """`100 * (ask - bid) / mid`."""
        return 100 * (self.best_ask - self.best_bid) / self.mid

    @cached_property
    def usual_ms(self) -> float:
        """The median spacing of neighbouring snapshots, of hourly rows only where there are no others."""
        whole = self.time_ms[~self.hourly]
        times = whole if len(whole) > 1 else self.time_ms
        return usual_spacing_ms(times)

    @cached_property
    def moves_pct(self) -> Column:
        """The log return of mid from each snapshot to the next, in per cent; shape (n - 1,)."""
        return 100 * np.diff(np.log(self.mid))

    def where(self, rows: NDArray[np.bool_]) -> "Series":
        """The snapshots that a mask of shape (n,) marks; window and failed looks stay."""
        return self if rows.all() else self._at(rows)

    def since(self, start: datetime) -> "Series":
        """The snapshots and failed looks after a moment, with which the window then starts; they share this series' memory."""
        first, failed = (int(np.searchsorted(times, milliseconds(start), side="right")) for times in (self.time_ms, self.failed_ms))
        return replace(self._at(slice(first, None)), start=start, failed_ms=self.failed_ms[failed:])

    def before(self, time_ms: int) -> "Series":
        """The snapshots and failed looks before a moment, which share this series' memory; the window stays."""
        found = self._at(slice(int(np.searchsorted(self.time_ms, time_ms))))
        return replace(found, failed_ms=self.failed_ms[: int(np.searchsorted(self.failed_ms, time_ms))])

    def _at(self, rows: NDArray[np.bool_] | slice) -> "Series":
        low, high = (one and one.at(rows) for one in (self.low, self.high))
        bounded = None if self.bounded is None else self.bounded[rows]
        return replace(self, **{name: getattr(self, name)[rows] for name in _COLUMNS}, low=low, high=high, bounded=bounded)

    @property
    def lowest(self) -> Extremes:
        """The lowest within each row; a whole snapshot's own figures."""
        return self.low or self._figures

    @property
    def highest(self) -> Extremes:
        """The highest within each row; a whole snapshot's own figures."""
        return self.high or self._figures

    @cached_property
    def _figures(self) -> Extremes:
        return Extremes(self.mid, self.spread_pct, self.bid_usd + self.ask_usd, self.liquidity_1pct_usd)

    @property
    def as_of(self) -> datetime:
        """When the newest snapshot was taken; the window's end where there is none."""
        return moment(int(self.time_ms[-1])) if len(self) else self.end


@dataclass(frozen=True)
class Profiles:
    """Depth profiles of one market over time: `bid_sizes` and `ask_sizes` have shape (n, bins), base units, NaN beyond what the exchange sent.

    Row i stands for the `bucket_ms` from time_ms[i]; where several snapshots fell into it the first stands for them.
    `snapshots` is how many the window holds.
    """

    time_ms: Times
    bucket_ms: int
    mid: Column
    usd_rate: Column
    bid_sizes: Column
    ask_sizes: Column
    snapshots: int


def usual_spacing_ms(times: Times) -> float:
    """The median time between neighbours; between fewer than two, what a recorder leaves unless told otherwise."""
    # Sorted, not put in order around their middle, which takes ten times as long where all but a few are the same.
    return quantile(np.sort(np.diff(times)), 0.5) if len(times) > 1 else _DEFAULT_SPACING_MS


def priced(series: Series) -> Series:
    """The snapshots of a series that know their prices, without which nothing can be said of them."""
    return series.where(~np.isnan(series.best_bid + series.best_ask))


def too_few(series: Series, asked: str, known: int, needed: int) -> InsufficientHistory:
    """The error for a window of which too few snapshots are known; failed looks are told as its reason where with them there would be enough."""
    hours, failed = (series.end - series.start).total_seconds() / 3_600, len(series.failed_ms)
    return InsufficientHistory(series.exchange, asked, known, needed, hours, series.source, failed=failed if known + failed >= needed else 0)


def unpriced_warnings(series: Series, known: Series) -> list[str]:
    """One sentence where `priced` left snapshots out."""
    missing = len(series) - len(known)
    return [f"{missing:,} of {len(series):,} snapshots know no prices and are left out."] if missing else []


def nullable(column: Column) -> list[float | None]:
    """A column as plain numbers, None for NaN."""
    values = column.tolist()
    return [None if isnan(one) else one for one in values] if np.isnan(column).any() else values


def age_ms(as_of: datetime, now: datetime) -> float:
    """How old a result that was true at `as_of` is at `now`, never less than 0."""
    return round(max(0.0, (now - as_of).total_seconds() * 1_000), 1)


class Origin(TypedDict):
    """The fields that results of a stored market's window share: what result.origin is of books."""

    source: Source
    as_of: datetime
    age_ms: float
    symbol: str
    symbol_used: str
    exchange: str
    base_currency: str
    start: datetime
    end: datetime


def origin(market: tuple[Source, str, str], asked: str, window: tuple[datetime, datetime], as_of: datetime, now: datetime) -> Origin:
    """Of the market (source, exchange, symbol) over (start, end), asked for as `asked`, with what was true at `as_of`."""
    source, exchange, symbol = market
    return Origin(
        source=source,
        as_of=as_of,
        age_ms=age_ms(as_of, now),
        symbol=asked,
        symbol_used=symbol,
        exchange=exchange,
        base_currency=symbol.partition("/")[0],
        start=window[0],
        end=window[1],
    )


def price_currency(symbol: str) -> str:
    """The quote of a market's symbol: `EUR` of `BTC/EUR`, and of `BTC/EUR:EUR`."""
    return symbol.partition("/")[2].partition(":")[0]


def hourly_warnings(series: Series) -> list[str]:
    """One sentence where some rows are an hour's mean."""
    folded = int(series.hourly.sum())
    if not folded:
        return []
    kept = "lowest and highest of those hours are kept, the moments when they were are not"
    bounded = 0 if series.bounded is None else int(series.bounded.sum())
    if bounded:
        bounds = "those of mid and depth are outer bounds that may never have been reached, and for those of imbalance its mean stands"
        kept = f"{kept}; but of {bounded:,} of them, folded by an earlier version, {bounds}"
    return [f"{folded:,} of {len(series):,} samples are hourly means, which is what remains beyond the retention time: {kept}."]


def hour_of_week(hours: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of the week's 168 hours, UTC, each hour since 1970 is; counted from Thursday midnight, as 1970 began."""
    return hours % HOURS_A_WEEK


def hour_of(time_ms: int) -> int:
    """The start of the hour that a moment lies in, both milliseconds since 1970."""
    return time_ms // HOUR_MS * HOUR_MS


def moment(time_ms: int) -> datetime:
    """Milliseconds since 1970 as UTC."""
    return datetime.fromtimestamp(time_ms / 1_000, UTC)


def milliseconds(time: datetime) -> int:
    """UTC as whole milliseconds since 1970."""
    return round(time.timestamp() * 1_000)
