"""A series gathered into stretches of the clock: their means, and extremes that are true."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ..book import Column
from ..units import Count, Pct, Price, Usd
from .bands_over_time import DepthColumn
from .depth import BAND_WIDTHS_PCT
from .result import Columns
from .series import Series, milliseconds, moment, nullable

_DAY_S = 86_400
# How much closer than usual two snapshots may follow each other.
_JITTER = 0.75
_STEPS_S = (1, 5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, _DAY_S)

Reach = tuple[Column, Column, Column]
"""A figure's column, and how low and how high it went within each row."""


class Points(Columns):
    """Columns of one length, a row for each stretch of time that holds snapshots: means, and the extremes within the stretch.

    `imbalance_pct` is `100 * (bid - ask) / (bid + ask)` of the depth band; of an hour that was down-sampled its extremes are not kept.
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


def points(series: Series, depth: DepthColumn, stretch_ms: int) -> Points:
    """The snapshots gathered into stretches of the clock; `timestamp` is where a stretch starts."""
    stretch = series.time_ms // stretch_ms
    starts = np.flatnonzero(np.diff(stretch, prepend=stretch[0] - 1))
    unknown: list[float | None] = [None] * len(starts)
    low, high = series.lowest, series.highest
    spread_mean, spread_min, spread_max = _by_stretch((series.spread_pct, low.spread_pct, high.spread_pct), starts)
    mid_mean, mid_min, mid_max = _by_stretch((series.mid, low.mid, high.mid), starts)
    depths = depth_reach(series, depth)
    depth_mean, depth_min, depth_max = (unknown,) * 3 if depths is None else _by_stretch(depths, starts)
    imbalances = imbalance_reach(depth)
    imbalance_mean, imbalance_min, imbalance_max = (unknown,) * 3 if imbalances is None else _by_stretch(imbalances, starts)
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


def depth_reach(series: Series, depth: DepthColumn) -> Reach | None:
    """The depth that `depth` measures; None where it measures none."""
    if depth.usd is None:
        return None
    if not depth.complete:
        return depth.usd, series.lowest.liquidity_1pct_usd, series.highest.liquidity_1pct_usd
    band = BAND_WIDTHS_PCT.index(depth.band_pct)
    return depth.usd, series.lowest.depth_usd[:, band], series.highest.depth_usd[:, band]


def imbalance_reach(depth: DepthColumn) -> Reach | None:
    """The imbalance of that depth, of whose extremes within an hour nothing is kept; None where it is not known."""
    return None if depth.imbalance_pct is None else (depth.imbalance_pct, depth.imbalance_pct, depth.imbalance_pct)


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
