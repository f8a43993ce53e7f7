"""A series gathered into stretches of the clock: their means, and extremes that are true."""

from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..book import Column
from ..units import Count, Pct, Price, Usd
from .bands_over_time import DepthColumn
from .depth import BAND_WIDTHS_PCT
from .result import Columns
from .series import Extremes, Series, Times, milliseconds, moment, nullable

_DAY_S = 86_400
# How much closer than usual two snapshots may follow each other.
_JITTER = 0.75
_STEPS_S = (1, 5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, _DAY_S)

Reach = tuple[Column, Column, Column]
"""A figure's column, and how low and how high it went within each row."""


class Reaches(NamedTuple):
    """What is told of a series; depth and imbalance are None where they are not known."""

    mid: Reach
    spread: Reach
    depth: Reach | None
    imbalance: Reach | None


class Points(Columns):
    """Columns of one length, a row for each stretch of time that holds snapshots: means, and the extremes within the stretch.

    `imbalance_pct` is `100 * (bid - ask) / (bid + ask)` of the depth band.
    """

    timestamp: list[datetime]
    samples: list[Count]
    mid_price: list[Price]
    mid_min_price: list[Price]
    mid_max_price: list[Price]
    spread_pct: list[Pct]
    spread_min_pct: list[Pct]
    spread_max_pct: list[Pct]
    depth_usd: list[Usd | None]
    depth_min_usd: list[Usd | None]
    depth_max_usd: list[Usd | None]
    imbalance_pct: list[Pct | None]
    imbalance_min_pct: list[Pct | None]
    imbalance_max_pct: list[Pct | None]


def step_ms(series: Series, most: int) -> int:
    """The smallest round stretch that cuts the window, on the clock, into `most` at most, and is not finer than the snapshots are."""
    first, last = milliseconds(series.start) + 1, milliseconds(series.end)
    whole_days = _DAY_S * -(-(last - first) // (1_000 * _DAY_S * (most - 1)))
    finest_ms = min(_JITTER * series.usual_ms, 1_000 * whole_days)
    steps = (1_000 * step for step in (*_STEPS_S, whole_days))
    return next(step for step in steps if step >= finest_ms and last // step - first // step < most)


def reaches(series: Series, depth: DepthColumn) -> Reaches:
    """Of the series, its depth as `depth` measures it."""
    low, high = series.lowest, series.highest
    return Reaches(
        mid=_reach(series.mid, low.mid, high.mid),
        spread=_reach(series.spread_pct, low.spread_pct, high.spread_pct),
        depth=_depth(low, high, depth),
        imbalance=_imbalance(low, high, depth),
    )


def points(time_ms: Times, of: Reaches, stretch_ms: int) -> Points:
    """The rows gathered into stretches of the clock; `timestamp` is where a stretch starts."""
    stretch = time_ms // stretch_ms
    starts = np.flatnonzero(np.diff(stretch, prepend=stretch[0] - 1))
    unknown: list[float | None] = [None] * len(starts)
    spread_mean, spread_min, spread_max = _by_stretch(of.spread, starts)
    mid_mean, mid_min, mid_max = _by_stretch(of.mid, starts)
    depth_mean, depth_min, depth_max = (unknown,) * 3 if of.depth is None else _by_stretch(of.depth, starts)
    imbalance_mean, imbalance_min, imbalance_max = (unknown,) * 3 if of.imbalance is None else _by_stretch(of.imbalance, starts)
    return Points.model_validate(
        {
            "timestamp": [moment(int(one) * stretch_ms) for one in stretch[starts]],
            "samples": np.diff(starts, append=len(stretch)).tolist(),
            "mid_price": mid_mean,
            "mid_min_price": mid_min,
            "mid_max_price": mid_max,
            "spread_pct": spread_mean,
            "spread_min_pct": spread_min,
            "spread_max_pct": spread_max,
            "depth_usd": depth_mean,
            "depth_min_usd": depth_min,
            "depth_max_usd": depth_max,
            "imbalance_pct": imbalance_mean,
            "imbalance_min_pct": imbalance_min,
            "imbalance_max_pct": imbalance_max,
        }
    )


def _depth(low: Extremes, high: Extremes, depth: DepthColumn) -> Reach | None:
    if depth.usd is None:
        return None
    if not depth.complete:
        return _reach(depth.usd, low.liquidity_1pct_usd, high.liquidity_1pct_usd)
    band = BAND_WIDTHS_PCT.index(depth.band_pct)
    return _reach(depth.usd, low.depth_usd[:, band], high.depth_usd[:, band])


def _imbalance(low: Extremes, high: Extremes, depth: DepthColumn) -> Reach | None:
    column = depth.imbalance_pct
    if column is None or low.imbalance_pct is None or high.imbalance_pct is None:
        return None if column is None else (column, column, column)
    band = BAND_WIDTHS_PCT.index(depth.band_pct)
    return _reach(column, low.imbalance_pct[:, band], high.imbalance_pct[:, band])


def _reach(column: Column, low: Column, high: Column) -> Reach:
    """Rounding may put an hour's mean an ulp outside the hour's extremes."""
    return np.clip(column, low, high), low, high


def _by_stretch(reach: Reach, starts: NDArray[np.intp]) -> tuple[list[float | None], list[float | None], list[float | None]]:
    """Mean, lowest and highest of the known values of each stretch, None where it has none."""
    column, low, high = reach
    known = ~np.isnan(column)
    count = np.add.reduceat(known, starts, dtype=np.int64)
    lowest, highest = np.fmin.reduceat(low, starts), np.fmax.reduceat(high, starts)
    total = np.add.reduceat(np.where(known, column, 0.0), starts)
    # Rounding may put the mean of equal values an ulp outside them.
    mean = np.clip(total / np.maximum(count, 1), lowest, highest)
    return nullable(mean), nullable(lowest), nullable(highest)
