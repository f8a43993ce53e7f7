"""How liquidity went over a window: at most 200 points whose extremes are true, what changed, and where nothing was recorded."""

from datetime import datetime
from typing import Literal

from ..units import Count, Pct, Price, Usd
from .result import Record, Result
from .series import Series

MOST_POINTS = 200


class Points(Record):
    """Columns of one length, a row for each stretch of time that holds snapshots: means, and the extremes within the stretch.

    `imbalance_pct` is `100 * (bid - ask) / (bid + ask)` of the depth band.
    """

    timestamp: list[datetime]
    samples: list[Count]
    mid_price: list[Price]
    spread_pct: list[Pct]
    spread_min_pct: list[Pct]
    spread_max_pct: list[Pct]
    depth_usd: list[Usd | None]
    depth_min_usd: list[Usd | None]
    depth_max_usd: list[Usd | None]
    imbalance_pct: list[Pct | None]


class Gap(Record):
    """A stretch without snapshots, longer than three times what usually lies between two: not recorded, or the venue gave no valid book."""

    start: datetime
    end: datetime
    cause: Literal["not recorded", "no valid book"]


class Change(Record):
    """First and last value of a window, its extremes with their times, and the change from first to last in per cent of the first."""

    first: float
    last: float
    change_pct: Pct | None
    lowest: float
    lowest_at: datetime
    highest: float
    highest_at: datetime


class LiquidityHistory(Result):
    """Liquidity of one market over a window: a series of at most 200 points, and its summary. `point_seconds` is what a point stands for."""

    symbol: str
    symbol_used: str
    exchange: str
    price_currency: str
    base_currency: str
    start: datetime
    end: datetime
    sample_count: Count
    point_seconds: Count
    depth_band_pct: Pct | None
    spread: "SpreadChange"
    depth: "DepthChange | None"
    mid: "PriceChange"
    gaps: list[Gap]
    series: Points


class SpreadChange(Change):
    """Of the spread."""

    first: Pct
    last: Pct
    lowest: Pct
    highest: Pct


class DepthChange(Change):
    """Of the depth within the band."""

    first: Usd
    last: Usd
    lowest: Usd
    highest: Usd


class PriceChange(Change):
    """Of the mid."""

    first: Price
    last: Price
    lowest: Price
    highest: Price


def trend(series: Series, asked: str, now: datetime) -> LiquidityHistory:
    """The history over the series' window; `asked` is the symbol as the caller gave it. Raises InsufficientHistory where it holds no snapshot."""
    raise NotImplementedError
