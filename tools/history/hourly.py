"""The extremes that down-sampled hours keep, for the hourly rows of a series; read apart, so that a window without such rows pays nothing for them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..analytics.depth import BAND_WIDTHS_PCT
from ..analytics.series import Extremes, Series
from ..book import Column
from .tables import ASKS, BIDS

_NAMES = ("best_bid", "best_ask", *BIDS, *ASKS, "spread_pct", "liquidity_1pct_usd", "liquidity_2pct_usd")
EXTREMES = tuple(f"{name}{of}" for of in ("_min", "_max") for name in _NAMES)
"""The columns of `hours` that `with_extremes` takes, after the time."""
_BANDS = len(BAND_WIDTHS_PCT)


def with_extremes(series: Series, found: Column) -> Series:
    """The series with its lowest and highest; `found` has a row for each hour, in any order: its middle in milliseconds, then EXTREMES."""
    found = found[np.argsort(found[:, 0])]
    hourly = np.flatnonzero(series.hourly & np.isin(series.time_ms, found[:, 0]))
    cells = found[np.searchsorted(found[:, 0], series.time_ms[hourly]), 1:]
    low, high = (_extremes(cells[:, part]) for part in (slice(len(_NAMES)), slice(len(_NAMES), None)))
    figures = series.lowest
    return replace(series, low=_placed(figures, low, hourly, np.fmin), high=_placed(figures, high, hourly, np.fmax))


def _extremes(cells: Column) -> Extremes:
    best, sides, (spread_pct, within_1pct, within_2pct) = cells[:, :2], cells[:, 2 : 2 + 2 * _BANDS], cells[:, 2 + 2 * _BANDS :].T
    depth = sides[:, :_BANDS] + sides[:, _BANDS:]
    # Of these bands the hour keeps what both sides had at once, which files give without bands too.
    for width, both in ((1.0, within_1pct), (2.0, within_2pct)):
        band = BAND_WIDTHS_PCT.index(width)
        depth[:, band] = np.where(np.isnan(depth[:, band]), np.nan, both)
    return Extremes(best.mean(axis=1), spread_pct, depth, within_1pct)


def _placed(figures: Extremes, extremes: Extremes, rows: NDArray[np.intp], beyond: np.ufunc) -> Extremes:
    """The figures with the extremes in the place of some rows, never short of the mean: of files that contradict themselves it may lie outside."""
    placed = {name: getattr(figures, name).copy() for name in ("mid", "spread_pct", "depth_usd", "liquidity_1pct_usd")}
    for name, column in placed.items():
        column[rows] = beyond(column[rows], getattr(extremes, name))
    return Extremes(**placed)
