"""What is usual: how spread, depth and imbalance of one market were distributed over a window, and where now stands in it."""

from datetime import datetime
from typing import Generic, Literal, TypeVar

from ..units import Base, Count, Pct, Ratio, Usd
from .forecast import Forecast
from .result import Record, Result
from .series import Series
from .snapshot import Snapshot

FEWEST_SAMPLES = 10
"""Fewer are no baseline."""

U = TypeVar("U")


class Distribution(Record, Generic[U]):
    """How one figure was distributed, and where `now` stands.

    `percentile` is the share of samples below now, half of those equal to it counted; null where now is unknown.
    `std` is the population's, `mad` the median absolute deviation, `z_score` the robust one, `(now - median) / (1.4826 * mad)`, null where the MAD is zero.
    """

    mean: U
    std: U
    median: U
    mad: U
    p5: U
    p95: U
    now: U | None
    percentile: Pct | None
    z_score: Ratio | None


class SpreadDistribution(Distribution[Pct]):
    """Of the spread, in per cent of mid."""


class DepthDistribution(Distribution[Usd]):
    """Of the depth of both sides within the baseline's depth band."""


class ImbalanceDistribution(Distribution[Pct]):
    """Of `100 * (bid - ask) / (bid + ask)` of that band."""


class HourOfWeek(Record):
    """Now among the samples of the same hour of the week, in UTC; Monday is 0."""

    weekday: int
    hour: int
    sample_count: Count
    spread_median_pct: Pct
    spread_percentile: Pct | None
    depth_median_usd: Usd | None
    depth_percentile: Pct | None


class Baseline(Result):
    """What is usual for one market over `hours` up to `end`, and whether now is.

    `depth_band_pct` is the widest band that every sample covers, null where there is none. `verdict` is null where now is unknown.
    """

    symbol: str
    symbol_used: str
    exchange: str
    base_currency: str
    hours: Ratio
    start: datetime
    end: datetime
    sample_count: Count
    avg_spread_pct: Pct
    avg_volume: Base
    avg_liquidity_1pct_usd: Usd
    depth_band_pct: Pct | None
    spread: SpreadDistribution
    depth: DepthDistribution | None
    imbalance: ImbalanceDistribution | None
    verdict: Literal["worse than usual", "usual", "better than usual"] | None
    hour_of_week: HourOfWeek | None
    forecast: Forecast | None


def baseline(series: Series, asked: str, hours: float, current: Snapshot | None, now: datetime, past: Series | None = None) -> Baseline:
    """The baseline over `series`, with `current` placed in it; `past` is a longer series up to the same end for hour-of-week and forecast, if any.

    `asked` is the symbol as the caller gave it. `as_of` is current's time, or the newest snapshot's.
    Raises InsufficientHistory under FEWEST_SAMPLES.
    """
    raise NotImplementedError
