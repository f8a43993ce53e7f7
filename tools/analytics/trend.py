"""How liquidity went over a window: at most 200 points whose extremes are true, what changed, and where nothing was recorded."""

from datetime import datetime
from typing import Any, Generic, TypeVar

import numpy as np

from ..units import BandPct, Count, Pct, Price, Usd
from . import gaps
from .bands_over_time import depth_column
from .gaps import Gap
from .points import Points, Reach, points, reaches, step_ms
from .result import Record, Result
from .series import Series, Times, hourly_warnings, moment, origin, price_currency, priced, too_few, unpriced_warnings

MOST_POINTS = 200
_MOST_GAPS = 10
# From less than this a change in per cent means nothing, and may be beyond any float.
_NOTHING = 1e-200

U = TypeVar("U")


class Course(Record, Generic[U]):
    """First and last value of a window, and its extremes with their times: the hour's middle where that was down-sampled."""

    first: U
    last: U
    lowest: U
    lowest_at: datetime
    highest: U
    highest_at: datetime


class Change(Course[U]):
    """A course with the change from first to last in per cent of the first."""

    change_pct: Pct | None


class SpreadChange(Change[Pct]):
    """Of the spread."""


class DepthChange(Change[Usd]):
    """Of the depth within the band."""


class ImbalanceCourse(Course[Pct]):
    """Of the imbalance of that depth, which is a per cent itself and has no change in per cent."""


class PriceChange(Change[Price]):
    """Of the mid."""


class LiquidityHistory(Result):
    """Liquidity of one market over a window: a series of at most 200 points, and its summary. `point_seconds` is what a point stands for.

    `gaps` are the longest of `gap_count`, ten at most.
    """

    symbol: str
    symbol_used: str
    exchange: str
    price_currency: str
    base_currency: str
    start: datetime
    end: datetime
    sample_count: Count
    point_seconds: Count
    depth_band_pct: BandPct | None
    spread: SpreadChange
    depth: DepthChange | None
    imbalance: ImbalanceCourse | None
    mid: PriceChange
    gap_count: Count
    gaps: list[Gap]
    series: Points


def trend(series: Series, asked: str, now: datetime) -> LiquidityHistory:
    """The history over the series' window; `asked` is the symbol as the caller gave it. Raises InsufficientHistory where it holds no snapshot."""
    known = priced(series)
    if not len(known):
        raise too_few(series, asked, 0, 1)
    depth = depth_column(known)
    of = reaches(known, depth)
    stretch_ms = step_ms(series, MOST_POINTS)
    found, gap_count = gaps.find(known, _MOST_GAPS)
    return LiquidityHistory(
        **origin((series.source, series.exchange, series.symbol), asked, (series.start, series.end), known.as_of, now),
        warnings=[*gaps.edge_warnings(known), *unpriced_warnings(series, known), *hourly_warnings(known), *depth.warnings],
        price_currency=price_currency(series.symbol),
        sample_count=len(known),
        point_seconds=stretch_ms // 1_000,
        depth_band_pct=depth.band_pct,
        spread=SpreadChange(**_change(known.time_ms, of.spread)),
        depth=None if of.depth is None else DepthChange(**_change(known.time_ms, of.depth)),
        imbalance=None if of.imbalance is None else _imbalance(known.time_ms, of.imbalance),
        mid=PriceChange(**_change(known.time_ms, of.mid)),
        gap_count=gap_count,
        gaps=found,
        series=points(known.time_ms, of, stretch_ms),
    )


def _imbalance(time_ms: Times, reach: Reach) -> ImbalanceCourse | None:
    return None if np.isnan(reach[0]).all() else ImbalanceCourse(**_course(time_ms, reach))


def _change(time_ms: Times, reach: Reach) -> dict[str, Any]:
    """The fields of a Change over the known values of a column, of which there is at least one."""
    course = _course(time_ms, reach)
    first, last = course["first"], course["last"]
    return {**course, "change_pct": 100 * (last - first) / first if first > _NOTHING else None}


def _course(time_ms: Times, reach: Reach) -> dict[str, Any]:
    """The fields of a Course, likewise."""
    known = ~np.isnan(reach[0])
    rows = slice(None) if known.all() else known
    times, (values, low, high) = time_ms[rows], (column[rows] for column in reach)
    lowest, highest = int(low.argmin()), int(high.argmax())
    return {
        "first": float(values[0]),
        "last": float(values[-1]),
        "lowest": float(low[lowest]),
        "lowest_at": moment(int(times[lowest])),
        "highest": float(high[highest]),
        "highest_at": moment(int(times[highest])),
    }
