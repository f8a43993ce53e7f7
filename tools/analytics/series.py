"""Snapshots of one market as columns, oldest first: what the store gives and arithmetic over time takes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..book import Column
from ..parameters import Source

Times = NDArray[np.int64]
"""Milliseconds since 1970, UTC, ascending."""


@dataclass(frozen=True)
class Series:
    """The snapshots of one market within a window, as columns of shape (n,), n >= 0; NaN is what a snapshot does not know.

    `bid_usd` and `ask_usd` have shape (n, 6), a column for each of depth.BAND_WIDTHS_PCT; `complete` has that shape too and says where
    both sides are all there is. `hourly` marks rows that are an hour's mean, which is what remains beyond the retention time.
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


def moment(time_ms: int) -> datetime:
    """Milliseconds since 1970 as UTC."""
    return datetime.fromtimestamp(time_ms / 1_000, UTC)


def milliseconds(time: datetime) -> int:
    """UTC as whole milliseconds since 1970."""
    return round(time.timestamp() * 1_000)
